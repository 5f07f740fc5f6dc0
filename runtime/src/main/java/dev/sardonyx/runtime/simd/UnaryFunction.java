package dev.sardonyx.runtime.simd;

import java.util.Objects;

/**
 * An element-wise function of one argument, as ONNX defines the operator of that name, with its
 * parameters.
 *
 * @param op which function
 * @param alpha LeakyRelu: slope below zero; HardSigmoid: slope; Clip: lower bound; scaled
 *     HardSwish: factor; Elu: factor below zero; Swish: factor of the sigmoid's argument;
 *     ThresholdedRelu: what numbers that stay are above; otherwise unused
 * @param beta HardSigmoid: value at zero; Clip: upper bound; scaled HardSwish: what is added; Elu:
 *     factor of the exponent; otherwise unused
 * @param gamma Elu: slope above zero; otherwise unused
 */
public record UnaryFunction(Op op, float alpha, float beta, float gamma) {
  /** The functions there are. */
  public enum Op {
    IDENTITY,
    ABS,
    CEIL,
    CLIP,
    COS,
    /** gamma·x above zero, alpha·(exp(beta·x) − 1) below: Elu, Selu and Celu. */
    ELU,
    ERF,
    EXP,
    FLOOR,
    /** 0.5·x·(1 + erf(x/√2)), the exact form. */
    GELU,
    /** 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))). */
    GELU_TANH,
    HARD_SIGMOID,
    HARD_SWISH,
    LEAKY_RELU,
    LOG,
    /** x·tanh(softplus(x)). */
    MISH,
    NEG,
    RECIPROCAL,
    RELU,
    /** To the nearest integer, halves to the even one. */
    ROUND,
    /** alpha·HardSwish(x) + beta. */
    SCALED_HARD_SWISH,
    SIGMOID,
    SIGN,
    /** x·sigmoid(x), which is Swish with alpha = 1. */
    SILU,
    SIN,
    /** log(1 + exp(x)). */
    SOFTPLUS,
    /** x/(1 + |x|). */
    SOFTSIGN,
    SQRT,
    /** x·sigmoid(alpha·x), also called QuickGelu. */
    SWISH,
    TANH,
    /** x above alpha, else zero. */
    THRESHOLDED_RELU
  }

  public static final UnaryFunction IDENTITY = of(Op.IDENTITY);
  public static final UnaryFunction ABS = of(Op.ABS);
  public static final UnaryFunction CEIL = of(Op.CEIL);
  public static final UnaryFunction COS = of(Op.COS);
  public static final UnaryFunction ERF = of(Op.ERF);
  public static final UnaryFunction EXP = of(Op.EXP);
  public static final UnaryFunction FLOOR = of(Op.FLOOR);
  public static final UnaryFunction GELU = of(Op.GELU);
  public static final UnaryFunction GELU_TANH = of(Op.GELU_TANH);
  public static final UnaryFunction HARD_SWISH = of(Op.HARD_SWISH);
  public static final UnaryFunction LOG = of(Op.LOG);
  public static final UnaryFunction MISH = of(Op.MISH);
  public static final UnaryFunction NEG = of(Op.NEG);
  public static final UnaryFunction RECIPROCAL = of(Op.RECIPROCAL);
  public static final UnaryFunction RELU = of(Op.RELU);
  public static final UnaryFunction ROUND = of(Op.ROUND);
  public static final UnaryFunction SIGMOID = of(Op.SIGMOID);
  public static final UnaryFunction SIGN = of(Op.SIGN);
  public static final UnaryFunction SILU = of(Op.SILU);
  public static final UnaryFunction SIN = of(Op.SIN);
  public static final UnaryFunction SOFTPLUS = of(Op.SOFTPLUS);
  public static final UnaryFunction SOFTSIGN = of(Op.SOFTSIGN);
  public static final UnaryFunction SQRT = of(Op.SQRT);
  public static final UnaryFunction TANH = of(Op.TANH);

  public UnaryFunction {
    Objects.requireNonNull(op, "op");
  }

  /** x below zero becomes alpha·x. */
  public static UnaryFunction leakyRelu(float alpha) {
    return new UnaryFunction(Op.LEAKY_RELU, alpha, 0, 0);
  }

  /** x below zero becomes alpha·(exp(x) − 1). */
  public static UnaryFunction elu(float alpha) {
    return new UnaryFunction(Op.ELU, alpha, 1, 1);
  }

  /** gamma times {@link #elu}. */
  public static UnaryFunction selu(float alpha, float gamma) {
    return new UnaryFunction(Op.ELU, alpha * gamma, 1, gamma);
  }

  /** x below zero becomes alpha·(exp(x/alpha) − 1), for alpha above zero. */
  public static UnaryFunction celu(float alpha) {
    return new UnaryFunction(Op.ELU, alpha, 1 / alpha, 1);
  }

  /** x·sigmoid(alpha·x). */
  public static UnaryFunction swish(float alpha) {
    return alpha == 1 ? SILU : new UnaryFunction(Op.SWISH, alpha, 0, 0);
  }

  /** x above alpha, else zero. */
  public static UnaryFunction thresholdedRelu(float alpha) {
    return new UnaryFunction(Op.THRESHOLDED_RELU, alpha, 0, 0);
  }

  /** min(max(x, lowest), highest); infinities leave a side open. */
  public static UnaryFunction clip(float lowest, float highest) {
    // A bound of -0 becomes 0: with it, clipping by comparison gives the same zeros as by max and
    // min.
    return new UnaryFunction(Op.CLIP, lowest + 0f, highest + 0f, 0);
  }

  /** max(0, min(1, alpha·x + beta)). */
  public static UnaryFunction hardSigmoid(float alpha, float beta) {
    return new UnaryFunction(Op.HARD_SIGMOID, alpha, beta, 0);
  }

  /** alpha·HardSwish(x) + beta. */
  public static UnaryFunction scaledHardSwish(float alpha, float beta) {
    return new UnaryFunction(Op.SCALED_HARD_SWISH, alpha, beta, 0);
  }

  /** Whether this is {@code min(max(x, lowest()), highest())}, perhaps with nothing to be done. */
  public boolean clips() {
    return op == Op.RELU || op == Op.CLIP || op == Op.IDENTITY;
  }

  /** What this clips from below to; −∞ for a function that does something else. */
  public float lowest() {
    return op == Op.RELU ? 0f : op == Op.CLIP ? alpha : Float.NEGATIVE_INFINITY;
  }

  /** What this clips from above to; ∞ for a function that does something else. */
  public float highest() {
    return op == Op.CLIP ? beta : Float.POSITIVE_INFINITY;
  }

  private static UnaryFunction of(Op op) {
    return new UnaryFunction(op, 0, 0, 0);
  }
}
