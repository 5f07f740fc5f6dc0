package dev.sardonyx.op.random;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: those that draw random numbers. */
public final class RandomOperators {
  private RandomOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "Bernoulli" -> Bernoulli.DEFINITION;
      case "Dropout" -> Dropout.DEFINITION;
      case "Multinomial" -> Multinomial.DEFINITION;
      case "RandomNormal" -> RandomTensor.NORMAL;
      case "RandomNormalLike" -> RandomTensor.NORMAL_LIKE;
      case "RandomUniform" -> RandomTensor.UNIFORM;
      case "RandomUniformLike" -> RandomTensor.UNIFORM_LIKE;
      default -> null;
    };
  }
}
