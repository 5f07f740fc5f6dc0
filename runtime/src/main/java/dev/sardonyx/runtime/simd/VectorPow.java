package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.EQ;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.NE;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;

/** {@link ScalarMath#pow} on vectors: the same operations in the same order, so the same bits. */
final class VectorPow {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private static final FloatVector A2 = broadcast(ScalarMath.A2);
  private static final FloatVector A3 = broadcast(ScalarMath.A3);
  private static final FloatVector A4 = broadcast(ScalarMath.A4);
  private static final FloatVector A5 = broadcast(ScalarMath.A5);
  private static final FloatVector THIRD = broadcast(ScalarMath.THIRD);
  private static final FloatVector THIRD_LOW = broadcast(ScalarMath.THIRD_LOW);
  private static final FloatVector ATANH_SCALE = broadcast(ScalarMath.ATANH_SCALE);
  private static final FloatVector ATANH_SCALE_LOW = broadcast(ScalarMath.ATANH_SCALE_LOW);
  private static final FloatVector P1 = broadcast(ScalarMath.P1);
  private static final FloatVector P2 = broadcast(ScalarMath.P2);
  private static final FloatVector P3 = broadcast(ScalarMath.P3);
  private static final FloatVector P4 = broadcast(ScalarMath.P4);
  private static final FloatVector P5 = broadcast(ScalarMath.P5);
  private static final FloatVector P6 = broadcast(ScalarMath.P6);
  private static final FloatVector ZERO = broadcast(0f);
  private static final FloatVector ONE = broadcast(1f);

  /** Takes a number that is an operand everywhere. */
  private static final ThreadLocal<float[]> SCALAR =
      ThreadLocal.withInitial(() -> new float[LANES]);

  private VectorPow() {}

