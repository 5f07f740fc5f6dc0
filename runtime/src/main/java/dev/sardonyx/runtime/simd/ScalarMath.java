package dev.sardonyx.runtime.simd;

/**
 * The element-wise functions, one number at a time: the definition to which {@link VectorMath}
 * keeps bit for bit.
 *
 * <p>Every function is a fixed sequence of single-precision operations. Error bounds are in units
 * in the last place (ulp) of the exact result and hold for every finite argument unless stated;
 * they are the largest errors found over every 97th float, rounded up. The polynomials are minimax
 * fits made for these ranges.
 */
final class ScalarMath {
  static final float LOG2_E = 1.442695f;
  static final float LN2_HIGH = 0.6931472f;
  static final float LN2_LOW = -1.9046542e-9f;

  /**
   * 1.5·2²³: adding it to a small number leaves that number, rounded to an integer, in the low
   * bits.
   */
  static final float ROUNDER = 12582912f;

  static final int ROUNDER_BITS = 0x4B400000;

  /** exp(r) = 1 + r + r²·(E2 + E3·r + …) for |r| ≤ ln(2)/2. */
  static final float E2 = 0.49999997f;

  static final float E3 = 0.16666543f;
  static final float E4 = 0.041667204f;
  static final float E5 = 0.00836661f;
  static final float E6 = 0.0013882499f;

  /** Below, exp is zero when rounded. */
  static final float EXP_LOWEST = -104f;

  /** Above, exp is infinite when rounded. */
  static final float EXP_HIGHEST = 89f;

  /** log(1 + f) = f − f²/2 + f³·(L3 + L4·f + …) for √½ ≤ 1 + f &lt; √2. */
  static final float L3 = 0.33333313f;

  static final float L4 = -0.2500001f;
  static final float L5 = 0.20002119f;
  static final float L6 = -0.16667996f;
  static final float L7 = 0.14219551f;
  static final float L8 = -0.12405592f;
  static final float L9 = 0.11888178f;
  static final float L10 = -0.11675639f;
  static final float L11 = 0.06746592f;

  static final int SQRT_HALF_BITS = 0x3f3504f3;
  static final int ONE_BITS = 0x3f800000;
  static final int MANTISSA = 0x007fffff;
  static final int SIGN = 0x80000000;

  /** erf(x) = x + x·(S0 + S1·x² + …) for |x| below {@link #ERF_SPLIT}. */
  static final float S0 = 0.12837915f;

  static final float S1 = -0.3761255f;
  static final float S2 = 0.11282455f;
  static final float S3 = -0.026791463f;
  static final float S4 = 0.005032181f;
  static final float S5 = -6.2032527e-4f;

  /** erf(x) = 1 − exp(−(x + x·(T0 + T1·x + …))) from {@link #ERF_SPLIT} on. */
  static final float T0 = 0.1285255f;

  static final float T1 = 0.63568044f;
  static final float T2 = 0.105312124f;
  static final float T3 = -0.022922402f;
  static final float T4 = 0.0032251303f;
  static final float T5 = -2.1522587e-4f;

  static final float ERF_SPLIT = 0.875f;

  /** From here on erf is one when rounded. */
  static final float ERF_ONE = 4f;

  /** From here on tanh is one when rounded. */
  static final float TANH_ONE = 10f;

  static final float SQRT_HALF = 0.70710677f;
  static final float SIXTH = 0.16666667f;

  private ScalarMath() {}

  /** e to the power of x, within 1.5 ulp, results below 2⁻¹²⁶ included. */
  static float exp(float x) {
    float y = Math.min(Math.max(x, EXP_LOWEST), EXP_HIGHEST);
    float t = Math.fma(y, LOG2_E, ROUNDER);
    float p = 1f + expMinusOne(y, t - ROUNDER);
    int exponent = Float.floatToRawIntBits(t) - ROUNDER_BITS;
    int half = exponent >> 1;
    return p * powerOfTwo(half) * powerOfTwo(exponent - half);
  }

  /** exp(r) − 1 for r = x − n·ln 2, |r| ≤ ln(2)/2. */
  private static float expMinusOne(float x, float n) {
    float r = Math.fma(n, -LN2_HIGH, x);
    r = Math.fma(n, -LN2_LOW, r);
    float q = Math.fma(E6, r, E5);
    q = Math.fma(q, r, E4);
    q = Math.fma(q, r, E3);
    q = Math.fma(q, r, E2);
    return Math.fma(q, r * r, r);
  }

