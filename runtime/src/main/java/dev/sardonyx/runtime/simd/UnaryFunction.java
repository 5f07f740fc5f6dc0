package dev.sardonyx.runtime.simd;

import java.util.Objects;

/**
 * An element-wise function of one argument, as ONNX defines the operator of that name, with its
 * parameters.
 *
 * @param op which function
 * @param alpha LeakyRelu: slope below zero; HardSigmoid: slope; Clip: lower bound; scaled
 *     HardSwish: factor; otherwise unused
 * @param beta HardSigmoid: value at zero; Clip: upper bound; scaled HardSwish: what is added;
 *     otherwise unused
 */
public record UnaryFunction(Op op, float alpha, float beta) {
  /** The functions there are. */
  public enum Op {
    IDENTITY,
    ABS,
    CEIL,
    CLIP,
    COS,
    ERF,
    EXP,
    FLOOR,
    /** 0.5·x·(1 + erf(x/√2)), the exact form. */
    GELU,
    HARD_SIGMOID,
    HARD_SWISH,
    LEAKY_RELU,
    LOG,
    NEG,
    RECIPROCAL,
    RELU,
    /** alpha·HardSwish(x) + beta. */
    SCALED_HARD_SWISH,
    SIGMOID,
    /** x·sigmoid(x), also called Swish. */
    SILU,
    SIN,
    SQRT,
    TANH
  }

  public static final UnaryFunction IDENTITY = of(Op.IDENTITY);
  public static final UnaryFunction ABS = of(Op.ABS);
  public static final UnaryFunction CEIL = of(Op.CEIL);
  public static final UnaryFunction COS = of(Op.COS);
  public static final UnaryFunction ERF = of(Op.ERF);
  public static final UnaryFunction EXP = of(Op.EXP);
  public static final UnaryFunction FLOOR = of(Op.FLOOR);
  public static final UnaryFunction GELU = of(Op.GELU);
  public static final UnaryFunction HARD_SWISH = of(Op.HARD_SWISH);
  public static final UnaryFunction LOG = of(Op.LOG);
  public static final UnaryFunction NEG = of(Op.NEG);
  public static final UnaryFunction RECIPROCAL = of(Op.RECIPROCAL);
  public static final UnaryFunction RELU = of(Op.RELU);
  public static final UnaryFunction SIGMOID = of(Op.SIGMOID);
  public static final UnaryFunction SILU = of(Op.SILU);
  public static final UnaryFunction SIN = of(Op.SIN);
  public static final UnaryFunction SQRT = of(Op.SQRT);
  public static final UnaryFunction TANH = of(Op.TANH);

  public UnaryFunction {
    Objects.requireNonNull(op, "op");
  }

  /** x below zero becomes alpha·x. */
  public static UnaryFunction leakyRelu(float alpha) {
    return new UnaryFunction(Op.LEAKY_RELU, alpha, 0);
  }

  /** min(max(x, lowest), highest); infinities leave a side open. */
  public static UnaryFunction clip(float lowest, float highest) {
    // A bound of -0 becomes 0: with it, clipping by comparison gives the same zeros as by max and
    // min.
    return new UnaryFunction(Op.CLIP, lowest + 0f, highest + 0f);
  }

  /** max(0, min(1, alpha·x + beta)). */
  public static UnaryFunction hardSigmoid(float alpha, float beta) {
    return new UnaryFunction(Op.HARD_SIGMOID, alpha, beta);
  }

  /** alpha·HardSwish(x) + beta. */
  public static UnaryFunction scaledHardSwish(float alpha, float beta) {
    return new UnaryFunction(Op.SCALED_HARD_SWISH, alpha, beta);
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
    return new UnaryFunction(op, 0, 0);
  }
}
