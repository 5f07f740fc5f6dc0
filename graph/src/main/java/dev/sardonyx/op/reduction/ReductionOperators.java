package dev.sardonyx.op.reduction;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.ArrayList;
import java.util.List;

/** The operators of this package: they make one number of many, or choose among many. */
public final class ReductionOperators {
  private ReductionOperators() {}

  public static List<OperatorDefinition> all() {
    List<OperatorDefinition> all = new ArrayList<>();
    all.addAll(Reduction.definitions());
    all.addAll(ArgReduction.definitions());
    all.add(TopK.DEFINITION);
    return all;
  }
}
