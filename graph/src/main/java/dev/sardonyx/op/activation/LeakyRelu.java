package dev.sardonyx.op.activation;

import dev.sardonyx.graph.OperatorDefinition;

/** {@code x} from 0 on, {@code alpha·x} below (ai.onnx LeakyRelu, newest version 16). */
public record LeakyRelu(float alpha) implements Activation {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("LeakyRelu", a -> new LeakyRelu(a.getFloat("alpha", 0.01f)))
          .since(6, "consumed_inputs");

  @Override
  public double apply(double x) {
    return x < 0 ? alpha * x : x;
  }
}
