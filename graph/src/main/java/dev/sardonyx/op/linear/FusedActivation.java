package dev.sardonyx.op.linear;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.ModelException;

/**
 * The activation that com.microsoft's fused operators apply to their result.
 *
 * @param alpha first parameter: LeakyRelu's slope, HardSigmoid's alpha, Clip's minimum
 * @param beta second parameter: HardSigmoid's beta, Clip's maximum
 */
public record FusedActivation(Kind kind, float alpha, float beta) {
  /** The activations by their operators' names. */
  public enum Kind {
    None,
    Relu,
    Sigmoid,
    Tanh,
    LeakyRelu,
    HardSigmoid,
    Clip
  }

  /**
   * The activation that attribute {@code activation} names.
   *
   * @param parameters those that are given, or null
   */
  public static FusedActivation parse(Attributes a, float... parameters) {
    String name = a.getString("activation", "");
    for (Kind kind : Kind.values()) {
      if (kind.name().equals(name.isEmpty() ? "None" : name)) {
        float defaultAlpha =
            switch (kind) {
              case LeakyRelu -> 0.01f;
              case HardSigmoid -> 0.2f;
              case Clip -> -Float.MAX_VALUE;
              default -> 0;
            };
        float defaultBeta = kind == Kind.Clip ? Float.MAX_VALUE : 0.5f;
        int given = parameters == null ? 0 : parameters.length;
        return new FusedActivation(
            kind,
            given > 0 ? parameters[0] : defaultAlpha,
            given > 1 ? parameters[1] : defaultBeta);
      }
    }
    throw new ModelException(
        "attribute activation: expected Relu, Sigmoid, Tanh, LeakyRelu, HardSigmoid or Clip, got "
            + name);
  }

  public double apply(double x) {
    return switch (kind) {
      case None -> x;
      case Relu -> Math.max(x, 0);
      case Sigmoid -> 1 / (1 + Math.exp(-x));
      case Tanh -> Math.tanh(x);
      case LeakyRelu -> x < 0 ? alpha * x : x;
      case HardSigmoid -> Math.max(0, Math.min(1, alpha * x + beta));
      case Clip -> Math.min(Math.max(x, alpha), beta);
    };
  }
}
