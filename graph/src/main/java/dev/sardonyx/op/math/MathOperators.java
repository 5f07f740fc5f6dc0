package dev.sardonyx.op.math;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.ArrayList;
import java.util.List;

/** The operators of this package: element-wise arithmetic, comparison and logic. */
public final class MathOperators {
  private MathOperators() {}

  public static List<OperatorDefinition> all() {
    List<OperatorDefinition> all = new ArrayList<>();
    all.addAll(UnaryMath.definitions());
    return all;
  }
}
