package dev.sardonyx.optimizer;

import dev.sardonyx.optimizer.rule.CommonSubexpressions;
import dev.sardonyx.optimizer.rule.ConstantFolding;
import dev.sardonyx.optimizer.rule.FixedReshape;
import dev.sardonyx.optimizer.rule.FoldBatchNormalization;
import dev.sardonyx.optimizer.rule.FoldPad;
import dev.sardonyx.optimizer.rule.FoldScaleAndShift;
import dev.sardonyx.optimizer.rule.FuseGelu;
import dev.sardonyx.optimizer.rule.FuseHardSwish;
import dev.sardonyx.optimizer.rule.FuseLayerNormalization;
import dev.sardonyx.optimizer.rule.IdenticalConstants;
import dev.sardonyx.optimizer.rule.Identities;
import dev.sardonyx.optimizer.rule.InlineBranch;
import dev.sardonyx.optimizer.rule.KnownExtents;
import dev.sardonyx.optimizer.rule.MatMulAddToGemm;
import dev.sardonyx.optimizer.rule.MergeCasts;
import dev.sardonyx.optimizer.rule.MergeReshapes;
import dev.sardonyx.optimizer.rule.MergeTransposes;
import dev.sardonyx.optimizer.rule.PoolBeforeConv;
import java.util.List;
import java.util.stream.Stream;

/** All rules, in the order in which they are tried at a node. A new rule is one line here. */
public final class Rules {
  private static final List<Rule> BASIC =
      List.of(
          new ConstantFolding(),
          new KnownExtents(),
          new InlineBranch(),
          new Identities(),
          new IdenticalConstants(),
          new CommonSubexpressions(),
          new MergeTransposes(),
          new MergeReshapes(),
          new MergeCasts(),
          new FixedReshape(),
          new FoldPad());

  private static final List<Rule> FULL =
      Stream.concat(
              BASIC.stream(),
              Stream.of(
                  new FoldBatchNormalization(),
                  new FoldScaleAndShift(),
                  new PoolBeforeConv(),
                  new MatMulAddToGemm(),
                  new FuseLayerNormalization(),
                  new FuseGelu(),
                  new FuseHardSwish()))
          .toList();

  private Rules() {}

  /** The rules of a level. */
  public static List<Rule> of(Level level) {
    return switch (level) {
      case NONE -> List.of();
      case BASIC -> BASIC;
      case FULL -> FULL;
    };
  }
}
