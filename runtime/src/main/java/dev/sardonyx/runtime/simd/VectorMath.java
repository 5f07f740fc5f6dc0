package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

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
  private static final FloatVector LOG2_E = FloatVector.broadcast(SPECIES, ScalarMath.LOG2_E);
  private static final FloatVector ROUNDER = FloatVector.broadcast(SPECIES, ScalarMath.ROUNDER);
  private static final FloatVector LN2_HIGH = FloatVector.broadcast(SPECIES, ScalarMath.LN2_HIGH);
  private static final FloatVector LN2_LOW = FloatVector.broadcast(SPECIES, ScalarMath.LN2_LOW);
  private static final FloatVector E2 = FloatVector.broadcast(SPECIES, ScalarMath.E2);
  private static final FloatVector E3 = FloatVector.broadcast(SPECIES, ScalarMath.E3);
  private static final FloatVector E4 = FloatVector.broadcast(SPECIES, ScalarMath.E4);
  private static final FloatVector E5 = FloatVector.broadcast(SPECIES, ScalarMath.E5);
  private static final FloatVector E6 = FloatVector.broadcast(SPECIES, ScalarMath.E6);
  private static final FloatVector L3 = FloatVector.broadcast(SPECIES, ScalarMath.L3);
  private static final FloatVector L4 = FloatVector.broadcast(SPECIES, ScalarMath.L4);
  private static final FloatVector L5 = FloatVector.broadcast(SPECIES, ScalarMath.L5);
  private static final FloatVector L6 = FloatVector.broadcast(SPECIES, ScalarMath.L6);
  private static final FloatVector L7 = FloatVector.broadcast(SPECIES, ScalarMath.L7);
  private static final FloatVector L8 = FloatVector.broadcast(SPECIES, ScalarMath.L8);
  private static final FloatVector L9 = FloatVector.broadcast(SPECIES, ScalarMath.L9);
  private static final FloatVector L10 = FloatVector.broadcast(SPECIES, ScalarMath.L10);
  private static final FloatVector L11 = FloatVector.broadcast(SPECIES, ScalarMath.L11);
  private static final FloatVector S0 = FloatVector.broadcast(SPECIES, ScalarMath.S0);
  private static final FloatVector S1 = FloatVector.broadcast(SPECIES, ScalarMath.S1);
  private static final FloatVector S2 = FloatVector.broadcast(SPECIES, ScalarMath.S2);
  private static final FloatVector S3 = FloatVector.broadcast(SPECIES, ScalarMath.S3);
  private static final FloatVector S4 = FloatVector.broadcast(SPECIES, ScalarMath.S4);
  private static final FloatVector S5 = FloatVector.broadcast(SPECIES, ScalarMath.S5);
  private static final FloatVector T0 = FloatVector.broadcast(SPECIES, ScalarMath.T0);
  private static final FloatVector T1 = FloatVector.broadcast(SPECIES, ScalarMath.T1);
  private static final FloatVector T2 = FloatVector.broadcast(SPECIES, ScalarMath.T2);
  private static final FloatVector T3 = FloatVector.broadcast(SPECIES, ScalarMath.T3);
  private static final FloatVector T4 = FloatVector.broadcast(SPECIES, ScalarMath.T4);
  private static final FloatVector T5 = FloatVector.broadcast(SPECIES, ScalarMath.T5);
  private static final FloatVector MINUS_LN2_HIGH =
      FloatVector.broadcast(SPECIES, -ScalarMath.LN2_HIGH);
  private static final FloatVector MINUS_LN2_LOW =
      FloatVector.broadcast(SPECIES, -ScalarMath.LN2_LOW);
  private static final FloatVector ZERO = FloatVector.zero(SPECIES);
  private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1f);
  private static final FloatVector HALF = FloatVector.broadcast(SPECIES, 0.5f);
  private static final FloatVector MINUS_HALF = FloatVector.broadcast(SPECIES, -0.5f);
  private static final FloatVector TWO = FloatVector.broadcast(SPECIES, 2f);

  private VectorMath() {}

  static FloatVector exp(FloatVector x) {
    FloatVector y = x.max(ScalarMath.EXP_LOWEST).min(ScalarMath.EXP_HIGHEST);
    FloatVector t = y.fma(LOG2_E, ROUNDER);
    FloatVector n = t.sub(ROUNDER);
    FloatVector r = n.fma(MINUS_LN2_HIGH, y);
    r = n.fma(MINUS_LN2_LOW, r);
    FloatVector q = r.fma(E6, E5).fma(r, E4).fma(r, E3).fma(r, E2).fma(r.mul(r), r);
    IntVector exponent = t.reinterpretAsInts().sub(ScalarMath.ROUNDER_BITS);
    IntVector half = exponent.lanewise(ASHR, 1);
    IntVector rest = exponent.sub(half);
    return q.add(ONE)
        .mul(half.lanewise(LSHL, 23).add(ScalarMath.ONE_BITS).reinterpretAsFloats())
        .mul(rest.lanewise(LSHL, 23).add(ScalarMath.ONE_BITS).reinterpretAsFloats());
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
    FloatVector p =
        f.fma(L11, L10)
            .fma(f, L9)
            .fma(f, L8)
            .fma(f, L7)
            .fma(f, L6)
            .fma(f, L5)
            .fma(f, L4)
            .fma(f, L3)
            .fma(f, MINUS_HALF);
    FloatVector r = e.fma(LN2_HIGH, e.fma(LN2_LOW, p.mul(f.mul(f))).add(f));
    return x.blend(r, x.compare(LT, Float.POSITIVE_INFINITY))
        .blend(Float.NEGATIVE_INFINITY, x.compare(EQ, 0f))
        .blend(Float.NaN, x.compare(LT, 0f));
  }

  static FloatVector erf(FloatVector x) {
    FloatVector a = x.abs().min(ScalarMath.ERF_ONE);
    FloatVector q = a.fma(T5, T4).fma(a, T3).fma(a, T2).fma(a, T1).fma(a, T0);
    FloatVector large = ONE.sub(exp(q.fma(a, a).neg()));
    FloatVector s = x.mul(x);
    FloatVector small = s.fma(S5, S4).fma(s, S3).fma(s, S2).fma(s, S1).fma(s, S0).fma(x, x);
    return large
        .reinterpretAsInts()
        .or(x.reinterpretAsInts().and(ScalarMath.SIGN))
        .reinterpretAsFloats()
        .blend(small, a.compare(LT, ScalarMath.ERF_SPLIT));
  }

  static FloatVector tanh(FloatVector x) {
    FloatVector y = x.abs().min(ScalarMath.TANH_ONE).mul(TWO);
    FloatVector t = y.fma(LOG2_E, ROUNDER);
    FloatVector n = t.sub(ROUNDER);
    FloatVector r = n.fma(MINUS_LN2_HIGH, y);
    r = n.fma(MINUS_LN2_LOW, r);
    FloatVector q = r.fma(E6, E5).fma(r, E4).fma(r, E3).fma(r, E2).fma(r.mul(r), r);
    FloatVector scale =
        t.reinterpretAsInts()
            .sub(ScalarMath.ROUNDER_BITS)
            .lanewise(LSHL, 23)
            .add(ScalarMath.ONE_BITS)
            .reinterpretAsFloats();
    FloatVector m = scale.fma(q, scale.sub(ONE));
    return m.div(m.add(TWO))
        .reinterpretAsInts()
        .or(x.reinterpretAsInts().and(ScalarMath.SIGN))
        .reinterpretAsFloats();
  }

  static FloatVector sigmoid(FloatVector x) {
    return ONE.div(exp(x.neg()).add(ONE));
  }

  static FloatVector gelu(FloatVector x) {
    return erf(x.mul(ScalarMath.SQRT_HALF)).add(ONE).mul(x.mul(HALF));
  }

  static FloatVector silu(FloatVector x) {
    return x.div(exp(x.neg()).add(ONE));
  }

  static FloatVector leakyRelu(FloatVector x, float alpha) {
    return x.blend(x.mul(alpha), x.compare(LT, 0f));
  }

  static FloatVector clip(FloatVector x, float lowest, float highest) {
    return x.max(lowest).min(highest);
  }

  static FloatVector hardSigmoid(FloatVector x, float alpha, float beta) {
    return x.fma(alpha, beta).max(0f).min(1f);
  }

  static FloatVector hardSwish(FloatVector x) {
    return x.mul(hardSigmoid(x, ScalarMath.SIXTH, 0.5f));
  }
}
