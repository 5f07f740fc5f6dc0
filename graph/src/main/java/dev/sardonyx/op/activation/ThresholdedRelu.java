package dev.sardonyx.op.activation;

import dev.sardonyx.graph.OperatorDefinition;

/** {@code x} above {@code alpha}, else 0 (ai.onnx ThresholdedRelu, newest version 22). */
public record ThresholdedRelu(float alpha) implements Activation {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("ThresholdedRelu", a -> new ThresholdedRelu(a.getFloat("alpha", 1)))
          .since(10);

  @Override
  public double apply(double x) {
    return x > alpha ? x : 0;
  }
}