  private static float powerOfTwo(int exponent) {
    return Float.intBitsToFloat((exponent << 23) + ONE_BITS);
  }

  /** Natural logarithm, within 1 ulp; NaN below zero, −∞ at zero. */
  static float log(float x) {
    boolean tiny = x < Float.MIN_NORMAL;
    int bits = Float.floatToRawIntBits(tiny ? x * 0x1p23f : x) + (ONE_BITS - SQRT_HALF_BITS);
    float e = (float) ((bits >> 23) - 127) - (tiny ? 23f : 0f);
    float f = Float.intBitsToFloat((bits & MANTISSA) + SQRT_HALF_BITS) - 1f;
    float p = Math.fma(L11, f, L10);
    p = Math.fma(p, f, L9);
    p = Math.fma(p, f, L8);
    p = Math.fma(p, f, L7);
    p = Math.fma(p, f, L6);
    p = Math.fma(p, f, L5);
    p = Math.fma(p, f, L4);
    p = Math.fma(p, f, L3);
    p = Math.fma(p, f, -0.5f);
    float r = Math.fma(e, LN2_LOW, p * (f * f)) + f;
    r = Math.fma(e, LN2_HIGH, r);
    if (x < 0f) {
      return Float.NaN;
    }
    if (x == 0f) {
      return Float.NEGATIVE_INFINITY;
    }
    return x < Float.POSITIVE_INFINITY ? r : x;
  }

  /** The error function, within 1.5 ulp. */
  static float erf(float x) {
    float s = x * x;
    float p = Math.fma(S5, s, S4);
    p = Math.fma(p, s, S3);
    p = Math.fma(p, s, S2);
    p = Math.fma(p, s, S1);
    p = Math.fma(p, s, S0);
    float small = Math.fma(p, x, x);
    float a = Math.min(Math.abs(x), ERF_ONE);
    float q = Math.fma(T5, a, T4);
    q = Math.fma(q, a, T3);
    q = Math.fma(q, a, T2);
    q = Math.fma(q, a, T1);
    q = Math.fma(q, a, T0);
    float large = withSignOf(x, 1f - exp(-Math.fma(q, a, a)));
    return a < ERF_SPLIT ? small : large;
  }

  /** Hyperbolic tangent, within 3 ulp. */
  static float tanh(float x) {
    float y = 2f * Math.min(Math.abs(x), TANH_ONE);
    float t = Math.fma(y, LOG2_E, ROUNDER);
    float q = expMinusOne(y, t - ROUNDER);
    float scale = powerOfTwo(Float.floatToRawIntBits(t) - ROUNDER_BITS);
    float m = Math.fma(scale, q, scale - 1f);
    return withSignOf(x, m / (m + 2f));
  }

  private static float withSignOf(float x, float magnitude) {
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(magnitude) | (Float.floatToRawIntBits(x) & SIGN));
  }

  /**
   * 1 / (1 + exp(−x)), within 3 ulp for x above −87; below, the result is tiny and within 2⁻¹²⁵.
   */
  static float sigmoid(float x) {
    return 1f / (1f + exp(-x));
  }

  /** 0.5·x·(1 + erf(x/√2)), within 2 ulp above zero; below, where the terms cancel, within 2⁻²³. */
  static float gelu(float x) {
    return (0.5f * x) * (1f + erf(x * SQRT_HALF));
  }

  /** x·sigmoid(x), within 3 ulp for x above −87; below, the result is tiny and within 2⁻¹¹⁹. */
  static float silu(float x) {
    return x / (1f + exp(-x));
  }

  static float relu(float x) {
    return Math.max(x, 0f);
  }

  static float leakyRelu(float x, float alpha) {
    return x < 0f ? x * alpha : x;
  }

  static float clip(float x, float lowest, float highest) {
    return Math.min(Math.max(x, lowest), highest);
  }

  static float hardSigmoid(float x, float alpha, float beta) {
    return Math.min(Math.max(Math.fma(x, alpha, beta), 0f), 1f);
  }

  static float hardSwish(float x) {
    return x * hardSigmoid(x, SIXTH, 0.5f);
  }

  /** Correctly rounded. */
  static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }

  static float reciprocal(float x) {
    return 1f / x;
  }
}
