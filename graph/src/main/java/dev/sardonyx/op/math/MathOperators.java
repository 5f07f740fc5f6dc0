package dev.sardonyx.op.math;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.ArrayList;
import java.util.List;

/** The operators of this package: element-wise arithmetic, comparison, logic and conversion. */
public final class MathOperators {
  private MathOperators() {}

  public static List<OperatorDefinition> all() {
    List<OperatorDefinition> all = new ArrayList<>();
    all.addAll(UnaryMath.definitions());
    all.addAll(BinaryMath.definitions());
    all.addAll(VariadicMath.definitions());
    all.addAll(Comparison.definitions());
    all.addAll(CumulativeMath.definitions());
    all.addAll(
        List.of(
            BitCast.DEFINITION,
            BitShift.DEFINITION,
            Cast.DEFINITION,
            CastLike.DEFINITION,
            Clip.DEFINITION,
            Det.DEFINITION,
            IsInf.DEFINITION,
            IsNaN.DEFINITION,
            Mod.DEFINITION,
            Not.DEFINITION,
            Pow.DEFINITION,
            Where.DEFINITION));
    return all;
  }
}
