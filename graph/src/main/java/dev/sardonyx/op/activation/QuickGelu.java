package dev.sardonyx.op.activation;

import dev.sardonyx.graph.OperatorDefinition;

/**
 * {@code x · sigmoid(alpha·x)} (com.microsoft QuickGelu, version 1): an approximation of {@link
 * Gelu} with another default than {@link Swish}.
 */
public record QuickGelu(float alpha) implements Activation {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("QuickGelu", a -> new QuickGelu(a.getFloat("alpha", 1.702f)))
          .inDomain("com.microsoft");

  @Override
  public double apply(double x) {
    return x * PlainActivation.sigmoid(alpha * x);
  }
}
