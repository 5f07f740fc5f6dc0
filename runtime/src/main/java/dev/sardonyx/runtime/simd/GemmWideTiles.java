package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Micro-kernels like those of {@link GemmTiles}, but few rows × four vectors: for processors with
 * 16 vector registers, where a tile of 3 × 4 leaves just enough for three elements of A and one
 * vector of B, and needs half as many addresses as one of 6 × 2.
 *
 * <p>C2 on JDK 17 would load all vectors of B before the first multiplication and spill
 * accumulators for them. A branch that is never taken after each of them stops that; each compares
 * with another number, or C2 would see that only the first can be taken.
 */
final class GemmWideTiles {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  /** Columns of a tile. */
  static final int WIDTH = 4 * LANES;

  private static final int PANEL = PackedMatrix.PANEL;

  /** k in a turn of the loop. */
  static final int STEP = 4;

  /**
   * What an index of B never reaches, nor the numbers just below: arrays end before. C2 does not
   * know that.
   */
  private static final int NEVER = Integer.MAX_VALUE - 64;

  private GemmWideTiles() {}

  /** How many of at least two rows go to tiles of three; an even number is left. */
  static int triples(int rows) {
    // Four rows that are left are two pairs: a single row would leave the units waiting for sums.
    return rows % 3 == 1 ? rows - 4 : rows - rows % 3;
  }

  /**
   * Copies three rows of A so that {@link #STEP} elements of a row come together, then as many of
   * the next: a tile reads them all from one address, where rows that lie apart need one each,
   * which C2 computes anew in every turn of the loop.
   *
   * @param depth a multiple of {@link #STEP}
   */
  static void interleave3(float[] a, int a0, int lda, int depth, float[] packed, int packed0) {
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int last = depth - STEP;
    for (int k = 0; k < last; k += STEP) {
      int at = packed0 + k * 3;
      FloatVector.fromArray(SPECIES, a, a0 + k).intoArray(packed, at);
      FloatVector.fromArray(SPECIES, a, a1 + k).intoArray(packed, at + STEP);
      FloatVector.fromArray(SPECIES, a, a2 + k).intoArray(packed, at + 2 * STEP);
    }
    for (int k = Math.max(0, last); k < depth; k++) {
      int at = packed0 + last * 3 + k - last;
      packed[at] = a[a0 + k];
      packed[at + STEP] = a[a1 + k];
      packed[at + 2 * STEP] = a[a2 + k];
    }
  }

  /** Copies two rows as {@link #interleave3} does. */
  static void interleave2(float[] a, int a0, int lda, int depth, float[] packed, int packed0) {
    int a1 = a0 + lda;
    int last = depth - STEP;
    for (int k = 0; k < last; k += STEP) {
      int at = packed0 + k * 2;
      FloatVector.fromArray(SPECIES, a, a0 + k).intoArray(packed, at);
      FloatVector.fromArray(SPECIES, a, a1 + k).intoArray(packed, at + STEP);
    }
    for (int k = Math.max(0, last); k < depth; k++) {
      int at = packed0 + last * 2 + k - last;
      packed[at] = a[a0 + k];
      packed[at + STEP] = a[a1 + k];
    }
  }

