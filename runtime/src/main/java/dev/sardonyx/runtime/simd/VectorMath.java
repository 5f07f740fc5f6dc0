package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link ScalarMath} on vectors: the same operations in the same order, so the same bits.
 *
 * <p>C2 stops inlining our own methods (not those of the vector classes) once a compiled method has
 * grown large, and from there on every vector is boxed. So what calls another method here does so
 * first, and everything else is written out.
 */
final class VectorMath {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  static final FloatVector LOG2_E = broadcast(ScalarMath.LOG2_E);
  private static final FloatVector ROUNDER = broadcast(ScalarMath.ROUNDER);
  static final FloatVector BIASED_ROUNDER = broadcast(ScalarMath.BIASED_ROUNDER);
  private static final FloatVector TWICE_BIASED_ROUNDER =
      broadcast(ScalarMath.TWICE_BIASED_ROUNDER);
  private static final FloatVector LN2_HIGH = broadcast(ScalarMath.LN2_HIGH);
  private static final FloatVector LN2_LOW = broadcast(ScalarMath.LN2_LOW);
  private static final FloatVector EXP_LOWEST = broadcast(ScalarMath.EXP_LOWEST);
  private static final FloatVector EXP_HIGHEST = broadcast(ScalarMath.EXP_HIGHEST);
  static final FloatVector BOUNDED_EXP_LOWEST = broadcast(ScalarMath.BOUNDED_EXP_LOWEST);
  private static final FloatVector BOUNDED_EXP_HIGHEST = broadcast(ScalarMath.BOUNDED_EXP_HIGHEST);
  static final FloatVector E2 = broadcast(ScalarMath.E2);
  static final FloatVector E3 = broadcast(ScalarMath.E3);
  static final FloatVector E4 = broadcast(ScalarMath.E4);
  static final FloatVector E5 = broadcast(ScalarMath.E5);
  static final FloatVector E6 = broadcast(ScalarMath.E6);
  private static final FloatVector L3 = broadcast(ScalarMath.L3);
  private static final FloatVector L4 = broadcast(ScalarMath.L4);
  private static final FloatVector L5 = broadcast(ScalarMath.L5);
  private static final FloatVector L6 = broadcast(ScalarMath.L6);
  private static final FloatVector L7 = broadcast(ScalarMath.L7);
  private static final FloatVector L8 = broadcast(ScalarMath.L8);
  private static final FloatVector L9 = broadcast(ScalarMath.L9);
  private static final FloatVector L10 = broadcast(ScalarMath.L10);
  private static final FloatVector L11 = broadcast(ScalarMath.L11);
  private static final FloatVector S0 = broadcast(ScalarMath.S0);
  private static final FloatVector S1 = broadcast(ScalarMath.S1);
  private static final FloatVector S2 = broadcast(ScalarMath.S2);
  private static final FloatVector S3 = broadcast(ScalarMath.S3);
  private static final FloatVector S4 = broadcast(ScalarMath.S4);
  private static final FloatVector S5 = broadcast(ScalarMath.S5);
  private static final FloatVector T0 = broadcast(ScalarMath.T0);
  private static final FloatVector T1 = broadcast(ScalarMath.T1);
  private static final FloatVector T2 = broadcast(ScalarMath.T2);
  private static final FloatVector T3 = broadcast(ScalarMath.T3);
  private static final FloatVector T4 = broadcast(ScalarMath.T4);
  private static final FloatVector T5 = broadcast(ScalarMath.T5);
  private static final FloatVector ERF_ONE = broadcast(ScalarMath.ERF_ONE);
  private static final FloatVector TANH_ONE = broadcast(ScalarMath.TANH_ONE);
  private static final int GELU_LINEAR_BITS = Float.floatToIntBits(ScalarMath.GELU_LINEAR);
  private static final FloatVector MINUS_GELU_TANH1 = broadcast(-ScalarMath.GELU_TANH1);
  private static final FloatVector MINUS_GELU_TANH3 = broadcast(-ScalarMath.GELU_TANH3);
  private static final FloatVector MISH_LINEAR = broadcast(ScalarMath.MISH_LINEAR);
  private static final FloatVector P1 = broadcast(ScalarMath.P1);
  private static final FloatVector P2 = broadcast(ScalarMath.P2);
  private static final FloatVector P3 = broadcast(ScalarMath.P3);
  private static final FloatVector P4 = broadcast(ScalarMath.P4);
  private static final FloatVector P5 = broadcast(ScalarMath.P5);
  private static final FloatVector P6 = broadcast(ScalarMath.P6);
  static final FloatVector MINUS_LN2_HIGH = broadcast(-ScalarMath.LN2_HIGH);
  static final FloatVector MINUS_LN2_LOW = broadcast(-ScalarMath.LN2_LOW);
  private static final FloatVector MINUS_HALF_PI = broadcast(-ScalarMath.HALF_PI);
  private static final FloatVector MINUS_HALF_PI_MIDDLE = broadcast(-ScalarMath.HALF_PI_MIDDLE);
  private static final FloatVector MINUS_HALF_PI_LOW = broadcast(-ScalarMath.HALF_PI_LOW);
  private static final FloatVector TWO_OVER_PI = broadcast(ScalarMath.TWO_OVER_PI);
  private static final FloatVector SIN3 = broadcast(ScalarMath.SIN3);
  private static final FloatVector SIN5 = broadcast(ScalarMath.SIN5);
  private static final FloatVector SIN7 = broadcast(ScalarMath.SIN7);
  private static final FloatVector COS4 = broadcast(ScalarMath.COS4);
  private static final FloatVector COS6 = broadcast(ScalarMath.COS6);
  private static final FloatVector COS8 = broadcast(ScalarMath.COS8);
  private static final FloatVector ZERO = broadcast(0f);
  static final FloatVector ONE = broadcast(1f);

