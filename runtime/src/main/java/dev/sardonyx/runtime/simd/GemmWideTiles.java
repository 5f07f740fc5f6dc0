package dev.sardonyx.runtime.simd;

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

  /** What k never reaches, nor the numbers just below, though C2 cannot know. */
  private static final int NEVER = 0x3ffffff0;

  private GemmWideTiles() {}

  /** 3 rows × 4 vectors, for an even depth: two k at a time halve what the loop itself costs. */
  static void tile3(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int s0,
      int lds,
      float[] c,
      int c0,
      int ldc) {
    int a1 = a0 + lda;
    int a2 = a1 + lda;
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
    for (int k = 0; k < depth; k += 2) {
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      p0 = x0.fma(y0, p0);
      p1 = x1.fma(y0, p1);
      p2 = x2.fma(y0, p2);
      if (k == NEVER) {
        break;
      }
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      q0 = x0.fma(y1, q0);
      q1 = x1.fma(y1, q1);
      q2 = x2.fma(y1, q2);
      if (k == NEVER - 1) {
        break;
      }
      FloatVector y2 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * LANES);
      u0 = x0.fma(y2, u0);
      u1 = x1.fma(y2, u1);
      u2 = x2.fma(y2, u2);
      if (k == NEVER - 2) {
        break;
      }
      FloatVector y3 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * LANES);
      v0 = x0.fma(y3, v0);
      v1 = x1.fma(y3, v1);
      v2 = x2.fma(y3, v2);
      if (k == NEVER - 3) {
        break;
      }
      FloatVector w0 = FloatVector.broadcast(SPECIES, a[a0 + k + 1]);
      FloatVector w1 = FloatVector.broadcast(SPECIES, a[a1 + k + 1]);
      FloatVector w2 = FloatVector.broadcast(SPECIES, a[a2 + k + 1]);
      FloatVector z0 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + PANEL);
      p0 = w0.fma(z0, p0);
      p1 = w1.fma(z0, p1);
      p2 = w2.fma(z0, p2);
      if (k == NEVER - 4) {
        break;
      }
      FloatVector z1 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + PANEL + LANES);
      q0 = w0.fma(z1, q0);
      q1 = w1.fma(z1, q1);
      q2 = w2.fma(z1, q2);
      if (k == NEVER - 5) {
        break;
      }
      FloatVector z2 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + PANEL + 2 * LANES);
      u0 = w0.fma(z2, u0);
      u1 = w1.fma(z2, u1);
      u2 = w2.fma(z2, u2);
      if (k == NEVER - 6) {
        break;
      }
      FloatVector z3 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + PANEL + 3 * LANES);
      v0 = w0.fma(z3, v0);
      v1 = w1.fma(z3, v1);
      v2 = w2.fma(z3, v2);
      if (k == NEVER - 7) {
        break;
      }
    }
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    p0.intoArray(c, c0);
    q0.intoArray(c, c0 + LANES);
    u0.intoArray(c, c0 + 2 * LANES);
    v0.intoArray(c, c0 + 3 * LANES);
    p1.intoArray(c, c1);
    q1.intoArray(c, c1 + LANES);
    u1.intoArray(c, c1 + 2 * LANES);
    v1.intoArray(c, c1 + 3 * LANES);
    p2.intoArray(c, c2);
    q2.intoArray(c, c2 + LANES);
    u2.intoArray(c, c2 + 2 * LANES);
    v2.intoArray(c, c2 + 3 * LANES);
  }

  /** 2 rows × 4 vectors. */
  static void tile2(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int s0,
      int lds,
      float[] c,
      int c0,
      int ldc) {
    int a1 = a0 + lda;
    int s1 = s0 + lds;
    FloatVector p0 = FloatVector.fromArray(SPECIES, start, s0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, start, s0 + LANES);
    FloatVector u0 = FloatVector.fromArray(SPECIES, start, s0 + 2 * LANES);
    FloatVector v0 = FloatVector.fromArray(SPECIES, start, s0 + 3 * LANES);
    FloatVector p1 = FloatVector.fromArray(SPECIES, start, s1);
    FloatVector q1 = FloatVector.fromArray(SPECIES, start, s1 + LANES);
    FloatVector u1 = FloatVector.fromArray(SPECIES, start, s1 + 2 * LANES);
    FloatVector v1 = FloatVector.fromArray(SPECIES, start, s1 + 3 * LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      p0 = x0.fma(y0, p0);
      p1 = x1.fma(y0, p1);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      q0 = x0.fma(y1, q0);
      q1 = x1.fma(y1, q1);
      FloatVector y2 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * LANES);
      u0 = x0.fma(y2, u0);
      u1 = x1.fma(y2, u1);
      FloatVector y3 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * LANES);
      v0 = x0.fma(y3, v0);
      v1 = x1.fma(y3, v1);
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

  /** 1 row × 4 vectors. */
  static void tile1(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int s0,
      int lds,
      float[] c,
      int c0,
      int ldc) {
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
