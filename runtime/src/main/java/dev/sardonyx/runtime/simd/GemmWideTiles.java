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

  /**
   * 3 rows × 4 vectors, eight k at a time: C2 computes the addresses of the rows of A anew in every
   * turn of the loop, which took as many instructions as the multiplications while a turn was two
   * k.
   */
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
    int whole = depth & -8;
    for (int k = 0; k < whole; k += 8) {
      FloatVector x0a = FloatVector.broadcast(SPECIES, a[a0 + k]);
      FloatVector x1a = FloatVector.broadcast(SPECIES, a[a1 + k]);
      FloatVector x2a = FloatVector.broadcast(SPECIES, a[a2 + k]);
      FloatVector y0a = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      p0 = x0a.fma(y0a, p0);
      p1 = x1a.fma(y0a, p1);
      p2 = x2a.fma(y0a, p2);
      if (k == NEVER - 0) {
        break;
      }
      FloatVector y1a = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      q0 = x0a.fma(y1a, q0);
      q1 = x1a.fma(y1a, q1);
      q2 = x2a.fma(y1a, q2);
      if (k == NEVER - 1) {
        break;
      }
      FloatVector y2a = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * LANES);
      u0 = x0a.fma(y2a, u0);
      u1 = x1a.fma(y2a, u1);
      u2 = x2a.fma(y2a, u2);
      if (k == NEVER - 2) {
        break;
      }
      FloatVector y3a = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * LANES);
      v0 = x0a.fma(y3a, v0);
      v1 = x1a.fma(y3a, v1);
      v2 = x2a.fma(y3a, v2);
      if (k == NEVER - 3) {
        break;
      }
      FloatVector x0b = FloatVector.broadcast(SPECIES, a[a0 + k + 1]);
      FloatVector x1b = FloatVector.broadcast(SPECIES, a[a1 + k + 1]);
      FloatVector x2b = FloatVector.broadcast(SPECIES, a[a2 + k + 1]);
      FloatVector y0b = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 1 * PANEL);
      p0 = x0b.fma(y0b, p0);
      p1 = x1b.fma(y0b, p1);
      p2 = x2b.fma(y0b, p2);
      if (k == NEVER - 4) {
        break;
      }
      FloatVector y1b = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 1 * PANEL + LANES);
      q0 = x0b.fma(y1b, q0);
      q1 = x1b.fma(y1b, q1);
      q2 = x2b.fma(y1b, q2);
      if (k == NEVER - 5) {
        break;
      }
      FloatVector y2b = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 1 * PANEL + 2 * LANES);
      u0 = x0b.fma(y2b, u0);
      u1 = x1b.fma(y2b, u1);
      u2 = x2b.fma(y2b, u2);
      if (k == NEVER - 6) {
        break;
      }
      FloatVector y3b = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 1 * PANEL + 3 * LANES);
      v0 = x0b.fma(y3b, v0);
      v1 = x1b.fma(y3b, v1);
      v2 = x2b.fma(y3b, v2);
      if (k == NEVER - 7) {
        break;
      }
      FloatVector x0c = FloatVector.broadcast(SPECIES, a[a0 + k + 2]);
      FloatVector x1c = FloatVector.broadcast(SPECIES, a[a1 + k + 2]);
      FloatVector x2c = FloatVector.broadcast(SPECIES, a[a2 + k + 2]);
      FloatVector y0c = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * PANEL);
      p0 = x0c.fma(y0c, p0);
      p1 = x1c.fma(y0c, p1);
      p2 = x2c.fma(y0c, p2);
      if (k == NEVER - 8) {
        break;
      }
      FloatVector y1c = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * PANEL + LANES);
      q0 = x0c.fma(y1c, q0);
      q1 = x1c.fma(y1c, q1);
      q2 = x2c.fma(y1c, q2);
      if (k == NEVER - 9) {
        break;
      }
      FloatVector y2c = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * PANEL + 2 * LANES);
      u0 = x0c.fma(y2c, u0);
      u1 = x1c.fma(y2c, u1);
      u2 = x2c.fma(y2c, u2);
      if (k == NEVER - 10) {
        break;
      }
      FloatVector y3c = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * PANEL + 3 * LANES);
      v0 = x0c.fma(y3c, v0);
      v1 = x1c.fma(y3c, v1);
      v2 = x2c.fma(y3c, v2);
      if (k == NEVER - 11) {
        break;
      }
      FloatVector x0d = FloatVector.broadcast(SPECIES, a[a0 + k + 3]);
      FloatVector x1d = FloatVector.broadcast(SPECIES, a[a1 + k + 3]);
      FloatVector x2d = FloatVector.broadcast(SPECIES, a[a2 + k + 3]);
      FloatVector y0d = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * PANEL);
      p0 = x0d.fma(y0d, p0);
      p1 = x1d.fma(y0d, p1);
      p2 = x2d.fma(y0d, p2);
      if (k == NEVER - 12) {
        break;
      }
      FloatVector y1d = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * PANEL + LANES);
      q0 = x0d.fma(y1d, q0);
      q1 = x1d.fma(y1d, q1);
      q2 = x2d.fma(y1d, q2);
      if (k == NEVER - 13) {
        break;
      }
      FloatVector y2d = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * PANEL + 2 * LANES);
      u0 = x0d.fma(y2d, u0);
      u1 = x1d.fma(y2d, u1);
      u2 = x2d.fma(y2d, u2);
      if (k == NEVER - 14) {
        break;
      }
      FloatVector y3d = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * PANEL + 3 * LANES);
      v0 = x0d.fma(y3d, v0);
      v1 = x1d.fma(y3d, v1);
      v2 = x2d.fma(y3d, v2);
      if (k == NEVER - 15) {
        break;
      }
      FloatVector x0e = FloatVector.broadcast(SPECIES, a[a0 + k + 4]);
      FloatVector x1e = FloatVector.broadcast(SPECIES, a[a1 + k + 4]);
      FloatVector x2e = FloatVector.broadcast(SPECIES, a[a2 + k + 4]);
      FloatVector y0e = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 4 * PANEL);
      p0 = x0e.fma(y0e, p0);
      p1 = x1e.fma(y0e, p1);
      p2 = x2e.fma(y0e, p2);
      if (k == NEVER - 16) {
        break;
      }
      FloatVector y1e = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 4 * PANEL + LANES);
      q0 = x0e.fma(y1e, q0);
      q1 = x1e.fma(y1e, q1);
      q2 = x2e.fma(y1e, q2);
      if (k == NEVER - 17) {
        break;
      }
      FloatVector y2e = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 4 * PANEL + 2 * LANES);
      u0 = x0e.fma(y2e, u0);
      u1 = x1e.fma(y2e, u1);
      u2 = x2e.fma(y2e, u2);
      if (k == NEVER - 18) {
        break;
      }
      FloatVector y3e = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 4 * PANEL + 3 * LANES);
      v0 = x0e.fma(y3e, v0);
      v1 = x1e.fma(y3e, v1);
      v2 = x2e.fma(y3e, v2);
      if (k == NEVER - 19) {
        break;
      }
      FloatVector x0f = FloatVector.broadcast(SPECIES, a[a0 + k + 5]);
      FloatVector x1f = FloatVector.broadcast(SPECIES, a[a1 + k + 5]);
      FloatVector x2f = FloatVector.broadcast(SPECIES, a[a2 + k + 5]);
      FloatVector y0f = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 5 * PANEL);
      p0 = x0f.fma(y0f, p0);
      p1 = x1f.fma(y0f, p1);
      p2 = x2f.fma(y0f, p2);
      if (k == NEVER - 20) {
        break;
      }
      FloatVector y1f = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 5 * PANEL + LANES);
      q0 = x0f.fma(y1f, q0);
      q1 = x1f.fma(y1f, q1);
      q2 = x2f.fma(y1f, q2);
      if (k == NEVER - 21) {
        break;
      }
      FloatVector y2f = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 5 * PANEL + 2 * LANES);
      u0 = x0f.fma(y2f, u0);
      u1 = x1f.fma(y2f, u1);
      u2 = x2f.fma(y2f, u2);
      if (k == NEVER - 22) {
        break;
      }
      FloatVector y3f = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 5 * PANEL + 3 * LANES);
      v0 = x0f.fma(y3f, v0);
      v1 = x1f.fma(y3f, v1);
      v2 = x2f.fma(y3f, v2);
      if (k == NEVER - 23) {
        break;
      }
      FloatVector x0g = FloatVector.broadcast(SPECIES, a[a0 + k + 6]);
      FloatVector x1g = FloatVector.broadcast(SPECIES, a[a1 + k + 6]);
      FloatVector x2g = FloatVector.broadcast(SPECIES, a[a2 + k + 6]);
      FloatVector y0g = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 6 * PANEL);
      p0 = x0g.fma(y0g, p0);
      p1 = x1g.fma(y0g, p1);
      p2 = x2g.fma(y0g, p2);
      if (k == NEVER - 24) {
        break;
      }
      FloatVector y1g = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 6 * PANEL + LANES);
      q0 = x0g.fma(y1g, q0);
      q1 = x1g.fma(y1g, q1);
      q2 = x2g.fma(y1g, q2);
      if (k == NEVER - 25) {
        break;
      }
      FloatVector y2g = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 6 * PANEL + 2 * LANES);
      u0 = x0g.fma(y2g, u0);
      u1 = x1g.fma(y2g, u1);
      u2 = x2g.fma(y2g, u2);
      if (k == NEVER - 26) {
        break;
      }
      FloatVector y3g = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 6 * PANEL + 3 * LANES);
      v0 = x0g.fma(y3g, v0);
      v1 = x1g.fma(y3g, v1);
      v2 = x2g.fma(y3g, v2);
      if (k == NEVER - 27) {
        break;
      }
      FloatVector x0h = FloatVector.broadcast(SPECIES, a[a0 + k + 7]);
      FloatVector x1h = FloatVector.broadcast(SPECIES, a[a1 + k + 7]);
      FloatVector x2h = FloatVector.broadcast(SPECIES, a[a2 + k + 7]);
      FloatVector y0h = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 7 * PANEL);
      p0 = x0h.fma(y0h, p0);
      p1 = x1h.fma(y0h, p1);
      p2 = x2h.fma(y0h, p2);
      if (k == NEVER - 28) {
        break;
      }
      FloatVector y1h = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 7 * PANEL + LANES);
      q0 = x0h.fma(y1h, q0);
      q1 = x1h.fma(y1h, q1);
      q2 = x2h.fma(y1h, q2);
      if (k == NEVER - 29) {
        break;
      }
      FloatVector y2h = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 7 * PANEL + 2 * LANES);
      u0 = x0h.fma(y2h, u0);
      u1 = x1h.fma(y2h, u1);
      u2 = x2h.fma(y2h, u2);
      if (k == NEVER - 30) {
        break;
      }
      FloatVector y3h = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 7 * PANEL + 3 * LANES);
      v0 = x0h.fma(y3h, v0);
      v1 = x1h.fma(y3h, v1);
      v2 = x2h.fma(y3h, v2);
      if (k == NEVER - 31) {
        break;
      }
    }
    for (int k = whole; k < depth; k++) {
      FloatVector x0z = FloatVector.broadcast(SPECIES, a[a0 + k]);
      FloatVector x1z = FloatVector.broadcast(SPECIES, a[a1 + k]);
      FloatVector x2z = FloatVector.broadcast(SPECIES, a[a2 + k]);
      FloatVector y0z = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      p0 = x0z.fma(y0z, p0);
      p1 = x1z.fma(y0z, p1);
      p2 = x2z.fma(y0z, p2);
      if (k == NEVER - 32) {
        break;
      }
      FloatVector y1z = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      q0 = x0z.fma(y1z, q0);
      q1 = x1z.fma(y1z, q1);
      q2 = x2z.fma(y1z, q2);
      if (k == NEVER - 33) {
        break;
      }
      FloatVector y2z = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * LANES);
      u0 = x0z.fma(y2z, u0);
      u1 = x1z.fma(y2z, u1);
      u2 = x2z.fma(y2z, u2);
      if (k == NEVER - 34) {
        break;
      }
      FloatVector y3z = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * LANES);
      v0 = x0z.fma(y3z, v0);
      v1 = x1z.fma(y3z, v1);
      v2 = x2z.fma(y3z, v2);
      if (k == NEVER - 35) {
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