  /** See {@link IntegerClip#bound}. */
  static final IntVector RELU =
      IntVector.broadcast(
          VectorSpecies.of(int.class, SPECIES.vectorShape()),
          IntegerClip.bound(UnaryFunction.RELU));

  private static final int ONE_BITS = Float.floatToIntBits(1f);
  private static final FloatVector HALF = broadcast(0.5f);
  private static final FloatVector MINUS_HALF = broadcast(-0.5f);
  private static final FloatVector TWO = broadcast(2f);

  private VectorMath() {}

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  static FloatVector exp(FloatVector x) {
    FloatVector y = x.blend(EXP_LOWEST, x.compare(LT, EXP_LOWEST));
    y = y.blend(EXP_HIGHEST, y.compare(GT, EXP_HIGHEST));
    FloatVector t = y.fma(LOG2_E, TWICE_BIASED_ROUNDER);
    FloatVector n = t.sub(TWICE_BIASED_ROUNDER);
    FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, y));
    FloatVector r2 = r.mul(r);
    FloatVector q = r2.fma(E6, r.fma(E5, E4)).fma(r2, r.fma(E3, E2)).fma(r2, r);
    IntVector exponents = t.reinterpretAsInts();
    IntVector half = exponents.lanewise(LSHR, 1);
    return q.add(ONE)
        .mul(half.lanewise(LSHL, 23).reinterpretAsFloats())
        .mul(exponents.sub(half).lanewise(LSHL, 23).reinterpretAsFloats());
  }

  static FloatVector boundedExp(FloatVector x) {
    FloatVector y = x.blend(BOUNDED_EXP_LOWEST, x.compare(LT, BOUNDED_EXP_LOWEST));
    y = y.blend(BOUNDED_EXP_HIGHEST, y.compare(GT, BOUNDED_EXP_HIGHEST));
    FloatVector t = y.fma(LOG2_E, BIASED_ROUNDER);
    FloatVector n = t.sub(BIASED_ROUNDER);
    FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, y));
    FloatVector r2 = r.mul(r);
    FloatVector q = r2.fma(E6, r.fma(E5, E4)).fma(r2, r.fma(E3, E2)).fma(r2, r);
    return q.add(ONE).mul(t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats());
  }

  private static FloatVector expBelowZero(FloatVector x) {
    FloatVector y = x.blend(BOUNDED_EXP_LOWEST, x.compare(LT, BOUNDED_EXP_LOWEST));
    FloatVector t = y.fma(LOG2_E, BIASED_ROUNDER);
    FloatVector n = t.sub(BIASED_ROUNDER);
    FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, y));
    FloatVector r2 = r.mul(r);
    FloatVector q = r2.fma(E6, r.fma(E5, E4)).fma(r2, r.fma(E3, E2)).fma(r2, r);
    FloatVector scale = t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
    return q.fma(scale, scale);
  }

  static FloatVector log(FloatVector x) {
    VectorMask<Float> tiny = x.compare(LT, Float.MIN_NORMAL);
    IntVector bits =
        x.blend(x.mul(0x1p23f), tiny)
            .reinterpretAsInts()
            .add(ScalarMath.ONE_BITS - ScalarMath.SQRT_HALF_BITS);
    // The exponent as a float, by way of the bits of ROUNDER + exponent.
    FloatVector e =
        bits.lanewise(ASHR, 23)
            .add(ScalarMath.ROUNDER_BITS - 127)
            .reinterpretAsFloats()
            .sub(ROUNDER)
            .sub(ZERO.blend(23f, tiny));
    FloatVector f =
        bits.and(ScalarMath.MANTISSA).add(ScalarMath.SQRT_HALF_BITS).reinterpretAsFloats().sub(ONE);
    FloatVector f2 = f.mul(f);
    FloatVector f4 = f2.mul(f2);
    FloatVector p = f4.fma(f.fma(L11, L10), f.fma(L9, L8).fma(f2, f.fma(L7, L6)));
    p = p.fma(f4, f.fma(L5, L4).fma(f2, f.fma(L3, MINUS_HALF)));
    FloatVector r = e.fma(LN2_HIGH, e.fma(LN2_LOW, p.mul(f2)).add(f));
    return x.blend(r, x.compare(LT, Float.POSITIVE_INFINITY))
        .blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f))
        .blend(Float.NaN, x.compare(LT, 0f));
  }

  static FloatVector erf(FloatVector x) {
    FloatVector a = x.abs();
    a = a.blend(ERF_ONE, a.compare(GT, ERF_ONE));
    FloatVector a2 = a.mul(a);
    FloatVector q = a.fma(T5, T4).fma(a2, a.fma(T3, T2)).fma(a2, a.fma(T1, T0));
    FloatVector t = q.fma(a, BIASED_ROUNDER);
    FloatVector r = q.fma(a, BIASED_ROUNDER.sub(t));
    FloatVector p = r.fma(P6, P5).fma(r, P4).fma(r, P3).fma(r, P2).fma(r, P1).fma(r, ONE);
    FloatVector scale = t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
    FloatVector large = ONE.sub(p.mul(scale));
    FloatVector s = x.mul(x);
    FloatVector s2 = s.mul(s);
    FloatVector small = s.fma(S5, S4).fma(s2, s.fma(S3, S2)).fma(s2, s.fma(S1, S0)).fma(x, x);
    return large
        .reinterpretAsInts()
        .or(x.reinterpretAsInts().and(ScalarMath.SIGN))
        .reinterpretAsFloats()
        .blend(small, a.compare(LT, ScalarMath.ERF_SPLIT));
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector a = x.abs();
    FloatVector y = a.blend(TANH_ONE, a.compare(GT, TANH_ONE)).mul(TWO);
    FloatVector t = y.fma(LOG2_E, BIASED_ROUNDER);
    FloatVector n = t.sub(BIASED_ROUNDER);
    FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, y));
    FloatVector r2 = r.mul(r);
    FloatVector q = r2.fma(E6, r.fma(E5, E4)).fma(r2, r.fma(E3, E2)).fma(r2, r);
    FloatVector scale = t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
    FloatVector m = scale.fma(q, scale.sub(ONE));
    return m.div(m.add(TWO))
        .reinterpretAsInts()
        .or(x.reinterpretAsInts().and(ScalarMath.SIGN))
        .reinterpretAsFloats();
  }

  /** The sine of x, within {@link ScalarMath#MOST_RADIANS}, and some quarter turns. */
  static FloatVector quarterTurns(FloatVector x, int more) {
    FloatVector t = x.fma(TWO_OVER_PI, ROUNDER);
    FloatVector n = t.sub(ROUNDER);
    FloatVector r = n.fma(MINUS_HALF_PI, x);
    r = n.fma(MINUS_HALF_PI_LOW, n.fma(MINUS_HALF_PI_MIDDLE, r));
    FloatVector s = r.mul(r);
    FloatVector p = s.fma(SIN7, SIN5).fma(s, SIN3);
    FloatVector sine = r.mul(s).fma(p, r);
    FloatVector q = s.fma(COS8, COS6).fma(s, COS4);
    FloatVector cosine = s.mul(s).fma(q, s.fma(MINUS_HALF, ONE));
    IntVector quarters = t.reinterpretAsInts().add(more);
    IntVector odd = quarters.and(1).neg();
    IntVector sineBits = sine.reinterpretAsInts();
    return cosine
        .reinterpretAsInts()
        .lanewise(XOR, sineBits)
        .and(odd)
        .lanewise(XOR, sineBits)
        .lanewise(XOR, quarters.and(2).lanewise(LSHL, 30))
        .reinterpretAsFloats();
  }

  static FloatVector sigmoid(FloatVector x) {
    return ONE.div(boundedExp(x.neg()).add(ONE));
  }

  /**
   * The coefficients are made where they are used: from a field each would take an address of 64
   * bits and a load in the loop, more than the processor decodes beside the arithmetic.
   */
  static FloatVector gelu(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    // NaN is lost here, but not below.
    FloatVector a = bits.and(~ScalarMath.SIGN).min(GELU_LINEAR_BITS).reinterpretAsFloats();
    FloatVector a2 = a.mul(a);
    FloatVector q = a.fma(broadcast(ScalarMath.G7), broadcast(ScalarMath.G6));
    q = q.fma(a2, a.fma(broadcast(ScalarMath.G5), broadcast(ScalarMath.G4)));
    FloatVector low = a.fma(broadcast(ScalarMath.G3), broadcast(ScalarMath.G2));
    low = low.fma(a2, a.fma(broadcast(ScalarMath.G1), broadcast(ScalarMath.G0)));
    q = q.fma(a2.mul(a2), low);
    FloatVector t = q.fma(a, BIASED_ROUNDER);
    FloatVector r = q.fma(a, BIASED_ROUNDER.sub(t));
    FloatVector p = r.fma(broadcast(ScalarMath.P6), broadcast(ScalarMath.P5));
    p = p.fma(r, broadcast(ScalarMath.P4)).fma(r, broadcast(ScalarMath.P3));
    p = p.fma(r, broadcast(ScalarMath.P2)).fma(r, broadcast(ScalarMath.P1)).fma(r, ONE);
    FloatVector scale = t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
    FloatVector ramp = bits.max(RELU.sub(bits).lanewise(ASHR, 31).and(bits)).reinterpretAsFloats();
    return p.mul(scale).fma(a.mul(MINUS_HALF), ramp);
  }

  static FloatVector geluTanh(FloatVector x) {
    FloatVector minusTwice = x.mul(x.mul(x).fma(MINUS_GELU_TANH3, MINUS_GELU_TANH1));
    return x.div(boundedExp(minusTwice).add(ONE));
  }

  static FloatVector silu(FloatVector x) {
    FloatVector y =
        x.reinterpretAsInts()
            .min(ScalarMath.SILU_HIGHEST)
            .reinterpretAsFloats()
            .neg()
            .reinterpretAsInts()
            .min(ScalarMath.SILU_LOWEST)
            .reinterpretAsFloats();
    FloatVector t = y.fma(LOG2_E, BIASED_ROUNDER);
    FloatVector n = t.sub(BIASED_ROUNDER);
    FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, y));
    FloatVector r2 = r.mul(r);
    FloatVector q = r2.fma(E6, r.fma(E5, E4)).fma(r2, r.fma(E3, E2)).fma(r2, r);
    FloatVector scale = t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
    return x.div(q.add(ONE).fma(scale, ONE));
  }

  static FloatVector swish(FloatVector x, float alpha) {
    return x.div(boundedExp(x.mul(-alpha)).add(ONE));
  }

  static FloatVector softplus(FloatVector x) {
    FloatVector e = expBelowZero(x.abs().neg());
    VectorMask<Float> large = e.compare(GT, ScalarMath.SQRT2_LESS_ONE);
    FloatVector f = e.blend(e.fma(HALF, MINUS_HALF), large);
    FloatVector f2 = f.mul(f);
    FloatVector f4 = f2.mul(f2);
    FloatVector p = f4.fma(f.fma(L11, L10), f.fma(L9, L8).fma(f2, f.fma(L7, L6)));
    p = p.fma(f4, f.fma(L5, L4).fma(f2, f.fma(L3, MINUS_HALF)));
    FloatVector log = p.fma(f2, f).add(ZERO.blend(LN2_HIGH, large));
    return x.blend(ZERO, x.compare(LE, ZERO)).add(log);
  }

  static FloatVector mish(FloatVector x) {
    FloatVector e = boundedExp(x.blend(MISH_LINEAR, x.compare(GT, MISH_LINEAR)));
    FloatVector m = e.mul(e.add(TWO));
    return x.mul(m.div(m.add(TWO)));
  }

  static FloatVector elu(FloatVector x, float alpha, float beta, float gamma) {
    FloatVector y = x.mul(beta);
    y = y.blend(BOUNDED_EXP_LOWEST, y.compare(LT, BOUNDED_EXP_LOWEST));
    FloatVector t = y.fma(LOG2_E, BIASED_ROUNDER);
    FloatVector n = t.sub(BIASED_ROUNDER);
    FloatVector r = n.fma(MINUS_LN2_LOW, n.fma(MINUS_LN2_HIGH, y));
    FloatVector r2 = r.mul(r);
    FloatVector q = r2.fma(E6, r.fma(E5, E4)).fma(r2, r.fma(E3, E2)).fma(r2, r);
    FloatVector scale = t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
    FloatVector below = scale.fma(q, scale.sub(ONE)).mul(alpha);
    return x.mul(gamma).blend(below, x.compare(LT, ZERO));
  }

  static FloatVector softsign(FloatVector x) {
    return x.div(x.abs().add(ONE));
  }

  static FloatVector thresholdedRelu(FloatVector x, float alpha) {
    return ZERO.blend(x, x.compare(GT, alpha));
  }

  static FloatVector leakyRelu(FloatVector x, float alpha) {
    return x.blend(x.mul(alpha), x.compare(LT, 0f));
  }

  static FloatVector relu(FloatVector x) {
    IntVector bits = x.reinterpretAsInts();
    return bits.max(RELU.sub(bits).lanewise(ASHR, 31).and(bits)).reinterpretAsFloats();
  }

  /**
   * By comparisons, since max and min take care of NaN and the signs of zeros at the cost of
   * several instructions. With the bounds of {@link UnaryFunction#clip}, the bits are the same.
   */
  static FloatVector clip(FloatVector x, float lowest, float highest) {
    FloatVector y = x.blend(lowest, x.compare(LE, lowest));
    return y.blend(highest, y.compare(GT, highest));
  }

  static FloatVector hardSigmoid(FloatVector x, float alpha, float beta) {
    return clip(x.fma(alpha, beta), 0f, 1f);
  }

  static FloatVector hardSwish(FloatVector x) {
    // As integers, positive floats have the same order. NaN comes out wrong, but x makes it NaN
    // again.
    IntVector h = x.fma(ScalarMath.SIXTH, 0.5f).reinterpretAsInts();
    return x.mul(h.max(0).min(ONE_BITS).reinterpretAsFloats());
  }

  static FloatVector scaledHardSwish(FloatVector x, float alpha, float beta) {
    return hardSwish(x).fma(alpha, beta);
  }
}
