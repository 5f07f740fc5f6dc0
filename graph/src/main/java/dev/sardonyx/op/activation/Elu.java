package dev.sardonyx.op.activation;

import dev.sardonyx.graph.OperatorDefinition;

/** {@code x} from 0 on, {@code alpha·(exp(x) − 1)} below (ai.onnx Elu, newest version 22). */
public record Elu(float alpha) implements Activation {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Elu", a -> new Elu(a.getFloat("alpha", 1)))
          .since(6, "consumed_inputs");

  @Override
  public double apply(double x) {
    return x < 0 ? alpha * Math.expm1(x) : x;
  }
}
