package dev.sardonyx.op.activation;

import dev.sardonyx.graph.OperatorDefinition;

/** {@code max(0, min(1, alpha·x + beta))} (ai.onnx HardSigmoid, newest version 22). */
public record HardSigmoid(float alpha, float beta) implements Activation {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "HardSigmoid",
              a -> new HardSigmoid(a.getFloat("alpha", 0.2f), a.getFloat("beta", 0.5f)))
          .since(6, "consumed_inputs");

  @Override
  public double apply(double x) {
    return Math.max(0, Math.min(1, alpha * x + beta));
  }
}
