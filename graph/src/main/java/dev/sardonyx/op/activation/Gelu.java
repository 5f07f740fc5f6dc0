package dev.sardonyx.op.activation;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.op.math.ErrorFunction;

/**
 * Gaussian error linear unit (ai.onnx Gelu, version 20; com.microsoft Gelu, version 1, which is
 * always exact): {@code x/2 · (1 + erf(x/√2))}, or approximated by {@code x/2 · (1 + tanh(√(2/π)·(x
 * + 0.044715·x³)))}.
 *
 * @param tanh whether to approximate
 */
public record Gelu(boolean tanh) implements Activation {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Gelu", Gelu::parse).since(20);

  public static final OperatorDefinition MICROSOFT =
      OperatorDefinition.of("Gelu", a -> new Gelu(false)).inDomain("com.microsoft");

  private static Gelu parse(Attributes a) {
    return new Gelu(a.getChoice("approximate", "none", "none", "tanh").equals("tanh"));
  }

  @Override
  public double apply(double x) {
    return tanh ? approximate(x) : exact(x);
  }

  static double exact(double x) {
    return x / 2 * (1 + ErrorFunction.erf(x / Math.sqrt(2)));
  }

  static double approximate(double x) {
    return x / 2 * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }
}
