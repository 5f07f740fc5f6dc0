package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The micro-kernel of attention's scores, like {@link GemmShortTiles#rows3}: sums are as short as a
 * head is wide, so that what a tile costs besides its multiplications counts. Scale and mask take
 * one instruction while the sums are in registers.
 */
final class AttentionTiles {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final int PANEL = PackedMatrix.PANEL;

  /** Rows of the tile, which has four vectors. */
  private static final int ROWS = 3;

  /** What k never reaches, nor the numbers just below, though C2 cannot know. */
  private static final int NEVER = 0x3ffffff0;

  private AttentionTiles() {}

  /** Whether {@link #scores} is made for vectors of the length there is, and such blocks. */
  static boolean fit(int rows, int depth) {
    return LANES == 8 && rows >= ROWS && depth % 2 == 0;
  }

  /**
   * {@code s[r][j] = scale · Σ a[r][k]·keys[k][j] + mask[r][j]} for one panel of keys. Of the rows
   * the last may be taken twice.
   */
  static void scores(
      float[] a,
      int aOffset,
      int lda,
      float[] keys,
      int b0,
      int depth,
      float scale,
      float[] mask,
      int m0,
      int ldm,
      float[] s,
      int s0,
      int lds,
      int rows) {
    for (int first = 0; first < rows; first += ROWS) {
      int row = Math.min(first, rows - ROWS);
      int a0 = aOffset + row * lda;
      int a1 = a0 + lda;
      int a2 = a1 + lda;
      FloatVector p0 = FloatVector.zero(SPECIES);
      FloatVector q0 = FloatVector.zero(SPECIES);
      FloatVector u0 = FloatVector.zero(SPECIES);
      FloatVector v0 = FloatVector.zero(SPECIES);
      FloatVector p1 = FloatVector.zero(SPECIES);
      FloatVector q1 = FloatVector.zero(SPECIES);
      FloatVector u1 = FloatVector.zero(SPECIES);
      FloatVector v1 = FloatVector.zero(SPECIES);
      FloatVector p2 = FloatVector.zero(SPECIES);
      FloatVector q2 = FloatVector.zero(SPECIES);
      FloatVector u2 = FloatVector.zero(SPECIES);
      FloatVector v2 = FloatVector.zero(SPECIES);
      for (int k = 0; k < depth; k += 2) {
        FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
        FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
        FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
        FloatVector y0 = FloatVector.fromArray(SPECIES, keys, b0 + k * PANEL);
        p0 = x0.fma(y0, p0);
        p1 = x1.fma(y0, p1);
        p2 = x2.fma(y0, p2);
        if (k == NEVER) {
          break;
        }
        FloatVector y1 = FloatVector.fromArray(SPECIES, keys, b0 + k * PANEL + LANES);
        q0 = x0.fma(y1, q0);
        q1 = x1.fma(y1, q1);
        q2 = x2.fma(y1, q2);
        if (k == NEVER - 1) {
          break;
        }
        FloatVector y2 = FloatVector.fromArray(SPECIES, keys, b0 + k * PANEL + 2 * LANES);
        u0 = x0.fma(y2, u0);
        u1 = x1.fma(y2, u1);
        u2 = x2.fma(y2, u2);
        if (k == NEVER - 2) {
          break;
        }
        FloatVector y3 = FloatVector.fromArray(SPECIES, keys, b0 + k * PANEL + 3 * LANES);
        v0 = x0.fma(y3, v0);
        v1 = x1.fma(y3, v1);
        v2 = x2.fma(y3, v2);
        if (k == NEVER - 3) {
          break;
        }
        FloatVector w0 = FloatVector.broadcast(SPECIES, a[a0 + k + 1]);
        FloatVector w1 = FloatVector.broadcast(SPECIES, a[a1 + k + 1]);
        FloatVector w2 = FloatVector.broadcast(SPECIES, a[a2 + k + 1]);
        FloatVector z0 = FloatVector.fromArray(SPECIES, keys, b0 + k * PANEL + PANEL);
        p0 = w0.fma(z0, p0);
        p1 = w1.fma(z0, p1);
        p2 = w2.fma(z0, p2);
        if (k == NEVER - 4) {
          break;
        }
        FloatVector z1 = FloatVector.fromArray(SPECIES, keys, b0 + k * PANEL + PANEL + LANES);
        q0 = w0.fma(z1, q0);
        q1 = w1.fma(z1, q1);
        q2 = w2.fma(z1, q2);
        if (k == NEVER - 5) {
          break;
        }
        FloatVector z2 = FloatVector.fromArray(SPECIES, keys, b0 + k * PANEL + PANEL + 2 * LANES);
        u0 = w0.fma(z2, u0);
        u1 = w1.fma(z2, u1);
        u2 = w2.fma(z2, u2);
        if (k == NEVER - 6) {
          break;
        }
        FloatVector z3 = FloatVector.fromArray(SPECIES, keys, b0 + k * PANEL + PANEL + 3 * LANES);
        v0 = w0.fma(z3, v0);
        v1 = w1.fma(z3, v1);
        v2 = w2.fma(z3, v2);
        if (k == NEVER - 7) {
          break;
        }
      }
      FloatVector factor = FloatVector.broadcast(SPECIES, scale);
      int m = m0 + row * ldm;
      int at = s0 + row * lds;
      p0.fma(factor, FloatVector.fromArray(SPECIES, mask, m)).intoArray(s, at);
      q0.fma(factor, FloatVector.fromArray(SPECIES, mask, m + LANES)).intoArray(s, at + LANES);
      u0.fma(factor, FloatVector.fromArray(SPECIES, mask, m + 2 * LANES))
          .intoArray(s, at + 2 * LANES);
      v0.fma(factor, FloatVector.fromArray(SPECIES, mask, m + 3 * LANES))
          .intoArray(s, at + 3 * LANES);
      m += ldm;
      at += lds;
      p1.fma(factor, FloatVector.fromArray(SPECIES, mask, m)).intoArray(s, at);
      q1.fma(factor, FloatVector.fromArray(SPECIES, mask, m + LANES)).intoArray(s, at + LANES);
      u1.fma(factor, FloatVector.fromArray(SPECIES, mask, m + 2 * LANES))
          .intoArray(s, at + 2 * LANES);
      v1.fma(factor, FloatVector.fromArray(SPECIES, mask, m + 3 * LANES))
          .intoArray(s, at + 3 * LANES);
      m += ldm;
      at += lds;
      p2.fma(factor, FloatVector.fromArray(SPECIES, mask, m)).intoArray(s, at);
      q2.fma(factor, FloatVector.fromArray(SPECIES, mask, m + LANES)).intoArray(s, at + LANES);
      u2.fma(factor, FloatVector.fromArray(SPECIES, mask, m + 2 * LANES))
          .intoArray(s, at + 2 * LANES);
      v2.fma(factor, FloatVector.fromArray(SPECIES, mask, m + 3 * LANES))
          .intoArray(s, at + 3 * LANES);
    }
  }
}
