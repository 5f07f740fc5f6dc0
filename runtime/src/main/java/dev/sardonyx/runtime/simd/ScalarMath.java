package dev.sardonyx.runtime.simd;

/**
 * The element-wise functions, one number at a time: the definition to which {@link VectorMath}
 * keeps bit for bit.
 *
 * <p>Every function is a fixed sequence of single-precision operations. Error bounds are in units
 * in the last place (ulp) of the exact result and hold for every finite argument unless stated;
 * they are the largest errors found over all floats, rounded up. The polynomials are minimax fits
 * made for these ranges, evaluated in pairs (Estrin's scheme), since a processor that can begin two
 * multiplications a cycle waits four for one of them.
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

  /** With it, the low bits are that integer plus the exponent's bias, ready to be shifted up. */
  static final float BIASED_ROUNDER = ROUNDER + 127;

  /** Likewise for two powers of two whose product is wanted. */
  static final float TWICE_BIASED_ROUNDER = ROUNDER + 254;

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

  /** From here down {@link #boundedExp} is zero. */
  static final float BOUNDED_EXP_LOWEST = -88f;

  /** From here up {@link #boundedExp} is infinite. */
  static final float BOUNDED_EXP_HIGHEST = 88.5f;

  /** The bits of numbers between which −x lies in {@link #silu}. */
  static final int SILU_HIGHEST = Float.floatToRawIntBits(-BOUNDED_EXP_LOWEST);

  static final int SILU_LOWEST = Float.floatToRawIntBits(BOUNDED_EXP_HIGHEST);

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

  /** Above, the logarithm of 1 + e is that of its half and of two. */
  static final float SQRT2_LESS_ONE = 0.41421357f;

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

  /** erf(x) = 1 − 2 to the power of x·(T0 + T1·x + …) from {@link #ERF_SPLIT} on. */
  static final float T0 = -1.6281182f;

  static final float T1 = -0.917093f;
  static final float T2 = -0.15193325f;
  static final float T3 = 0.033070017f;
  static final float T4 = -0.0046528727f;
  static final float T5 = 3.1050437e-4f;

  static final float ERF_SPLIT = 0.875f;

  /** From here on erf is one when rounded. */
  static final float ERF_ONE = 4f;

  /** From here on tanh is one when rounded. */
  static final float TANH_ONE = 10f;

  /** erfc(a/√2) = 2 to the power of a·(G0 + G1·a + …) for a from 0 on. */
  static final float G0 = -1.1511066f;

  static final float G1 = -0.4591907f;
  static final float G2 = -0.05256707f;
  static final float G3 = 0.0071896547f;
  static final float G4 = -2.4975798e-4f;
  static final float G5 = -1.3362676e-4f;
  static final float G6 = 2.724441e-5f;
  static final float G7 = -1.7421310e-6f;

  /** From here on erfc(a/√2) is zero, measured by what it is subtracted from. */
  static final float GELU_LINEAR = 10.605f;

  /** √(2/π)·(x + 0.044715·x³) = ½·x·(GELU_TANH1 + GELU_TANH3·x²). */
  static final float GELU_TANH1 = 1.595769f;

  static final float GELU_TANH3 = 0.07135481f;

  /** From here on tanh(softplus(x)) is one when rounded. */
  static final float MISH_LINEAR = 10f;

  /** 2 to the power of r = 1 + r·(P1 + P2·r + …) for |r| ≤ ½. */
  static final float P1 = 0.6931472f;

  static final float P2 = 0.2402265f;
  static final float P3 = 0.05550328f;
  static final float P4 = 0.009618004f;
  static final float P5 = 0.0013400271f;
  static final float P6 = 1.5476301e-4f;

  /** π/2 = HALF_PI + HALF_PI_MIDDLE + HALF_PI_LOW to 2⁻⁷². */
  static final float HALF_PI = 1.5707964f;

  static final float HALF_PI_MIDDLE = -4.371139e-8f;
  static final float HALF_PI_LOW = -1.7151245e-15f;
  static final float TWO_OVER_PI = 0.63661975f;

  /** sin(r) = r + r³·(SIN3 + SIN5·r² + SIN7·r⁴) for |r| ≤ π/4. */
  static final float SIN3 = -0.16666655f;

  static final float SIN5 = 0.008332188f;
  static final float SIN7 = -1.95181e-4f;

  /** cos(r) = 1 − r²/2 + r⁴·(COS4 + COS6·r² + COS8·r⁴) for |r| ≤ π/4. */
  static final float COS4 = 0.041666646f;

  static final float COS6 = -0.0013887311f;
  static final float COS8 = 2.4432553e-5f;

  /** Beyond, sine and cosine need more digits of π. */
  static final float MOST_RADIANS = 100000f;

  /** 2/ln 2 = ATANH_SCALE + ATANH_SCALE_LOW. */
  static final float ATANH_SCALE = 2.88539f;

  static final float ATANH_SCALE_LOW = 3.851926e-8f;

  /** ⅓ = THIRD + THIRD_LOW. */
  static final float THIRD = 0.33333334f;

  static final float THIRD_LOW = -9.934108e-9f;

  /** artanh(s) = s + s·(⅓·s² + A2·s⁴ + A3·s⁶ + …): the reciprocals of odd numbers. */
  static final float A2 = 0.2f;

  static final float A3 = 0.14285715f;
  static final float A4 = 0.11111111f;
  static final float A5 = 0.09090909f;

  /** Logarithms of powers beyond are those of zero or infinity. */
  static final float POW_LOWEST = -152f;

  static final float POW_HIGHEST = 129f;

  static final float SIXTH = 0.16666667f;

  private ScalarMath() {}

  /** e to the power of x, within 1.1 ulp, results below 2⁻¹²⁶ included. */
  static float exp(float x) {
    float y = clamp(x, EXP_LOWEST, EXP_HIGHEST);
    float t = Math.fma(y, LOG2_E, TWICE_BIASED_ROUNDER);
    float p = 1f + expMinusOne(y, t - TWICE_BIASED_ROUNDER);
    int exponents = Float.floatToRawIntBits(t);
    int half = exponents >>> 1;
    return p * Float.intBitsToFloat(half << 23) * Float.intBitsToFloat((exponents - half) << 23);
  }

  /**
   * {@link #exp}, but zero where that is below 2⁻¹²⁶·√½ (x below −87.68) and infinite where it is
   * above 2¹²⁷·√2 (x above 88.37): one multiplication less. Within 1.1 ulp in between.
   */
  static float boundedExp(float x) {
    float y = clamp(x, BOUNDED_EXP_LOWEST, BOUNDED_EXP_HIGHEST);
    float t = Math.fma(y, LOG2_E, BIASED_ROUNDER);
    float p = 1f + expMinusOne(y, t - BIASED_ROUNDER);
    return p * Float.intBitsToFloat(Float.floatToRawIntBits(t) << 23);
  }

  /**
   * e to the power of a number that is not above zero, but zero where that is below 2⁻¹²⁶·√½: for
   * softmax. Within 1.1 ulp.
   */
  static float expBelowZero(float x) {
    float y = x < BOUNDED_EXP_LOWEST ? BOUNDED_EXP_LOWEST : x;
    float t = Math.fma(y, LOG2_E, BIASED_ROUNDER);
    float scale = Float.intBitsToFloat(Float.floatToRawIntBits(t) << 23);
    return Math.fma(expMinusOne(y, t - BIASED_ROUNDER), scale, scale);
  }

  /** NaN stays. */
  private static float clamp(float x, float lowest, float highest) {
    float y = x < lowest ? lowest : x;
    return y > highest ? highest : y;
  }

  /** exp(r) − 1 for r = x − n·ln 2, |r| ≤ ln(2)/2. */
  private static float expMinusOne(float x, float n) {
    float r = Math.fma(n, -LN2_HIGH, x);
    r = Math.fma(n, -LN2_LOW, r);
    float r2 = r * r;
    float q = Math.fma(r2, E6, Math.fma(r, E5, E4));
    q = Math.fma(q, r2, Math.fma(r, E3, E2));
    return Math.fma(q, r2, r);
  }

  /** Natural logarithm, within 1 ulp; NaN below zero, −∞ at zero. */
  static float log(float x) {
    boolean tiny = x < Float.MIN_NORMAL;
    int bits = Float.floatToRawIntBits(tiny ? x * 0x1p23f : x) + (ONE_BITS - SQRT_HALF_BITS);
    float e = (float) ((bits >> 23) - 127) - (tiny ? 23f : 0f);
    float f = Float.intBitsToFloat((bits & MANTISSA) + SQRT_HALF_BITS) - 1f;
    float f2 = f * f;
    float f4 = f2 * f2;
    float p = Math.fma(Math.fma(f, L9, L8), f2, Math.fma(f, L7, L6));
    p = Math.fma(f4, Math.fma(f, L11, L10), p);
    p = Math.fma(p, f4, Math.fma(Math.fma(f, L5, L4), f2, Math.fma(f, L3, -0.5f)));
    float r = Math.fma(e, LN2_LOW, p * f2) + f;
    r = Math.fma(e, LN2_HIGH, r);
    if (x < 0f) {
      return Float.NaN;
    }
    if (x == 0f) {
      return Float.NEGATIVE_INFINITY;
    }
    return x < Float.POSITIVE_INFINITY ? r : x;
  }

  /** The error function, within 1.4 ulp. */
  static float erf(float x) {
    float s = x * x;
    float s2 = s * s;
    float p = Math.fma(Math.fma(s, S5, S4), s2, Math.fma(s, S3, S2));
    p = Math.fma(p, s2, Math.fma(s, S1, S0));
    float small = Math.fma(p, x, x);
    float a = Math.abs(x);
    a = a > ERF_ONE ? ERF_ONE : a;
    float a2 = a * a;
    float q = Math.fma(Math.fma(a, T5, T4), a2, Math.fma(a, T3, T2));
    q = Math.fma(q, a2, Math.fma(a, T1, T0));
    float t = Math.fma(q, a, BIASED_ROUNDER);
    float r = Math.fma(q, a, BIASED_ROUNDER - t);
    float large = withSignOf(x, 1f - powerOfTwo(r, t));
    return a < ERF_SPLIT ? small : large;
  }

  /** 2 to the power of r, |r| ≤ ½, times the power of two that the low bits of t hold. */
  private static float powerOfTwo(float r, float t) {
    float p = Math.fma(Math.fma(r, P6, P5), r, P4);
    p = Math.fma(Math.fma(Math.fma(Math.fma(p, r, P3), r, P2), r, P1), r, 1f);
    return p * Float.intBitsToFloat(Float.floatToRawIntBits(t) << 23);
  }

  /** Hyperbolic tangent, within 2.7 ulp. */
  static float tanh(float x) {
    float a = Math.abs(x);
    float y = 2f * (a > TANH_ONE ? TANH_ONE : a);
    float t = Math.fma(y, LOG2_E, BIASED_ROUNDER);
    float q = expMinusOne(y, t - BIASED_ROUNDER);
    float scale = Float.intBitsToFloat(Float.floatToRawIntBits(t) << 23);
    float m = Math.fma(scale, q, scale - 1f);
    return withSignOf(x, m / (m + 2f));
  }

  /** Sine, within 1.6 ulp. */
  static float sin(float x) {
    return Math.abs(x) > MOST_RADIANS ? (float) StrictMath.sin(x) : quarterTurns(x, 0);
  }

  /** Cosine, within 1.6 ulp. */
  static float cos(float x) {
    return Math.abs(x) > MOST_RADIANS ? (float) StrictMath.cos(x) : quarterTurns(x, 1);
  }

  /** The sine of x and some quarter turns. */
  private static float quarterTurns(float x, int more) {
    float t = Math.fma(x, TWO_OVER_PI, ROUNDER);
    float n = t - ROUNDER;
    float r = Math.fma(n, -HALF_PI, x);
    r = Math.fma(n, -HALF_PI_LOW, Math.fma(n, -HALF_PI_MIDDLE, r));
    float s = r * r;
    float p = Math.fma(Math.fma(s, SIN7, SIN5), s, SIN3);
    float sine = Math.fma(r * s, p, r);
    float q = Math.fma(Math.fma(s, COS8, COS6), s, COS4);
    float cosine = Math.fma(s * s, q, Math.fma(s, -0.5f, 1f));
    int quarters = Float.floatToRawIntBits(t) + more;
    int odd = -(quarters & 1);
    int chosen = Float.floatToRawIntBits(cosine) & odd | Float.floatToRawIntBits(sine) & ~odd;
    return Float.intBitsToFloat(chosen ^ (quarters & 2) << 30);
  }

  private static float withSignOf(float x, float magnitude) {
    return Float.intBitsToFloat(
        Float.floatToRawIntBits(magnitude) | (Float.floatToRawIntBits(x) & SIGN));
  }

  /**
   * 1 / (1 + exp(−x)), within 2.5 ulp for x above −87; below, the result is tiny and within 2⁻¹²⁵.
   */
  static float sigmoid(float x) {
    return 1f / (1f + boundedExp(-x));
  }

  /**
   * 0.5·x·(1 + erf(x/√2)), computed as max(x, 0) − |x|/2·erfc(|x|/√2), in which nothing cancels:
   * within 2.2 ulp above zero, within 2⁻²³·⁶ below, and there within 4.1 ulp down to −1; zero at
   * −∞.
   */
  static float gelu(float x) {
    float a = Math.abs(x);
    a = a > GELU_LINEAR ? GELU_LINEAR : a;
    float a2 = a * a;
    float q = Math.fma(Math.fma(a, G7, G6), a2, Math.fma(a, G5, G4));
    q = Math.fma(q, a2 * a2, Math.fma(Math.fma(a, G3, G2), a2, Math.fma(a, G1, G0)));
    float t = Math.fma(q, a, BIASED_ROUNDER);
    float r = Math.fma(q, a, BIASED_ROUNDER - t);
    float ramp = Float.intBitsToFloat(Math.max(Float.floatToRawIntBits(x), 0));
    return Math.fma(powerOfTwo(r, t), a * -0.5f, ramp);
  }

  /**
   * 0.5·x·(1 + tanh(√(2/π)·(x + 0.044715·x³))), computed as x·sigmoid(2·√(2/π)·(x + 0.044715·x³)),
   * in which nothing cancels: within 2.1 ulp above zero, within 2⁻²⁴·¹ below, and there within 2.9
   * ulp down to −1; NaN at −∞.
   */
  static float geluTanh(float x) {
    float minusTwice = x * Math.fma(x * x, -GELU_TANH3, -GELU_TANH1);
    return x / (1f + boundedExp(minusTwice));
  }

  /** x·sigmoid(x), within 2.5 ulp for x above −87; below, the result is tiny and within 2⁻¹¹⁹. */
  static float silu(float x) {
    // Floats of one sign are in the order of their bits: a bound from above is a minimum of these.
    int notAbove = Math.min(Float.floatToRawIntBits(x), SILU_HIGHEST);
    int bounded = Math.min(notAbove ^ SIGN, SILU_LOWEST);
    float y = Float.intBitsToFloat(bounded);
    float t = Math.fma(y, LOG2_E, BIASED_ROUNDER);
    float p = 1f + expMinusOne(y, t - BIASED_ROUNDER);
    float scale = Float.intBitsToFloat(Float.floatToRawIntBits(t) << 23);
    return x / Math.fma(p, scale, 1f);
  }

  /**
   * x·sigmoid(alpha·x), within 2.1 ulp where alpha·x is above zero, and |alpha·x| ulp more down to
   * −87, from the rounding of alpha·x; below, the result is tiny and within |x|·2⁻¹²⁷.
   */
  static float swish(float x, float alpha) {
    return x / (1f + boundedExp(x * -alpha));
  }

  /**
   * log(1 + exp(x)), computed as max(x, 0) + log(1 + exp(−|x|)), in which nothing cancels: within
   * 1.9 ulp for x above −87; below, the result is tiny and within 2⁻¹²⁶.
   */
  static float softplus(float x) {
    float e = expBelowZero(-Math.abs(x));
    boolean large = e > SQRT2_LESS_ONE;
    float f = large ? Math.fma(e, 0.5f, -0.5f) : e;
    float f2 = f * f;
    float f4 = f2 * f2;
    float p = Math.fma(Math.fma(f, L9, L8), f2, Math.fma(f, L7, L6));
    p = Math.fma(f4, Math.fma(f, L11, L10), p);
    p = Math.fma(p, f4, Math.fma(Math.fma(f, L5, L4), f2, Math.fma(f, L3, -0.5f)));
    return Math.max(x, 0f) + (Math.fma(p, f2, f) + (large ? LN2_HIGH : 0f));
  }

  /**
   * x·tanh(log(1 + exp(x))), computed as x·m/(m + 2) with m = exp(x)·(exp(x) + 2), in which nothing
   * cancels: within 4.7 ulp for x above −87; below, the result is tiny and within 2⁻¹¹⁹.
   */
  static float mish(float x) {
    float e = boundedExp(x > MISH_LINEAR ? MISH_LINEAR : x);
    float m = e * (e + 2f);
    return x * (m / (m + 2f));
  }

  /**
   * gamma·x from zero on, within ½ ulp; alpha·(exp(beta·x) − 1) below, within 3 ulp where beta·x is
   * a normal number or beta is one.
   */
  static float elu(float x, float alpha, float beta, float gamma) {
    if (!(x < 0f)) {
      return x * gamma;
    }
    float y = x * beta;
    y = y < BOUNDED_EXP_LOWEST ? BOUNDED_EXP_LOWEST : y;
    float t = Math.fma(y, LOG2_E, BIASED_ROUNDER);
    float q = expMinusOne(y, t - BIASED_ROUNDER);
    float scale = Float.intBitsToFloat(Float.floatToRawIntBits(t) << 23);
    return Math.fma(scale, q, scale - 1f) * alpha;
  }

  /** x/(1 + |x|), within 1.5 ulp. */
  static float softsign(float x) {
    return x / (1f + Math.abs(x));
  }

  /**
   * x to the power of y as {@link Math#pow} has it, within 1.1 ulp where the result is a normal
   * number, within 1.4 ulp below.
   */
  static float pow(float x, float y) {
    float a = Math.abs(x);
    if (!(a >= 0f) || y == 0f || !(Math.abs(y) < Float.POSITIVE_INFINITY)) {
      return (float) Math.pow(x, y);
    }
    float r;
    if (a == 0f || a == Float.POSITIVE_INFINITY) {
      r = a == 0f == y > 0f ? 0f : Float.POSITIVE_INFINITY;
    } else {
      r = isInteger(y) || x > 0f ? powOfPositive(a, y) : Float.NaN;
    }
    return isOdd(y) ? withSignOf(x, r) : r;
  }

  static boolean isInteger(float y) {
    return y == (float) Math.rint(y);
  }

  static boolean isOdd(float y) {
    return isInteger(y) && Math.abs(y) < 0x1p24f && ((int) y & 1) != 0;
  }

  /**
   * 2 to the power of y·log₂(a), for finite a above 0 and finite y. The logarithm is that of a
   * power of two and of a number near one, m, whose logarithm is 2·artanh((m − 1)/(m + 1)); it and
   * what it comes from are sums of two floats (names ending in L: the lower one).
   */
  static float powOfPositive(float a, float y) {
    boolean tiny = a < Float.MIN_NORMAL;
    int bits = Float.floatToRawIntBits(tiny ? a * 0x1p23f : a) + (ONE_BITS - SQRT_HALF_BITS);
    float e = (float) ((bits >> 23) - 127) - (tiny ? 23f : 0f);
    float m = Float.intBitsToFloat((bits & MANTISSA) + SQRT_HALF_BITS);
    float d = m + 1f;
    float dL = m - (d - 1f);
    float f = m - 1f;
    float inverse = 1f / d;
    float s = f * inverse;
    float sL = Math.fma(-s, dL, Math.fma(-s, d, f)) * inverse;
    float s2 = s * s;
    float s2L = Math.fma(s + s, sL, Math.fma(s, s, -s2));
    float q = Math.fma(Math.fma(Math.fma(s2, A5, A4), s2, A3), s2, A2);
    float g = s2 * THIRD;
    float gL = Math.fma(s2, THIRD, -g);
    gL = Math.fma(s2, THIRD_LOW, gL);
    gL = Math.fma(s2L, THIRD, gL);
    gL = Math.fma(s2 * s2, q, gL);
    float w = s * g;
    float wL = Math.fma(s, g, -w);
    wL = Math.fma(s, gL, wL);
    wL = Math.fma(sL, g, wL) + sL;
    float t = s + w;
    float tL = (s - t) + w + wL;
    float l = t * ATANH_SCALE;
    float lL = Math.fma(t, ATANH_SCALE, -l);
    lL = Math.fma(t, ATANH_SCALE_LOW, lL);
    lL = Math.fma(tL, ATANH_SCALE, lL);
    float h = e + l;
    float hL = (e - h) + l + lL;
    float product = y * h;
    float z = clamp(product, POW_LOWEST, POW_HIGHEST);
    float zL = z == product ? Math.fma(y, hL, Math.fma(y, h, -product)) : 0f;
    float n = z + TWICE_BIASED_ROUNDER;
    float r = (z - (n - TWICE_BIASED_ROUNDER)) + zL;
    float r2 = r * r;
    float p = Math.fma(r2, P6, Math.fma(r, P5, P4));
    p = Math.fma(p, r2, Math.fma(r, P3, P2));
    p = Math.fma(Math.fma(p, r, P1), r, 1f);
    int exponents = Float.floatToRawIntBits(n);
    int half = exponents >>> 1;
    return p * Float.intBitsToFloat(half << 23) * Float.intBitsToFloat((exponents - half) << 23);
  }

  static float relu(float x) {
    return Math.max(x, 0f);
  }

  static float leakyRelu(float x, float alpha) {
    return x < 0f ? x * alpha : x;
  }

  static float thresholdedRelu(float x, float alpha) {
    return x > alpha ? x : 0f;
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

  static float scaledHardSwish(float x, float alpha, float beta) {
    return Math.fma(hardSwish(x), alpha, beta);
  }

  /** Correctly rounded. */
  static float sqrt(float x) {
    return (float) Math.sqrt(x);
  }

  static float reciprocal(float x) {
    return 1f / x;
  }
}
