package dev.sardonyx.op.control;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: those that run subgraphs. */
public final class ControlOperators {
  private ControlOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "If" -> If.DEFINITION;
      case "Loop" -> Loop.DEFINITION;
      case "Scan" -> Scan.DEFINITION;
      default -> null;
    };
  }
}
