package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.VectorMath.BIASED_ROUNDER;
import static dev.sardonyx.runtime.simd.VectorMath.E2;
import static dev.sardonyx.runtime.simd.VectorMath.E3;
import static dev.sardonyx.runtime.simd.VectorMath.E4;
import static dev.sardonyx.runtime.simd.VectorMath.E5;
import static dev.sardonyx.runtime.simd.VectorMath.E6;
import static dev.sardonyx.runtime.simd.VectorMath.LOG2_E;
import static dev.sardonyx.runtime.simd.VectorMath.MINUS_LN2_HIGH;
import static dev.sardonyx.runtime.simd.VectorMath.MINUS_LN2_LOW;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.XOR;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/** Attention for a block of queries as vectors; {@link PortableAttention} defines the order. */
final class VectorAttention {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final int PAIR = 2 * LANES;
  private static final int PANEL = PackedMatrix.PANEL;
  private static final VectorSpecies<Integer> INTEGERS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());

  /** Vectors of partial sums. */
  private static final int SUMS = Math.max(1, Partials.COUNT / LANES);

  /** Below all numbers, as {@link #number} counts them. */
  private static final int LOWEST = Integer.MIN_VALUE;

  private static final int SIGN = Integer.MIN_VALUE;

  private static final IntVector LOWEST_EXPONENT =
      IntVector.broadcast(INTEGERS, Float.floatToRawIntBits(ScalarMath.BOUNDED_EXP_LOWEST));

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
    // What fills up the last vectors is masked and weighs nothing.
    int n = PortableAttention.filledUp(keys.n());
    int pairs = (n + PAIR - 1) / PAIR * PAIR;
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
      clearBehind(keys.n(), scores, pairs, width, rows);
      kernels.gemm(q, q0, ldq, keys, scores, 0, width, rows, Epilogue.NONE);
    }
    float[] p = Partials.array();
    Arrays.fill(p, 0f);
    int factors = rows * width;
    float bad = 0;
    for (int r = 0; r < rows; r++) {
      int at = r * width;
      float max =
          tiles
              ? largest(scores, at, pairs, p)
              : scaleAndMask(scores, at, pairs, scale, mask, m0 + r * ldm, p);
      scores[factors + r] = max;
      bad += 0f * max;
    }
    if (bad == 0 && !Float.isNaN(Partials.sum(p))) {
      for (int r = 0; r < rows; r++) {
        weights(scores, r * width, n, scores[factors + r], p);
        scores[factors + r] = 1f / Partials.sum(p);
      }
    } else {
      for (int r = 0; r < rows; r++) {
        scores[factors + r] = PortableAttention.softmax(scores, r * width, n);
      }
    }
    kernels.gemm(scores, 0, width, values, y, y0, ldy, rows, Epilogue.NONE);
    for (int r = 0; r < rows; r++) {
      multiply(y, y0 + r * ldy, scores[factors + r], values.n());
    }
  }

  /** So that nothing left from a run before is where the product of so many columns ends. */
  private static void clearBehind(int columns, float[] x, int n, int width, int rows) {
    FloatVector zero = FloatVector.zero(SPECIES);
    for (int at = 0; at < rows * width; at += width) {
      for (int i = columns & -LANES; i < n; i += LANES) {
        zero.intoArray(x, at + i);
      }
    }
  }

  /** x = scale · x + mask; returns {@link #largest}. */
  private static float scaleAndMask(
      float[] x, int at, int n, float scale, float[] mask, int m0, float[] sum) {
    FloatVector factor = FloatVector.broadcast(SPECIES, scale);
    FloatVector s = FloatVector.fromArray(SPECIES, sum, 0);
    IntVector even = IntVector.broadcast(INTEGERS, LOWEST);
    IntVector odd = IntVector.broadcast(INTEGERS, LOWEST);
    for (int i = 0; i < n; i += PAIR) {
      FloatVector u = FloatVector.fromArray(SPECIES, x, at + i);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at + i + LANES);
      u = u.fma(factor, FloatVector.fromArray(SPECIES, mask, m0 + i));
      v = v.fma(factor, FloatVector.fromArray(SPECIES, mask, m0 + i + LANES));
      u.intoArray(x, at + i);
      v.intoArray(x, at + i + LANES);
      s = s.add(u).add(v);
      IntVector a = u.reinterpretAsInts();
      IntVector b = v.reinterpretAsInts();
      even = even.max(a.lanewise(XOR, a.lanewise(ASHR, 31).and(Integer.MAX_VALUE)));
      odd = odd.max(b.lanewise(XOR, b.lanewise(ASHR, 31).and(Integer.MAX_VALUE)));
    }
    s.intoArray(sum, 0);
    return number(even.max(odd).reduceLanes(MAX));
  }

  /**
   * The largest x, where all are numbers: as integers, of which those below zero are turned round.
   * Every x is also added to some of the sums, which are NaN then if one is.
   */
  private static float largest(float[] x, int at, int n, float[] sum) {
    FloatVector s = FloatVector.fromArray(SPECIES, sum, 0);
    IntVector even = IntVector.broadcast(INTEGERS, LOWEST);
    IntVector odd = IntVector.broadcast(INTEGERS, LOWEST);
    for (int i = 0; i < n; i += PAIR) {
      FloatVector u = FloatVector.fromArray(SPECIES, x, at + i);
      FloatVector v = FloatVector.fromArray(SPECIES, x, at + i + LANES);
      s = s.add(u).add(v);
      IntVector a = u.reinterpretAsInts();
      IntVector b = v.reinterpretAsInts();
      even = even.max(a.lanewise(XOR, a.lanewise(ASHR, 31).and(Integer.MAX_VALUE)));
      odd = odd.max(b.lanewise(XOR, b.lanewise(ASHR, 31).and(Integer.MAX_VALUE)));
    }
    s.intoArray(sum, 0);
    return number(even.max(odd).reduceLanes(MAX));
  }

  private static float number(int ordered) {
    return Float.intBitsToFloat(ordered ^ (ordered >> 31 & Integer.MAX_VALUE));
  }

  /**
   * x = exp(x − max), and their partial sums, where all x are numbers or −∞: {@link
   * ScalarMath#expBelowZero}, but clipped as integers, since of numbers with a sign the lowest have
   * the largest bits. It is written out four times: one by one they would wait for themselves, and
   * C2 would box what a method of ours takes or returns.
   */
  private static void weights(float[] x, int at, int n, float max, float[] p) {
    FloatVector largest = FloatVector.broadcast(SPECIES, max);
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = FloatVector.zero(SPECIES);
    FloatVector s2 = FloatVector.zero(SPECIES);
    FloatVector s3 = FloatVector.zero(SPECIES);
    int i = at;
    for (int last = at + n - 4 * LANES; i <= last; i += 4 * LANES) {
      FloatVector v0 = FloatVector.fromArray(SPECIES, x, i).sub(largest);
      FloatVector v1 = FloatVector.fromArray(SPECIES, x, i + LANES).sub(largest);
      FloatVector v2 = FloatVector.fromArray(SPECIES, x, i + 2 * LANES).sub(largest);
      FloatVector v3 = FloatVector.fromArray(SPECIES, x, i + 3 * LANES).sub(largest);
      v0 = v0.reinterpretAsInts().or(SIGN).min(LOWEST_EXPONENT).reinterpretAsFloats();
      v1 = v1.reinterpretAsInts().or(SIGN).min(LOWEST_EXPONENT).reinterpretAsFloats();
      v2 = v2.reinterpretAsInts().or(SIGN).min(LOWEST_EXPONENT).reinterpretAsFloats();
      v3 = v3.reinterpretAsInts().or(SIGN).min(LOWEST_EXPONENT).reinterpretAsFloats();
      FloatVector t0 = v0.fma(LOG2_E, BIASED_ROUNDER);
      FloatVector t1 = v1.fma(LOG2_E, BIASED_ROUNDER);
      FloatVector t2 = v2.fma(LOG2_E, BIASED_ROUNDER);
      FloatVector t3 = v3.fma(LOG2_E, BIASED_ROUNDER);
      FloatVector w0 = t0.sub(BIASED_ROUNDER);
      FloatVector w1 = t1.sub(BIASED_ROUNDER);
      FloatVector w2 = t2.sub(BIASED_ROUNDER);
      FloatVector w3 = t3.sub(BIASED_ROUNDER);
      v0 = w0.fma(MINUS_LN2_LOW, w0.fma(MINUS_LN2_HIGH, v0));
      v1 = w1.fma(MINUS_LN2_LOW, w1.fma(MINUS_LN2_HIGH, v1));
      v2 = w2.fma(MINUS_LN2_LOW, w2.fma(MINUS_LN2_HIGH, v2));
      v3 = w3.fma(MINUS_LN2_LOW, w3.fma(MINUS_LN2_HIGH, v3));
      FloatVector q0 = v0.mul(v0);
      FloatVector q1 = v1.mul(v1);
      FloatVector q2 = v2.mul(v2);
      FloatVector q3 = v3.mul(v3);
      q0 = q0.fma(E6, v0.fma(E5, E4)).fma(q0, v0.fma(E3, E2)).fma(q0, v0);
      q1 = q1.fma(E6, v1.fma(E5, E4)).fma(q1, v1.fma(E3, E2)).fma(q1, v1);
      q2 = q2.fma(E6, v2.fma(E5, E4)).fma(q2, v2.fma(E3, E2)).fma(q2, v2);
      q3 = q3.fma(E6, v3.fma(E5, E4)).fma(q3, v3.fma(E3, E2)).fma(q3, v3);
      FloatVector e0 = t0.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      FloatVector e1 = t1.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      FloatVector e2 = t2.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      FloatVector e3 = t3.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      e0 = q0.fma(e0, e0);
      e1 = q1.fma(e1, e1);
      e2 = q2.fma(e2, e2);
      e3 = q3.fma(e3, e3);
      e0.intoArray(x, i);
      e1.intoArray(x, i + LANES);
      e2.intoArray(x, i + 2 * LANES);
      e3.intoArray(x, i + 3 * LANES);
      // As many partial sums as vectors have them all; with the longest, it is one.
      if (SUMS == 4) {
        s0 = s0.add(e0);
        s1 = s1.add(e1);
        s2 = s2.add(e2);
        s3 = s3.add(e3);
      } else if (SUMS == 2) {
        s0 = s0.add(e0).add(e2);
        s1 = s1.add(e1).add(e3);
      } else {
        s0 = s0.add(e0).add(e1).add(e2).add(e3);
      }
    }
    for (; i < at + n; i += LANES) {
      FloatVector v0 = FloatVector.fromArray(SPECIES, x, i).sub(largest);
      v0 = v0.reinterpretAsInts().or(SIGN).min(LOWEST_EXPONENT).reinterpretAsFloats();
      FloatVector t0 = v0.fma(LOG2_E, BIASED_ROUNDER);
      FloatVector w0 = t0.sub(BIASED_ROUNDER);
      v0 = w0.fma(MINUS_LN2_LOW, w0.fma(MINUS_LN2_HIGH, v0));
      FloatVector q0 = v0.mul(v0);
      q0 = q0.fma(E6, v0.fma(E5, E4)).fma(q0, v0.fma(E3, E2)).fma(q0, v0);
      FloatVector e0 = t0.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      e0 = q0.fma(e0, e0);
      e0.intoArray(x, i);
      // With two partial sums they change places, and there are two more vectors or none.
      if (SUMS == 2) {
        FloatVector other = s1;
        s1 = s0.add(e0);
        s0 = other;
      } else {
        s0 = s0.add(e0);
      }
    }
    s0.intoArray(p, 0);
    if (SUMS >= 2) {
      s1.intoArray(p, LANES);
    }
    if (SUMS == 4) {
      s2.intoArray(p, 2 * LANES);
      s3.intoArray(p, 3 * LANES);
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