  static void apply(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      float[] z,
      int zOffset,
      int zStride,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      row(x, xOffset + r * xStride, y, yOffset + r * yStride, z, zOffset + r * zStride, n);
    }
  }

  private static void row(float[] x, int xi, float[] y, int yi, float[] z, int zi, int n) {
    int whole = n - n % LANES;
    if (!areOrdinary(x, xi, true, whole) || !areOrdinary(y, yi, false, whole)) {
      whole = 0;
    }
    vectors(x, xi, -1, y, yi, -1, 1f, z, zi, whole);
    for (int i = whole; i < n; i++) {
      z[zi + i] = ScalarMath.pow(x[xi + i], y[yi + i]);
    }
  }

  /** z = scalar to the power of y. */
  static void scalarLeft(float scalar, float[] y, int yi, float[] z, int zi, int n) {
    int whole = n - n % LANES;
    boolean positive = scalar > 0f && scalar < Float.POSITIVE_INFINITY;
    if (!positive || !areOrdinary(y, yi, false, whole)) {
      whole = 0;
    }
    vectors(repeated(scalar), 0, 0, y, yi, -1, 1f, z, zi, whole);
    for (int i = whole; i < n; i++) {
      z[zi + i] = ScalarMath.pow(scalar, y[yi + i]);
    }
  }

  /** z = x to the power of a scalar, whatever x is. */
  static void scalarRight(float[] x, int xi, float scalar, float[] z, int zi, int n) {
    boolean ordinary = scalar != 0f && Math.abs(scalar) < Float.POSITIVE_INFINITY;
    int whole = ordinary ? n - n % LANES : 0;
    vectors(x, xi, -1, repeated(scalar), 0, 0, scalar, z, zi, whole);
    for (int i = whole; i < n; i++) {
      z[zi + i] = ScalarMath.pow(x[xi + i], scalar);
    }
  }

  private static float[] repeated(float scalar) {
    float[] vector = SCALAR.get();
    Arrays.fill(vector, scalar);
    return vector;
  }

  /** Whether all are finite and, where it is asked, above zero. */
  private static boolean areOrdinary(float[] x, int xi, boolean positive, int whole) {
    VectorMask<Float> all = SPECIES.maskAll(true);
    float lowest = positive ? 0f : Float.NEGATIVE_INFINITY;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
      all = all.and(v.compare(GT, lowest)).and(v.compare(LT, Float.POSITIVE_INFINITY));
    }
    return all.allTrue();
  }

  /**
   * Powers of whole vectors, in one method since C2 would not inline its parts.
   *
   * @param xMask −1, or 0 if x is one vector
   * @param exponent of all numbers if some are not positive and finite
   */
  private static void vectors(
      float[] x,
      int xi,
      int xMask,
      float[] y,
      int yi,
      int yMask,
      float exponent,
      float[] z,
      int zi,
      int whole) {
    float ofZero = exponent > 0f ? 0f : Float.POSITIVE_INFINITY;
    float ofInfinity = exponent > 0f ? Float.POSITIVE_INFINITY : 0f;
    int sign = ScalarMath.isOdd(exponent) ? ScalarMath.SIGN : 0;
    // Negative numbers have powers of integers alone; −∞ has others, too.
    float lowest = ScalarMath.isInteger(exponent) ? 0f : Float.NEGATIVE_INFINITY;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xi + (i & xMask));
      FloatVector b = FloatVector.fromArray(SPECIES, y, yi + (i & yMask));
      FloatVector a = v.abs();
      VectorMask<Float> tiny = a.compare(LT, Float.MIN_NORMAL);
      IntVector bits =
          a.blend(a.mul(0x1p23f), tiny)
              .reinterpretAsInts()
              .add(ScalarMath.ONE_BITS - ScalarMath.SQRT_HALF_BITS);
      // The exponent as a float, by way of the bits of ROUNDER + exponent.
      FloatVector e =
          bits.lanewise(ASHR, 23)
              .add(ScalarMath.ROUNDER_BITS - 127)
              .reinterpretAsFloats()
              .sub(ScalarMath.ROUNDER)
              .sub(ZERO.blend(23f, tiny));
      FloatVector m =
          bits.and(ScalarMath.MANTISSA).add(ScalarMath.SQRT_HALF_BITS).reinterpretAsFloats();
      FloatVector d = m.add(1f);
      FloatVector dL = m.sub(d.sub(1f));
      FloatVector f = m.sub(1f);
      FloatVector inverse = ONE.div(d);
      FloatVector s = f.mul(inverse);
      FloatVector minus = s.neg();
      FloatVector sL = minus.fma(dL, minus.fma(d, f)).mul(inverse);
      FloatVector s2 = s.mul(s);
      FloatVector s2L = s.add(s).fma(sL, s.fma(s, s2.neg()));
      FloatVector q = s2.fma(A5, A4).fma(s2, A3).fma(s2, A2);
      FloatVector g = s2.mul(THIRD);
      FloatVector gL = s2.fma(THIRD, g.neg());
      gL = s2.fma(THIRD_LOW, gL);
      gL = s2L.fma(THIRD, gL);
      gL = s2.mul(s2).fma(q, gL);
      FloatVector w = s.mul(g);
      FloatVector wL = s.fma(g, w.neg());
      wL = s.fma(gL, wL);
      wL = sL.fma(g, wL).add(sL);
      FloatVector t = s.add(w);
      FloatVector tL = s.sub(t).add(w).add(wL);
      FloatVector l = t.mul(ATANH_SCALE);
      FloatVector lL = t.fma(ATANH_SCALE, l.neg());
      lL = t.fma(ATANH_SCALE_LOW, lL);
      lL = tL.fma(ATANH_SCALE, lL);
      FloatVector h = e.add(l);
      FloatVector hL = e.sub(h).add(l).add(lL);
      FloatVector product = b.mul(h);
      FloatVector log =
          product.blend(ScalarMath.POW_LOWEST, product.compare(LT, ScalarMath.POW_LOWEST));
      log = log.blend(ScalarMath.POW_HIGHEST, log.compare(GT, ScalarMath.POW_HIGHEST));
      FloatVector zL = b.fma(hL, b.fma(h, product.neg())).blend(0f, log.compare(NE, product));
      FloatVector n = log.add(ScalarMath.TWICE_BIASED_ROUNDER);
      FloatVector r = log.sub(n.sub(ScalarMath.TWICE_BIASED_ROUNDER)).add(zL);
      FloatVector r2 = r.mul(r);
      FloatVector p = r2.fma(P6, r.fma(P5, P4));
      p = p.fma(r2, r.fma(P3, P2));
      p = p.fma(r, P1).fma(r, ONE);
      IntVector exponents = n.reinterpretAsInts();
      IntVector half = exponents.lanewise(LSHR, 1);
      FloatVector power =
          p.mul(half.lanewise(LSHL, 23).reinterpretAsFloats())
              .mul(exponents.sub(half).lanewise(LSHL, 23).reinterpretAsFloats())
              .blend(ofZero, a.compare(EQ, 0f))
              .blend(ofInfinity, a.compare(EQ, Float.POSITIVE_INFINITY));
      VectorMask<Float> none = v.compare(LT, 0f).and(v.compare(GT, lowest));
      power
          .reinterpretAsInts()
          .or(v.reinterpretAsInts().and(sign))
          .reinterpretAsFloats()
          .blend(Float.NaN, none)
          .blend(v, v.compare(NE, v))
          .intoArray(z, zi + i);
    }
  }

  private static FloatVector broadcast(float number) {
    return FloatVector.broadcast(SPECIES, number);
  }
}
