package dev.sardonyx.op.activation;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: activations of neural networks. */
public final class ActivationOperators {
  private ActivationOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "HardSwish", "Mish", "Relu", "Sigmoid", "Softplus", "Softsign", "Tanh" ->
          PlainActivation.definition(name);
      case "Softmax", "LogSoftmax", "Hardmax" -> Softmax.definition(name);
      case "com.microsoft::BiasGelu" -> BiasedGelu.EXACT;
      case "com.microsoft::FastGelu" -> BiasedGelu.FAST;
      case "Celu" -> Celu.DEFINITION;
      case "Elu" -> Elu.DEFINITION;
      case "Gelu" -> Gelu.DEFINITION;
      case "com.microsoft::Gelu" -> Gelu.MICROSOFT;
      case "HardSigmoid" -> HardSigmoid.DEFINITION;
      case "LeakyRelu" -> LeakyRelu.DEFINITION;
      case "PRelu" -> PRelu.DEFINITION;
      case "com.microsoft::QuickGelu" -> QuickGelu.DEFINITION;
      case "Selu" -> Selu.DEFINITION;
      case "Shrink" -> Shrink.DEFINITION;
      case "SwiGLU" -> SwiGlu.DEFINITION;
      case "Swish" -> Swish.DEFINITION;
      case "ThresholdedRelu" -> ThresholdedRelu.DEFINITION;
      default -> null;
    };
  }
}
