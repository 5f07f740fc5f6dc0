package dev.sardonyx.op.reduction;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: they make one number of many, or choose among many. */
public final class ReductionOperators {
  private ReductionOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "ReduceSum",
          "ReduceMean",
          "ReduceMax",
          "ReduceMin",
          "ReduceProd",
          "ReduceL1",
          "ReduceL2",
          "ReduceLogSum",
          "ReduceLogSumExp",
          "ReduceSumSquare" ->
          Reduction.definition(name);
      case "ArgMax" -> ArgReduction.MAX;
      case "ArgMin" -> ArgReduction.MIN;
      case "TopK" -> TopK.DEFINITION;
      default -> null;
    };
  }
}
