package dev.sardonyx.op.signal;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.ArrayList;
import java.util.List;

/** The operators of this package: spectra of signals and what they need. */
public final class SignalOperators {
  private SignalOperators() {}

  public static List<OperatorDefinition> all() {
    List<OperatorDefinition> all = new ArrayList<>(WindowFunction.definitions());
    all.addAll(List.of(DFT.DEFINITION, MelWeightMatrix.DEFINITION, STFT.DEFINITION));
    return all;
  }
}
