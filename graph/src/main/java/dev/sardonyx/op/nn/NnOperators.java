package dev.sardonyx.op.nn;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.ArrayList;
import java.util.List;

/** The operators of this package: convolutions, poolings, normalizations, attention, losses. */
public final class NnOperators {
  private NnOperators() {}

  public static List<OperatorDefinition> all() {
    List<OperatorDefinition> all = new ArrayList<>(GlobalPool.definitions());
    all.addAll(
        List.of(
            AveragePool.DEFINITION,
            BatchNormalization.DEFINITION,
            Conv.DEFINITION,
            ConvTranspose.DEFINITION,
            InstanceNormalization.DEFINITION,
            LayerNormalization.DEFINITION,
            LpPool.DEFINITION,
            MaxPool.DEFINITION));
    return all;
  }
}
