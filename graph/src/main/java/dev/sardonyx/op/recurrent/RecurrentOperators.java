package dev.sardonyx.op.recurrent;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.List;

/** The operators of this package: networks that carry a state from step to step. */
public final class RecurrentOperators {
  private RecurrentOperators() {}

  public static List<OperatorDefinition> all() {
    return List.of(GRU.DEFINITION, LSTM.DEFINITION, RNN.DEFINITION);
  }
}
