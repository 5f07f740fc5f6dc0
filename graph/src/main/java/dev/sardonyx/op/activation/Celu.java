package dev.sardonyx.op.activation;

import dev.sardonyx.graph.OperatorDefinition;

/** {@code max(0, x) + min(0, alpha·(exp(x/alpha) − 1))} (ai.onnx Celu, newest version 28). */
public record Celu(float alpha) implements Activation {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Celu", a -> new Celu(a.getFloat("alpha", 1))).since(12);

  @Override
  public double apply(double x) {
    return Math.max(0, x) + Math.min(0, alpha * Math.expm1(x / alpha));
  }
}
