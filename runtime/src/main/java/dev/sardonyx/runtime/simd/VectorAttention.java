package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Attention for a block of queries as vectors; {@link PortableAttention} defines the order. */
final class VectorAttention {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final int PANEL = PackedMatrix.PANEL;

  private VectorAttention() {}

  static void block(
      Kernels kernels,
      float[] q,
      int q0,
      int ldq,
      int rows,
      PackedMatrix keys,
      float scale,
      float[] mask,
      int m0,
      int ldm,
      PackedMatrix values,
      float[] scores,
      float[] y,
      int y0,
      int ldy) {
    int width = keys.panels() * PANEL;
    int n = PortableAttention.filledUp(keys.n());
    if (AttentionTiles.fit(rows, keys.k())) {
      for (int panel = 0; panel < keys.panels(); panel++) {
        int column = panel * PANEL;
        AttentionTiles.scores(
            q,
            q0,
            ldq,
            keys.data(),
            keys.panelOffset(panel),
            keys.k(),
            scale,
            mask,
            m0 + column,
            ldm,
            scores,
            column,
            width,
            rows);
      }
    } else {
      kernels.gemm(q, q0, ldq, keys, scores, 0, width, rows, Epilogue.NONE);
      for (int r = 0; r < rows; r++) {
        scaleAndMask(scores, r * width, keys.n(), n, scale, mask, m0 + r * ldm);
      }
    }
    soft(scores, rows, width, n);
    int factors = rows * width;
    kernels.gemm(scores, 0, width, values, y, y0, ldy, rows, Epilogue.NONE);
    for (int r = 0; r < rows; r++) {
      multiply(y, y0 + r * ldy, scores[factors + r], values.n());
    }
  }

  /** Makes rows of scores weights, and writes the reciprocals of their sums behind the rows. */
  private static void soft(float[] scores, int rows, int width, int n) {
    float[] p = Partials.array();
    for (int r = 0; r < rows; r++) {
      int at = r * width;
      weights(scores, at, n, largest(scores, at, n, p), p);
      scores[rows * width + r] = 1f / Partials.sum(p);
    }
  }

  private static void scaleAndMask(
      float[] x, int at, int columns, int n, float scale, float[] mask, int m0) {
    for (int i = columns; i < n; i++) {
      x[at + i] = 0;
    }
    FloatVector factor = FloatVector.broadcast(SPECIES, scale);
    for (int i = 0; i < n; i += LANES) {
      FloatVector.fromArray(SPECIES, x, at + i)
          .fma(factor, FloatVector.fromArray(SPECIES, mask, m0 + i))
          .intoArray(x, at + i);
    }
  }

  /** The largest x that is a number, or −∞. */
  private static float largest(float[] x, int at, int n, float[] p) {
    // The order matters to nobody, so one loop suits all lengths of vectors.
    FloatVector even = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector odd = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < n; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, at + i);
      FloatVector more = even.blend(v, v.compare(GT, even));
      even = odd;
      odd = more;
    }
    even.blend(odd, odd.compare(GT, even)).intoArray(p, 0);
    float most = p[0];
    for (int i = 1; i < LANES; i++) {
      most = p[i] > most ? p[i] : most;
    }
    return most;
  }

  /**
   * x = exp(x − max), and their partial sums. {@link VectorMath#expBelowZero} is written out: C2
   * would not inline it wherever this has become part of a large method, and box every vector.
   */
  private static void weights(float[] x, int at, int n, float max, float[] p) {
    if (2 * LANES == Partials.COUNT) {
      FloatVector next = FloatVector.zero(SPECIES);
      FloatVector last = FloatVector.zero(SPECIES);
      for (int i = 0; i < n; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, at + i).sub(max);
        v = v.blend(VectorMath.BOUNDED_EXP_LOWEST, v.compare(LT, VectorMath.BOUNDED_EXP_LOWEST));
        FloatVector t = v.fma(VectorMath.LOG2_E, VectorMath.BIASED_ROUNDER);
        FloatVector w = t.sub(VectorMath.BIASED_ROUNDER);
        FloatVector u = w.fma(VectorMath.MINUS_LN2_HIGH, v);
        u = w.fma(VectorMath.MINUS_LN2_LOW, u);
        FloatVector u2 = u.mul(u);
        FloatVector q = u2.fma(VectorMath.E6, u.fma(VectorMath.E5, VectorMath.E4));
        q = q.fma(u2, u.fma(VectorMath.E3, VectorMath.E2)).fma(u2, u);
        FloatVector power = t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
        FloatVector e = q.fma(power, power);
        e.intoArray(x, at + i);
        FloatVector sum = next.add(e);
        next = last;
        last = sum;
      }
      next.intoArray(p, 0);
      last.intoArray(p, LANES);
      return;
    }
    for (int part = 0; part < Partials.COUNT; part += LANES) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int i = part; i < n; i += Partials.COUNT) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, at + i).sub(max);
        v = v.blend(VectorMath.BOUNDED_EXP_LOWEST, v.compare(LT, VectorMath.BOUNDED_EXP_LOWEST));
        FloatVector t = v.fma(VectorMath.LOG2_E, VectorMath.BIASED_ROUNDER);
        FloatVector w = t.sub(VectorMath.BIASED_ROUNDER);
        FloatVector u = w.fma(VectorMath.MINUS_LN2_HIGH, v);
        u = w.fma(VectorMath.MINUS_LN2_LOW, u);
        FloatVector u2 = u.mul(u);
        FloatVector q = u2.fma(VectorMath.E6, u.fma(VectorMath.E5, VectorMath.E4));
        q = q.fma(u2, u.fma(VectorMath.E3, VectorMath.E2)).fma(u2, u);
        FloatVector power = t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
        FloatVector e = q.fma(power, power);
        e.intoArray(x, at + i);
        sum = sum.add(e);
      }
      sum.intoArray(p, part);
    }
  }

  private static void multiply(float[] x, int at, float factor, int n) {
    int i = 0;
    for (int whole = n & -LANES; i < whole; i += LANES) {
      FloatVector.fromArray(SPECIES, x, at + i).mul(factor).intoArray(x, at + i);
    }
    for (; i < n; i++) {
      x[at + i] *= factor;
    }
  }
}
