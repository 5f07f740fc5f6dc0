package dev.sardonyx.op.recurrent;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.ModelException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** An activation function of a recurrent operator with its parameters. */
public record Activation(Function function, double alpha, double beta) {

  /** The functions that the specification names; alpha and beta are those of these defaults. */
  public enum Function {
    RELU(Double.NaN, Double.NaN),
    TANH(Double.NaN, Double.NaN),
    SIGMOID(Double.NaN, Double.NaN),
    SOFTSIGN(Double.NaN, Double.NaN),
    SOFTPLUS(Double.NaN, Double.NaN),
    LEAKYRELU(0.01, Double.NaN),
    THRESHOLDEDRELU(1, Double.NaN),
    ELU(1, Double.NaN),
    AFFINE(1, 0),
    SCALEDTANH(1, 1),
    HARDSIGMOID(0.2, 0.5);

    /** NaN: the function has no such parameter. */
    private final double alpha;

    private final double beta;

    Function(double alpha, double beta) {
      this.alpha = alpha;
      this.beta = beta;
    }
  }

  /**
   * The activations that a node asks for: {@code perDirection} for each direction, or for one,
   * which then hold for both. Parameters are taken in order by the functions that have them.
   *
   * @param defaults their names when the node gives none
   */
  static List<Activation> parse(Attributes a, int directions, List<String> defaults) {
    int perDirection = defaults.size();
    List<String> names = a.getStrings("activations");
    names = names == null || names.isEmpty() ? defaults : names;
    if (names.size() < perDirection) {
      throw new ModelException(
          "attribute activations: expected " + perDirection + " a direction, got " + names);
    }
    float[] alphas = a.getFloats("activation_alpha");
    float[] betas = a.getFloats("activation_beta");
    int nextAlpha = 0;
    int nextBeta = 0;
    List<Activation> activations = new ArrayList<>();
    for (String name : names) {
      Function f = function(name);
      boolean givenAlpha = !Double.isNaN(f.alpha) && alphas != null && nextAlpha < alphas.length;
      boolean givenBeta = !Double.isNaN(f.beta) && betas != null && nextBeta < betas.length;
      activations.add(
          new Activation(
              f,
              givenAlpha ? alphas[nextAlpha++] : f.alpha,
              givenBeta ? betas[nextBeta++] : f.beta));
    }
    if (activations.size() < perDirection * directions) {
      activations.addAll(activations.subList(0, perDirection));
    }
    return activations.subList(0, perDirection * directions);
  }

  private static Function function(String name) {
    for (Function f : Function.values()) {
      if (f.name().equals(name.toUpperCase(Locale.ROOT))) {
        return f;
      }
    }
    throw new ModelException(
        "attribute activations: expected names such as Relu, Tanh or Sigmoid, got " + name);
  }

  double apply(double x) {
    return switch (function) {
      case RELU -> Math.max(x, 0);
      case TANH -> Math.tanh(x);
      case SIGMOID -> 1 / (1 + Math.exp(-x));
      case SOFTSIGN -> x / (1 + Math.abs(x));
      case SOFTPLUS -> x > 0 ? x + Math.log1p(Math.exp(-x)) : Math.log1p(Math.exp(x));
      case LEAKYRELU -> x < 0 ? alpha * x : x;
      case THRESHOLDEDRELU -> x > alpha ? x : 0;
      case ELU -> x < 0 ? alpha * Math.expm1(x) : x;
      case AFFINE -> alpha * x + beta;
      case SCALEDTANH -> alpha * Math.tanh(beta * x);
      case HARDSIGMOID -> Math.max(0, Math.min(1, alpha * x + beta));
    };
  }
}
