package dev.sardonyx.op.activation;

import dev.sardonyx.graph.OperatorDefinition;

/** {@code x · sigmoid(alpha·x)} (ai.onnx Swish, version 24); SiLU where alpha is 1. */
public record Swish(float alpha) implements Activation {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Swish", a -> new Swish(a.getFloat("alpha", 1))).since(24);

  @Override
  public double apply(double x) {
    return x * PlainActivation.sigmoid(alpha * x);
  }
}
