package dev.sardonyx.op.signal;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: spectra of signals and what they need. */
public final class SignalOperators {
  private SignalOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "HannWindow", "HammingWindow", "BlackmanWindow" -> WindowFunction.definition(name);
      case "DFT" -> DFT.DEFINITION;
      case "MelWeightMatrix" -> MelWeightMatrix.DEFINITION;
      case "STFT" -> STFT.DEFINITION;
      default -> null;
    };
  }
}