  /**
   * 3 rows × 4 vectors, with what follows the sum: {@code clip(sum + residual)}.
   *
   * @param a {@code depth * 3} floats from a0 on, interleaved by {@link #interleave3}
   * @param depth a multiple of {@link #STEP}
   * @param residual −0 for none: adding that changes nothing
   */
  static void tile3(
      float[] a,
      int a0,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int s0,
      int lds,
      float[] residual,
      int r0,
      int ldr,
      float lowest,
      float highest,
      float[] c,
      int c0,
      int ldc) {
    int s1 = s0 + lds;
    int s2 = s1 + lds;
    FloatVector p0 = FloatVector.fromArray(SPECIES, start, s0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, start, s0 + LANES);
    FloatVector u0 = FloatVector.fromArray(SPECIES, start, s0 + 2 * LANES);
    FloatVector v0 = FloatVector.fromArray(SPECIES, start, s0 + 3 * LANES);
    FloatVector p1 = FloatVector.fromArray(SPECIES, start, s1);
    FloatVector q1 = FloatVector.fromArray(SPECIES, start, s1 + LANES);
    FloatVector u1 = FloatVector.fromArray(SPECIES, start, s1 + 2 * LANES);
    FloatVector v1 = FloatVector.fromArray(SPECIES, start, s1 + 3 * LANES);
    FloatVector p2 = FloatVector.fromArray(SPECIES, start, s2);
    FloatVector q2 = FloatVector.fromArray(SPECIES, start, s2 + LANES);
    FloatVector u2 = FloatVector.fromArray(SPECIES, start, s2 + 2 * LANES);
    FloatVector v2 = FloatVector.fromArray(SPECIES, start, s2 + 3 * LANES);
    int end = b0 + depth * PANEL;
    int ai = a0;
    for (int i = b0; i < end; i += STEP * PANEL) {
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[ai]);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[ai + 4]);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[ai + 8]);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, i);
      p0 = x0.fma(y0, p0);
      p1 = x1.fma(y0, p1);
      p2 = x2.fma(y0, p2);
      if (i == NEVER) {
        break;
      }
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, i + LANES);
      q0 = x0.fma(y1, q0);
      q1 = x1.fma(y1, q1);
      q2 = x2.fma(y1, q2);
      if (i == NEVER - 1) {
        break;
      }
      FloatVector y2 = FloatVector.fromArray(SPECIES, b, i + 2 * LANES);
      u0 = x0.fma(y2, u0);
      u1 = x1.fma(y2, u1);
      u2 = x2.fma(y2, u2);
      if (i == NEVER - 2) {
        break;
      }
      FloatVector y3 = FloatVector.fromArray(SPECIES, b, i + 3 * LANES);
      v0 = x0.fma(y3, v0);
      v1 = x1.fma(y3, v1);
      v2 = x2.fma(y3, v2);
      if (i == NEVER - 3) {
        break;
      }
      FloatVector w0 = FloatVector.broadcast(SPECIES, a[ai + 1]);
      FloatVector w1 = FloatVector.broadcast(SPECIES, a[ai + 5]);
      FloatVector w2 = FloatVector.broadcast(SPECIES, a[ai + 9]);
      FloatVector z0 = FloatVector.fromArray(SPECIES, b, i + PANEL);
      p0 = w0.fma(z0, p0);
      p1 = w1.fma(z0, p1);
      p2 = w2.fma(z0, p2);
      if (i == NEVER - 4) {
        break;
      }
      FloatVector z1 = FloatVector.fromArray(SPECIES, b, i + PANEL + LANES);
      q0 = w0.fma(z1, q0);
      q1 = w1.fma(z1, q1);
      q2 = w2.fma(z1, q2);
      if (i == NEVER - 5) {
        break;
      }
      FloatVector z2 = FloatVector.fromArray(SPECIES, b, i + PANEL + 2 * LANES);
      u0 = w0.fma(z2, u0);
      u1 = w1.fma(z2, u1);
      u2 = w2.fma(z2, u2);
      if (i == NEVER - 6) {
        break;
      }
      FloatVector z3 = FloatVector.fromArray(SPECIES, b, i + PANEL + 3 * LANES);
      v0 = w0.fma(z3, v0);
      v1 = w1.fma(z3, v1);
      v2 = w2.fma(z3, v2);
      if (i == NEVER - 7) {
        break;
      }
      FloatVector g0 = FloatVector.broadcast(SPECIES, a[ai + 2]);
      FloatVector g1 = FloatVector.broadcast(SPECIES, a[ai + 6]);
      FloatVector g2 = FloatVector.broadcast(SPECIES, a[ai + 10]);
      FloatVector m0 = FloatVector.fromArray(SPECIES, b, i + 2 * PANEL);
      p0 = g0.fma(m0, p0);
      p1 = g1.fma(m0, p1);
      p2 = g2.fma(m0, p2);
      if (i == NEVER - 8) {
        break;
      }
      FloatVector m1 = FloatVector.fromArray(SPECIES, b, i + 2 * PANEL + LANES);
      q0 = g0.fma(m1, q0);
      q1 = g1.fma(m1, q1);
      q2 = g2.fma(m1, q2);
      if (i == NEVER - 9) {
        break;
      }
      FloatVector m2 = FloatVector.fromArray(SPECIES, b, i + 2 * PANEL + 2 * LANES);
      u0 = g0.fma(m2, u0);
      u1 = g1.fma(m2, u1);
      u2 = g2.fma(m2, u2);
      if (i == NEVER - 10) {
        break;
      }
      FloatVector m3 = FloatVector.fromArray(SPECIES, b, i + 2 * PANEL + 3 * LANES);
      v0 = g0.fma(m3, v0);
      v1 = g1.fma(m3, v1);
      v2 = g2.fma(m3, v2);
      if (i == NEVER - 11) {
        break;
      }
      FloatVector h0 = FloatVector.broadcast(SPECIES, a[ai + 3]);
      FloatVector h1 = FloatVector.broadcast(SPECIES, a[ai + 7]);
      FloatVector h2 = FloatVector.broadcast(SPECIES, a[ai + 11]);
      FloatVector n0 = FloatVector.fromArray(SPECIES, b, i + 3 * PANEL);
      p0 = h0.fma(n0, p0);
      p1 = h1.fma(n0, p1);
      p2 = h2.fma(n0, p2);
      if (i == NEVER - 12) {
        break;
      }
      FloatVector n1 = FloatVector.fromArray(SPECIES, b, i + 3 * PANEL + LANES);
      q0 = h0.fma(n1, q0);
      q1 = h1.fma(n1, q1);
      q2 = h2.fma(n1, q2);
      if (i == NEVER - 13) {
        break;
      }
      FloatVector n2 = FloatVector.fromArray(SPECIES, b, i + 3 * PANEL + 2 * LANES);
      u0 = h0.fma(n2, u0);
      u1 = h1.fma(n2, u1);
      u2 = h2.fma(n2, u2);
      if (i == NEVER - 14) {
        break;
      }
      FloatVector n3 = FloatVector.fromArray(SPECIES, b, i + 3 * PANEL + 3 * LANES);
      v0 = h0.fma(n3, v0);
      v1 = h1.fma(n3, v1);
      v2 = h2.fma(n3, v2);
      if (i == NEVER - 15) {
        break;
      }
      ai += 3 * STEP;
    }
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int r1 = r0 + ldr;
    int r2 = r1 + ldr;
    FloatVector low = FloatVector.broadcast(SPECIES, lowest);
    FloatVector high = FloatVector.broadcast(SPECIES, highest);
    p0 = p0.add(FloatVector.fromArray(SPECIES, residual, r0));
    p0 = p0.blend(low, p0.compare(LE, low));
    p0.blend(high, p0.compare(GT, high)).intoArray(c, c0);
    q0 = q0.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
    q0 = q0.blend(low, q0.compare(LE, low));
    q0.blend(high, q0.compare(GT, high)).intoArray(c, c0 + LANES);
    u0 = u0.add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
    u0 = u0.blend(low, u0.compare(LE, low));
    u0.blend(high, u0.compare(GT, high)).intoArray(c, c0 + 2 * LANES);
    v0 = v0.add(FloatVector.fromArray(SPECIES, residual, r0 + 3 * LANES));
    v0 = v0.blend(low, v0.compare(LE, low));
    v0.blend(high, v0.compare(GT, high)).intoArray(c, c0 + 3 * LANES);
    p1 = p1.add(FloatVector.fromArray(SPECIES, residual, r1));
    p1 = p1.blend(low, p1.compare(LE, low));
    p1.blend(high, p1.compare(GT, high)).intoArray(c, c1);
    q1 = q1.add(FloatVector.fromArray(SPECIES, residual, r1 + LANES));
    q1 = q1.blend(low, q1.compare(LE, low));
    q1.blend(high, q1.compare(GT, high)).intoArray(c, c1 + LANES);
    u1 = u1.add(FloatVector.fromArray(SPECIES, residual, r1 + 2 * LANES));
    u1 = u1.blend(low, u1.compare(LE, low));
    u1.blend(high, u1.compare(GT, high)).intoArray(c, c1 + 2 * LANES);
    v1 = v1.add(FloatVector.fromArray(SPECIES, residual, r1 + 3 * LANES));
    v1 = v1.blend(low, v1.compare(LE, low));
    v1.blend(high, v1.compare(GT, high)).intoArray(c, c1 + 3 * LANES);
    p2 = p2.add(FloatVector.fromArray(SPECIES, residual, r2));
    p2 = p2.blend(low, p2.compare(LE, low));
    p2.blend(high, p2.compare(GT, high)).intoArray(c, c2);
    q2 = q2.add(FloatVector.fromArray(SPECIES, residual, r2 + LANES));
    q2 = q2.blend(low, q2.compare(LE, low));
    q2.blend(high, q2.compare(GT, high)).intoArray(c, c2 + LANES);
    u2 = u2.add(FloatVector.fromArray(SPECIES, residual, r2 + 2 * LANES));
    u2 = u2.blend(low, u2.compare(LE, low));
    u2.blend(high, u2.compare(GT, high)).intoArray(c, c2 + 2 * LANES);
    v2 = v2.add(FloatVector.fromArray(SPECIES, residual, r2 + 3 * LANES));
    v2 = v2.blend(low, v2.compare(LE, low));
    v2.blend(high, v2.compare(GT, high)).intoArray(c, c2 + 3 * LANES);
  }

  /**
   * 2 rows × 4 vectors.
   *
   * @param a {@code depth * 2} floats from a0 on, interleaved by {@link #interleave2}
   * @param depth a multiple of {@link #STEP}
   */
  static void tile2(
      float[] a,
      int a0,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int s0,
      int lds,
      float[] c,
      int c0,
      int ldc) {
    int s1 = s0 + lds;
    FloatVector p0 = FloatVector.fromArray(SPECIES, start, s0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, start, s0 + LANES);
    FloatVector u0 = FloatVector.fromArray(SPECIES, start, s0 + 2 * LANES);
    FloatVector v0 = FloatVector.fromArray(SPECIES, start, s0 + 3 * LANES);
    FloatVector p1 = FloatVector.fromArray(SPECIES, start, s1);
    FloatVector q1 = FloatVector.fromArray(SPECIES, start, s1 + LANES);
    FloatVector u1 = FloatVector.fromArray(SPECIES, start, s1 + 2 * LANES);
    FloatVector v1 = FloatVector.fromArray(SPECIES, start, s1 + 3 * LANES);
    int end = b0 + depth * PANEL;
    int ai = a0;
    for (int i = b0; i < end; i += STEP * PANEL) {
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[ai]);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[ai + 4]);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, i);
      p0 = x0.fma(y0, p0);
      p1 = x1.fma(y0, p1);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, i + LANES);
      q0 = x0.fma(y1, q0);
      q1 = x1.fma(y1, q1);
      FloatVector y2 = FloatVector.fromArray(SPECIES, b, i + 2 * LANES);
      u0 = x0.fma(y2, u0);
      u1 = x1.fma(y2, u1);
      FloatVector y3 = FloatVector.fromArray(SPECIES, b, i + 3 * LANES);
      v0 = x0.fma(y3, v0);
      v1 = x1.fma(y3, v1);
      if (i == NEVER) {
        break;
      }
      FloatVector w0 = FloatVector.broadcast(SPECIES, a[ai + 1]);
      FloatVector w1 = FloatVector.broadcast(SPECIES, a[ai + 5]);
      FloatVector z0 = FloatVector.fromArray(SPECIES, b, i + PANEL);
      p0 = w0.fma(z0, p0);
      p1 = w1.fma(z0, p1);
      FloatVector z1 = FloatVector.fromArray(SPECIES, b, i + PANEL + LANES);
      q0 = w0.fma(z1, q0);
      q1 = w1.fma(z1, q1);
      FloatVector z2 = FloatVector.fromArray(SPECIES, b, i + PANEL + 2 * LANES);
      u0 = w0.fma(z2, u0);
      u1 = w1.fma(z2, u1);
      FloatVector z3 = FloatVector.fromArray(SPECIES, b, i + PANEL + 3 * LANES);
      v0 = w0.fma(z3, v0);
      v1 = w1.fma(z3, v1);
      if (i == NEVER - 1) {
        break;
      }
      FloatVector g0 = FloatVector.broadcast(SPECIES, a[ai + 2]);
      FloatVector g1 = FloatVector.broadcast(SPECIES, a[ai + 6]);
      FloatVector m0 = FloatVector.fromArray(SPECIES, b, i + 2 * PANEL);
      p0 = g0.fma(m0, p0);
      p1 = g1.fma(m0, p1);
      FloatVector m1 = FloatVector.fromArray(SPECIES, b, i + 2 * PANEL + LANES);
      q0 = g0.fma(m1, q0);
      q1 = g1.fma(m1, q1);
      FloatVector m2 = FloatVector.fromArray(SPECIES, b, i + 2 * PANEL + 2 * LANES);
      u0 = g0.fma(m2, u0);
      u1 = g1.fma(m2, u1);
      FloatVector m3 = FloatVector.fromArray(SPECIES, b, i + 2 * PANEL + 3 * LANES);
      v0 = g0.fma(m3, v0);
      v1 = g1.fma(m3, v1);
      if (i == NEVER - 2) {
        break;
      }
      FloatVector h0 = FloatVector.broadcast(SPECIES, a[ai + 3]);
      FloatVector h1 = FloatVector.broadcast(SPECIES, a[ai + 7]);
      FloatVector n0 = FloatVector.fromArray(SPECIES, b, i + 3 * PANEL);
      p0 = h0.fma(n0, p0);
      p1 = h1.fma(n0, p1);
      FloatVector n1 = FloatVector.fromArray(SPECIES, b, i + 3 * PANEL + LANES);
      q0 = h0.fma(n1, q0);
      q1 = h1.fma(n1, q1);
      FloatVector n2 = FloatVector.fromArray(SPECIES, b, i + 3 * PANEL + 2 * LANES);
      u0 = h0.fma(n2, u0);
      u1 = h1.fma(n2, u1);
      FloatVector n3 = FloatVector.fromArray(SPECIES, b, i + 3 * PANEL + 3 * LANES);
      v0 = h0.fma(n3, v0);
      v1 = h1.fma(n3, v1);
      if (i == NEVER - 3) {
        break;
      }
      ai += 2 * STEP;
    }
    int c1 = c0 + ldc;
    p0.intoArray(c, c0);
    q0.intoArray(c, c0 + LANES);
    u0.intoArray(c, c0 + 2 * LANES);
    v0.intoArray(c, c0 + 3 * LANES);
    p1.intoArray(c, c1);
    q1.intoArray(c, c1 + LANES);
    u1.intoArray(c, c1 + 2 * LANES);
    v1.intoArray(c, c1 + 3 * LANES);
  }

  /** 1 row × 4 vectors, of a row as it is. */
  static void tile1(
      float[] a, int a0, float[] b, int b0, int depth, float[] start, int s0, float[] c, int c0) {
    FloatVector p0 = FloatVector.fromArray(SPECIES, start, s0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, start, s0 + LANES);
    FloatVector u0 = FloatVector.fromArray(SPECIES, start, s0 + 2 * LANES);
    FloatVector v0 = FloatVector.fromArray(SPECIES, start, s0 + 3 * LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      p0 = x0.fma(y0, p0);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      q0 = x0.fma(y1, q0);
      FloatVector y2 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * LANES);
      u0 = x0.fma(y2, u0);
      FloatVector y3 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * LANES);
      v0 = x0.fma(y3, v0);
    }
    p0.intoArray(c, c0);
    q0.intoArray(c, c0 + LANES);
    u0.intoArray(c, c0 + 2 * LANES);
    v0.intoArray(c, c0 + 3 * LANES);
  }
}
