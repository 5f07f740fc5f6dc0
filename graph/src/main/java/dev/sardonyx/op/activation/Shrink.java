package dev.sardonyx.op.activation;

import dev.sardonyx.graph.OperatorDefinition;

/**
 * Soft threshold (ai.onnx Shrink, version 9): {@code x + bias} below {@code −lambd}, {@code x −
 * bias} above {@code lambd}, 0 between. Integers are computed in double and truncated.
 */
public record Shrink(float bias, float lambd) implements Activation {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "Shrink", a -> new Shrink(a.getFloat("bias", 0), a.getFloat("lambd", 0.5f)))
          .since(9);

  @Override
  public double apply(double x) {
    return x < -lambd ? x + bias : x > lambd ? x - bias : 0;
  }
}
