package dev.sardonyx.op.activation;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.ArrayList;
import java.util.List;

/** The operators of this package: activations of neural networks. */
public final class ActivationOperators {
  private ActivationOperators() {}

  public static List<OperatorDefinition> all() {
    List<OperatorDefinition> all = new ArrayList<>();
    all.addAll(PlainActivation.definitions());
    all.addAll(Softmax.definitions());
    all.addAll(BiasedGelu.definitions());
    all.addAll(
        List.of(
            Celu.DEFINITION,
            Elu.DEFINITION,
            Gelu.DEFINITION,
            Gelu.MICROSOFT,
            HardSigmoid.DEFINITION,
            LeakyRelu.DEFINITION,
            PRelu.DEFINITION,
            QuickGelu.DEFINITION,
            Selu.DEFINITION,
            Shrink.DEFINITION,
            SwiGlu.DEFINITION,
            Swish.DEFINITION,
            ThresholdedRelu.DEFINITION));
    return all;
  }
}
