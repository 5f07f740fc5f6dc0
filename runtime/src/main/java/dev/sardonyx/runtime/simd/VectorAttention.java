package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.VectorMath.BIASED_ROUNDER;
import static dev.sardonyx.runtime.simd.VectorMath.BOUNDED_EXP_LOWEST;
import static dev.sardonyx.runtime.simd.VectorMath.E2;
import static dev.sardonyx.runtime.simd.VectorMath.E3;
import static dev.sardonyx.runtime.simd.VectorMath.E4;
import static dev.sardonyx.runtime.simd.VectorMath.E5;
import static dev.sardonyx.runtime.simd.VectorMath.E6;
import static dev.sardonyx.runtime.simd.VectorMath.LOG2_E;
import static dev.sardonyx.runtime.simd.VectorMath.MINUS_LN2_HIGH;
import static dev.sardonyx.runtime.simd.VectorMath.MINUS_LN2_LOW;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Attention for a block of queries as vectors; {@link PortableAttention} defines the order. */
final class VectorAttention {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final int PAIR = 2 * LANES;
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
    // Pairs of vectors; what fills up the last one is masked and weighs nothing.
    int n = Math.max(PortableAttention.filledUp(keys.n()), (keys.n() + PAIR - 1) / PAIR * PAIR);
    boolean tiles = AttentionTiles.fit(rows, keys.k());
    if (tiles) {
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
    }
    float[] p = Partials.array();
    int factors = rows * width;
    for (int r = 0; r < rows; r++) {
      int at = r * width;
      float max =
          tiles
              ? largest(scores, at, n, p)
              : scaleAndMask(scores, at, keys.n(), n, scale, mask, m0 + r * ldm, p);
      weights(scores, at, n, max, p);
      scores[factors + r] = 1f / Partials.sum(p);
    }
    kernels.gemm(scores, 0, width, values, y, y0, ldy, rows, Epilogue.NONE);
    for (int r = 0; r < rows; r++) {
      multiply(y, y0 + r * ldy, scores[factors + r], values.n());
    }
  }

  /** x = scale · x + mask, with zeros behind the columns; returns {@link #largest}. */
  private static float scaleAndMask(
      float[] x, int at, int columns, int n, float scale, float[] mask, int m0, float[] p) {
    for (int i = columns; i < n; i++) {
      x[at + i] = 0;
    }
    FloatVector factor = FloatVector.broadcast(SPECIES, scale);
    FloatVector even = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector odd = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < n; i += PAIR) {
      FloatVector u = FloatVector.fromArray(SPECIES, x, at + i);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at + i + LANES);
      u = u.fma(factor, FloatVector.fromArray(SPECIES, mask, m0 + i));
      v = v.fma(factor, FloatVector.fromArray(SPECIES, mask, m0 + i + LANES));
      u.intoArray(x, at + i);
      v.intoArray(x, at + i + LANES);
      even = even.blend(u, u.compare(GT, even));
      odd = odd.blend(v, v.compare(GT, odd));
    }
    even.blend(odd, odd.compare(GT, even)).intoArray(p, 0);
    return largest(p);
  }

  /** The largest x that is a number, or −∞. The order matters to nobody. */
  private static float largest(float[] x, int at, int n, float[] p) {
    FloatVector even = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    FloatVector odd = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < n; i += PAIR) {
      FloatVector u = FloatVector.fromArray(SPECIES, x, at + i);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at + i + LANES);
      even = even.blend(u, u.compare(GT, even));
      odd = odd.blend(v, v.compare(GT, odd));
    }
    even.blend(odd, odd.compare(GT, even)).intoArray(p, 0);
    return largest(p);
  }

  /** Of as many elements as a vector has. */
  private static float largest(float[] p) {
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
    if (PAIR >= Partials.COUNT) {
      pairsOfWeights(x, at, n, max, p);
      return;
    }
    for (int part = 0; part < Partials.COUNT; part += LANES) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int i = part; i < n; i += Partials.COUNT) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, at + i).sub(max);
        v = v.blend(BOUNDED_EXP_LOWEST, v.compare(LT, BOUNDED_EXP_LOWEST));
        FloatVector t = v.fma(LOG2_E, BIASED_ROUNDER);
        FloatVector w = t.sub(BIASED_ROUNDER);
        v = w.fma(MINUS_LN2_LOW, w.fma(MINUS_LN2_HIGH, v));
        FloatVector v2 = v.mul(v);
        FloatVector q = v2.fma(E6, v.fma(E5, E4)).fma(v2, v.fma(E3, E2)).fma(v2, v);
        FloatVector power = t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
        FloatVector e = q.fma(power, power);
        e.intoArray(x, at + i);
        sum = sum.add(e);
      }
      sum.intoArray(p, part);
    }
  }

  /** The same where one vector or two have all partial sums. */
  private static void pairsOfWeights(float[] x, int at, int n, float max, float[] p) {
    FloatVector even = FloatVector.zero(SPECIES);
    FloatVector odd = FloatVector.zero(SPECIES);
    for (int i = 0; i < n; i += PAIR) {
      FloatVector u = FloatVector.fromArray(SPECIES, x, at + i).sub(max);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at + i + LANES).sub(max);
      u = u.blend(BOUNDED_EXP_LOWEST, u.compare(LT, BOUNDED_EXP_LOWEST));
      v = v.blend(BOUNDED_EXP_LOWEST, v.compare(LT, BOUNDED_EXP_LOWEST));
      FloatVector s = u.fma(LOG2_E, BIASED_ROUNDER);
      FloatVector t = v.fma(LOG2_E, BIASED_ROUNDER);
      FloatVector m = s.sub(BIASED_ROUNDER);
      FloatVector w = t.sub(BIASED_ROUNDER);
      u = m.fma(MINUS_LN2_LOW, m.fma(MINUS_LN2_HIGH, u));
      v = w.fma(MINUS_LN2_LOW, w.fma(MINUS_LN2_HIGH, v));
      FloatVector u2 = u.mul(u);
      FloatVector v2 = v.mul(v);
      FloatVector d = u2.fma(E6, u.fma(E5, E4)).fma(u2, u.fma(E3, E2)).fma(u2, u);
      FloatVector e = v2.fma(E6, v.fma(E5, E4)).fma(v2, v.fma(E3, E2)).fma(v2, v);
      FloatVector low = s.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      FloatVector high = t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      d = d.fma(low, low);
      e = e.fma(high, high);
      d.intoArray(x, at + i);
      e.intoArray(x, at + i + LANES);
      if (LANES == Partials.COUNT) {
        even = even.add(d).add(e);
      } else {
        even = even.add(d);
        odd = odd.add(e);
      }
    }
    even.intoArray(p, 0);
    if (LANES < Partials.COUNT) {
      odd.intoArray(p, LANES);
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
