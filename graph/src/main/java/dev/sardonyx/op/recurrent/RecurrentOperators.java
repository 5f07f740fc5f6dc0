package dev.sardonyx.op.recurrent;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: networks that carry a state from step to step. */
public final class RecurrentOperators {
  private RecurrentOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "GRU" -> GRU.DEFINITION;
      case "LSTM" -> LSTM.DEFINITION;
      case "RNN" -> RNN.DEFINITION;
      default -> null;
    };
  }
}
