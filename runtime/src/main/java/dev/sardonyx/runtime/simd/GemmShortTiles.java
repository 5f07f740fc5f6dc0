package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Micro-kernels of the matrix product like {@link GemmWideTiles}, for sums that are short: all rows
 * in one call, and bias, residual and a clipping activation while the results are in registers.
 *
 * <p>{@code rowsR} computes {@code clip(Σ a[r][k]·b[k][j] + bias[j] + residual[r][j])} for any
 * number of rows that is at least R; the last R rows may be taken together with some that were done
 * already. Adding −0 changes nothing: an array of it stands for no bias and no residual.
 *
 * <p>Eight k at a time for the reason that {@link GemmWideTiles#tile3} has. What is written out
 * here C2 does not keep in registers when it is a method.
 */
final class GemmShortTiles {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final int PANEL = PackedMatrix.PANEL;

  /** What k never reaches, nor the numbers just below, though C2 cannot know. */
  private static final int NEVER = 0x3ffffff0;

  private GemmShortTiles() {}

  /** 3 rows × 4 vectors at a time. */
  static void rows3(
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] bias,
      int bias0,
      float[] residual,
      int residualOffset,
      int ldr,
      float lowest,
      float highest,
      float[] c,
      int cOffset,
      int ldc,
      int rows) {
    int whole = depth & -8;
    for (int first = 0; first < rows; first += 3) {
      int row = Math.min(first, rows - 3);
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
      int c0 = cOffset + row * ldc;
      int r0 = residualOffset + row * ldr;
      FloatVector bp = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector bq = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector bu = FloatVector.fromArray(SPECIES, bias, bias0 + 2 * LANES);
      FloatVector bv = FloatVector.fromArray(SPECIES, bias, bias0 + 3 * LANES);
      p0 = p0.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p0 = p0.blend(lowest, p0.compare(LE, lowest));
      p0.blend(highest, p0.compare(GT, highest)).intoArray(c, c0);
      q0 = q0.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q0 = q0.blend(lowest, q0.compare(LE, lowest));
      q0.blend(highest, q0.compare(GT, highest)).intoArray(c, c0 + LANES);
      u0 = u0.add(bu).add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u0 = u0.blend(lowest, u0.compare(LE, lowest));
      u0.blend(highest, u0.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
      v0 = v0.add(bv).add(FloatVector.fromArray(SPECIES, residual, r0 + 3 * LANES));
      v0 = v0.blend(lowest, v0.compare(LE, lowest));
      v0.blend(highest, v0.compare(GT, highest)).intoArray(c, c0 + 3 * LANES);
      c0 += ldc;
      r0 += ldr;
      p1 = p1.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p1 = p1.blend(lowest, p1.compare(LE, lowest));
      p1.blend(highest, p1.compare(GT, highest)).intoArray(c, c0);
      q1 = q1.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q1 = q1.blend(lowest, q1.compare(LE, lowest));
      q1.blend(highest, q1.compare(GT, highest)).intoArray(c, c0 + LANES);
      u1 = u1.add(bu).add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u1 = u1.blend(lowest, u1.compare(LE, lowest));
      u1.blend(highest, u1.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
      v1 = v1.add(bv).add(FloatVector.fromArray(SPECIES, residual, r0 + 3 * LANES));
      v1 = v1.blend(lowest, v1.compare(LE, lowest));
      v1.blend(highest, v1.compare(GT, highest)).intoArray(c, c0 + 3 * LANES);
      c0 += ldc;
      r0 += ldr;
      p2 = p2.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p2 = p2.blend(lowest, p2.compare(LE, lowest));
      p2.blend(highest, p2.compare(GT, highest)).intoArray(c, c0);
      q2 = q2.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q2 = q2.blend(lowest, q2.compare(LE, lowest));
      q2.blend(highest, q2.compare(GT, highest)).intoArray(c, c0 + LANES);
      u2 = u2.add(bu).add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u2 = u2.blend(lowest, u2.compare(LE, lowest));
      u2.blend(highest, u2.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
      v2 = v2.add(bv).add(FloatVector.fromArray(SPECIES, residual, r0 + 3 * LANES));
      v2 = v2.blend(lowest, v2.compare(LE, lowest));
      v2.blend(highest, v2.compare(GT, highest)).intoArray(c, c0 + 3 * LANES);
    }
  }

  /** 4 rows × 3 vectors at a time. */
  static void rows4(
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] bias,
      int bias0,
      float[] residual,
      int residualOffset,
      int ldr,
      float lowest,
      float highest,
      float[] c,
      int cOffset,
      int ldc,
      int rows) {
    int whole = depth & -8;
    for (int first = 0; first < rows; first += 4) {
      int row = Math.min(first, rows - 4);
      int a0 = aOffset + row * lda;
      int a1 = a0 + lda;
      int a2 = a1 + lda;
      int a3 = a2 + lda;
      FloatVector p0 = FloatVector.zero(SPECIES);
      FloatVector q0 = FloatVector.zero(SPECIES);
      FloatVector u0 = FloatVector.zero(SPECIES);
      FloatVector p1 = FloatVector.zero(SPECIES);
      FloatVector q1 = FloatVector.zero(SPECIES);
      FloatVector u1 = FloatVector.zero(SPECIES);
      FloatVector p2 = FloatVector.zero(SPECIES);
      FloatVector q2 = FloatVector.zero(SPECIES);
      FloatVector u2 = FloatVector.zero(SPECIES);
      FloatVector p3 = FloatVector.zero(SPECIES);
      FloatVector q3 = FloatVector.zero(SPECIES);
      FloatVector u3 = FloatVector.zero(SPECIES);
      for (int k = 0; k < whole; k += 8) {
        FloatVector y0a = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
        FloatVector y1a = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
        FloatVector y2a = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * LANES);
        FloatVector x0a = FloatVector.broadcast(SPECIES, a[a0 + k]);
        p0 = x0a.fma(y0a, p0);
        q0 = x0a.fma(y1a, q0);
        u0 = x0a.fma(y2a, u0);
        if (k == NEVER - 0) {
          break;
        }
        FloatVector x1a = FloatVector.broadcast(SPECIES, a[a1 + k]);
        p1 = x1a.fma(y0a, p1);
        q1 = x1a.fma(y1a, q1);
        u1 = x1a.fma(y2a, u1);
        if (k == NEVER - 1) {
          break;
        }
        FloatVector x2a = FloatVector.broadcast(SPECIES, a[a2 + k]);
        p2 = x2a.fma(y0a, p2);
        q2 = x2a.fma(y1a, q2);
        u2 = x2a.fma(y2a, u2);
        if (k == NEVER - 2) {
          break;
        }
        FloatVector x3a = FloatVector.broadcast(SPECIES, a[a3 + k]);
        p3 = x3a.fma(y0a, p3);
        q3 = x3a.fma(y1a, q3);
        u3 = x3a.fma(y2a, u3);
        if (k == NEVER - 3) {
          break;
        }
        FloatVector y0b = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 1 * PANEL);
        FloatVector y1b = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 1 * PANEL + LANES);
        FloatVector y2b = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 1 * PANEL + 2 * LANES);
        FloatVector x0b = FloatVector.broadcast(SPECIES, a[a0 + k + 1]);
        p0 = x0b.fma(y0b, p0);
        q0 = x0b.fma(y1b, q0);
        u0 = x0b.fma(y2b, u0);
        if (k == NEVER - 4) {
          break;
        }
        FloatVector x1b = FloatVector.broadcast(SPECIES, a[a1 + k + 1]);
        p1 = x1b.fma(y0b, p1);
        q1 = x1b.fma(y1b, q1);
        u1 = x1b.fma(y2b, u1);
        if (k == NEVER - 5) {
          break;
        }
        FloatVector x2b = FloatVector.broadcast(SPECIES, a[a2 + k + 1]);
        p2 = x2b.fma(y0b, p2);
        q2 = x2b.fma(y1b, q2);
        u2 = x2b.fma(y2b, u2);
        if (k == NEVER - 6) {
          break;
        }
        FloatVector x3b = FloatVector.broadcast(SPECIES, a[a3 + k + 1]);
        p3 = x3b.fma(y0b, p3);
        q3 = x3b.fma(y1b, q3);
        u3 = x3b.fma(y2b, u3);
        if (k == NEVER - 7) {
          break;
        }
        FloatVector y0c = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * PANEL);
        FloatVector y1c = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * PANEL + LANES);
        FloatVector y2c = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * PANEL + 2 * LANES);
        FloatVector x0c = FloatVector.broadcast(SPECIES, a[a0 + k + 2]);
        p0 = x0c.fma(y0c, p0);
        q0 = x0c.fma(y1c, q0);
        u0 = x0c.fma(y2c, u0);
        if (k == NEVER - 8) {
          break;
        }
        FloatVector x1c = FloatVector.broadcast(SPECIES, a[a1 + k + 2]);
        p1 = x1c.fma(y0c, p1);
        q1 = x1c.fma(y1c, q1);
        u1 = x1c.fma(y2c, u1);
        if (k == NEVER - 9) {
          break;
        }
        FloatVector x2c = FloatVector.broadcast(SPECIES, a[a2 + k + 2]);
        p2 = x2c.fma(y0c, p2);
        q2 = x2c.fma(y1c, q2);
        u2 = x2c.fma(y2c, u2);
        if (k == NEVER - 10) {
          break;
        }
        FloatVector x3c = FloatVector.broadcast(SPECIES, a[a3 + k + 2]);
        p3 = x3c.fma(y0c, p3);
        q3 = x3c.fma(y1c, q3);
        u3 = x3c.fma(y2c, u3);
        if (k == NEVER - 11) {
          break;
        }
        FloatVector y0d = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * PANEL);
        FloatVector y1d = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * PANEL + LANES);
        FloatVector y2d = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * PANEL + 2 * LANES);
        FloatVector x0d = FloatVector.broadcast(SPECIES, a[a0 + k + 3]);
        p0 = x0d.fma(y0d, p0);
        q0 = x0d.fma(y1d, q0);
        u0 = x0d.fma(y2d, u0);
        if (k == NEVER - 12) {
          break;
        }
        FloatVector x1d = FloatVector.broadcast(SPECIES, a[a1 + k + 3]);
        p1 = x1d.fma(y0d, p1);
        q1 = x1d.fma(y1d, q1);
        u1 = x1d.fma(y2d, u1);
        if (k == NEVER - 13) {
          break;
        }
        FloatVector x2d = FloatVector.broadcast(SPECIES, a[a2 + k + 3]);
        p2 = x2d.fma(y0d, p2);
        q2 = x2d.fma(y1d, q2);
        u2 = x2d.fma(y2d, u2);
        if (k == NEVER - 14) {
          break;
        }
        FloatVector x3d = FloatVector.broadcast(SPECIES, a[a3 + k + 3]);
        p3 = x3d.fma(y0d, p3);
        q3 = x3d.fma(y1d, q3);
        u3 = x3d.fma(y2d, u3);
        if (k == NEVER - 15) {
          break;
        }
        FloatVector y0e = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 4 * PANEL);
        FloatVector y1e = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 4 * PANEL + LANES);
        FloatVector y2e = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 4 * PANEL + 2 * LANES);
        FloatVector x0e = FloatVector.broadcast(SPECIES, a[a0 + k + 4]);
        p0 = x0e.fma(y0e, p0);
        q0 = x0e.fma(y1e, q0);
        u0 = x0e.fma(y2e, u0);
        if (k == NEVER - 16) {
          break;
        }
        FloatVector x1e = FloatVector.broadcast(SPECIES, a[a1 + k + 4]);
        p1 = x1e.fma(y0e, p1);
        q1 = x1e.fma(y1e, q1);
        u1 = x1e.fma(y2e, u1);
        if (k == NEVER - 17) {
          break;
        }
        FloatVector x2e = FloatVector.broadcast(SPECIES, a[a2 + k + 4]);
        p2 = x2e.fma(y0e, p2);
        q2 = x2e.fma(y1e, q2);
        u2 = x2e.fma(y2e, u2);
        if (k == NEVER - 18) {
          break;
        }
        FloatVector x3e = FloatVector.broadcast(SPECIES, a[a3 + k + 4]);
        p3 = x3e.fma(y0e, p3);
        q3 = x3e.fma(y1e, q3);
        u3 = x3e.fma(y2e, u3);
        if (k == NEVER - 19) {
          break;
        }
        FloatVector y0f = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 5 * PANEL);
        FloatVector y1f = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 5 * PANEL + LANES);
        FloatVector y2f = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 5 * PANEL + 2 * LANES);
        FloatVector x0f = FloatVector.broadcast(SPECIES, a[a0 + k + 5]);
        p0 = x0f.fma(y0f, p0);
        q0 = x0f.fma(y1f, q0);
        u0 = x0f.fma(y2f, u0);
        if (k == NEVER - 20) {
          break;
        }
        FloatVector x1f = FloatVector.broadcast(SPECIES, a[a1 + k + 5]);
        p1 = x1f.fma(y0f, p1);
        q1 = x1f.fma(y1f, q1);
        u1 = x1f.fma(y2f, u1);
        if (k == NEVER - 21) {
          break;
        }
        FloatVector x2f = FloatVector.broadcast(SPECIES, a[a2 + k + 5]);
        p2 = x2f.fma(y0f, p2);
        q2 = x2f.fma(y1f, q2);
        u2 = x2f.fma(y2f, u2);
        if (k == NEVER - 22) {
          break;
        }
        FloatVector x3f = FloatVector.broadcast(SPECIES, a[a3 + k + 5]);
        p3 = x3f.fma(y0f, p3);
        q3 = x3f.fma(y1f, q3);
        u3 = x3f.fma(y2f, u3);
        if (k == NEVER - 23) {
          break;
        }
        FloatVector y0g = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 6 * PANEL);
        FloatVector y1g = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 6 * PANEL + LANES);
        FloatVector y2g = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 6 * PANEL + 2 * LANES);
        FloatVector x0g = FloatVector.broadcast(SPECIES, a[a0 + k + 6]);
        p0 = x0g.fma(y0g, p0);
        q0 = x0g.fma(y1g, q0);
        u0 = x0g.fma(y2g, u0);
        if (k == NEVER - 24) {
          break;
        }
        FloatVector x1g = FloatVector.broadcast(SPECIES, a[a1 + k + 6]);
        p1 = x1g.fma(y0g, p1);
        q1 = x1g.fma(y1g, q1);
        u1 = x1g.fma(y2g, u1);
        if (k == NEVER - 25) {
          break;
        }
        FloatVector x2g = FloatVector.broadcast(SPECIES, a[a2 + k + 6]);
        p2 = x2g.fma(y0g, p2);
        q2 = x2g.fma(y1g, q2);
        u2 = x2g.fma(y2g, u2);
        if (k == NEVER - 26) {
          break;
        }
        FloatVector x3g = FloatVector.broadcast(SPECIES, a[a3 + k + 6]);
        p3 = x3g.fma(y0g, p3);
        q3 = x3g.fma(y1g, q3);
        u3 = x3g.fma(y2g, u3);
        if (k == NEVER - 27) {
          break;
        }
        FloatVector y0h = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 7 * PANEL);
        FloatVector y1h = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 7 * PANEL + LANES);
        FloatVector y2h = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 7 * PANEL + 2 * LANES);
        FloatVector x0h = FloatVector.broadcast(SPECIES, a[a0 + k + 7]);
        p0 = x0h.fma(y0h, p0);
        q0 = x0h.fma(y1h, q0);
        u0 = x0h.fma(y2h, u0);
        if (k == NEVER - 28) {
          break;
        }
        FloatVector x1h = FloatVector.broadcast(SPECIES, a[a1 + k + 7]);
        p1 = x1h.fma(y0h, p1);
        q1 = x1h.fma(y1h, q1);
        u1 = x1h.fma(y2h, u1);
        if (k == NEVER - 29) {
          break;
        }
        FloatVector x2h = FloatVector.broadcast(SPECIES, a[a2 + k + 7]);
        p2 = x2h.fma(y0h, p2);
        q2 = x2h.fma(y1h, q2);
        u2 = x2h.fma(y2h, u2);
        if (k == NEVER - 30) {
          break;
        }
        FloatVector x3h = FloatVector.broadcast(SPECIES, a[a3 + k + 7]);
        p3 = x3h.fma(y0h, p3);
        q3 = x3h.fma(y1h, q3);
        u3 = x3h.fma(y2h, u3);
        if (k == NEVER - 31) {
          break;
        }
      }
      for (int k = whole; k < depth; k++) {
        FloatVector y0z = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
        FloatVector y1z = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
        FloatVector y2z = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * LANES);
        FloatVector x0z = FloatVector.broadcast(SPECIES, a[a0 + k]);
        p0 = x0z.fma(y0z, p0);
        q0 = x0z.fma(y1z, q0);
        u0 = x0z.fma(y2z, u0);
        if (k == NEVER - 32) {
          break;
        }
        FloatVector x1z = FloatVector.broadcast(SPECIES, a[a1 + k]);
        p1 = x1z.fma(y0z, p1);
        q1 = x1z.fma(y1z, q1);
        u1 = x1z.fma(y2z, u1);
        if (k == NEVER - 33) {
          break;
        }
        FloatVector x2z = FloatVector.broadcast(SPECIES, a[a2 + k]);
        p2 = x2z.fma(y0z, p2);
        q2 = x2z.fma(y1z, q2);
        u2 = x2z.fma(y2z, u2);
        if (k == NEVER - 34) {
          break;
        }
        FloatVector x3z = FloatVector.broadcast(SPECIES, a[a3 + k]);
        p3 = x3z.fma(y0z, p3);
        q3 = x3z.fma(y1z, q3);
        u3 = x3z.fma(y2z, u3);
        if (k == NEVER - 35) {
          break;
        }
      }
      int c0 = cOffset + row * ldc;
      int r0 = residualOffset + row * ldr;
      FloatVector bp = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector bq = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector bu = FloatVector.fromArray(SPECIES, bias, bias0 + 2 * LANES);
      p0 = p0.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p0 = p0.blend(lowest, p0.compare(LE, lowest));
      p0.blend(highest, p0.compare(GT, highest)).intoArray(c, c0);
      q0 = q0.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q0 = q0.blend(lowest, q0.compare(LE, lowest));
      q0.blend(highest, q0.compare(GT, highest)).intoArray(c, c0 + LANES);
      u0 = u0.add(bu).add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u0 = u0.blend(lowest, u0.compare(LE, lowest));
      u0.blend(highest, u0.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
      c0 += ldc;
      r0 += ldr;
      p1 = p1.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p1 = p1.blend(lowest, p1.compare(LE, lowest));
      p1.blend(highest, p1.compare(GT, highest)).intoArray(c, c0);
      q1 = q1.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q1 = q1.blend(lowest, q1.compare(LE, lowest));
      q1.blend(highest, q1.compare(GT, highest)).intoArray(c, c0 + LANES);
      u1 = u1.add(bu).add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u1 = u1.blend(lowest, u1.compare(LE, lowest));
      u1.blend(highest, u1.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
      c0 += ldc;
      r0 += ldr;
      p2 = p2.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p2 = p2.blend(lowest, p2.compare(LE, lowest));
      p2.blend(highest, p2.compare(GT, highest)).intoArray(c, c0);
      q2 = q2.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q2 = q2.blend(lowest, q2.compare(LE, lowest));
      q2.blend(highest, q2.compare(GT, highest)).intoArray(c, c0 + LANES);
      u2 = u2.add(bu).add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u2 = u2.blend(lowest, u2.compare(LE, lowest));
      u2.blend(highest, u2.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
      c0 += ldc;
      r0 += ldr;
      p3 = p3.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p3 = p3.blend(lowest, p3.compare(LE, lowest));
      p3.blend(highest, p3.compare(GT, highest)).intoArray(c, c0);
      q3 = q3.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q3 = q3.blend(lowest, q3.compare(LE, lowest));
      q3.blend(highest, q3.compare(GT, highest)).intoArray(c, c0 + LANES);
      u3 = u3.add(bu).add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u3 = u3.blend(lowest, u3.compare(LE, lowest));
      u3.blend(highest, u3.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
    }
  }

  /** 6 rows × 2 vectors at a time. */
  static void rows6(
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] bias,
      int bias0,
      float[] residual,
      int residualOffset,
      int ldr,
      float lowest,
      float highest,
      float[] c,
      int cOffset,
      int ldc,
      int rows) {
    int whole = depth & -8;
    for (int first = 0; first < rows; first += 6) {
      int row = Math.min(first, rows - 6);
      int a0 = aOffset + row * lda;
      int a1 = a0 + lda;
      int a2 = a1 + lda;
      int a3 = a2 + lda;
      int a4 = a3 + lda;
      int a5 = a4 + lda;
      FloatVector p0 = FloatVector.zero(SPECIES);
      FloatVector q0 = FloatVector.zero(SPECIES);
      FloatVector p1 = FloatVector.zero(SPECIES);
      FloatVector q1 = FloatVector.zero(SPECIES);
      FloatVector p2 = FloatVector.zero(SPECIES);
      FloatVector q2 = FloatVector.zero(SPECIES);
      FloatVector p3 = FloatVector.zero(SPECIES);
      FloatVector q3 = FloatVector.zero(SPECIES);
      FloatVector p4 = FloatVector.zero(SPECIES);
      FloatVector q4 = FloatVector.zero(SPECIES);
      FloatVector p5 = FloatVector.zero(SPECIES);
      FloatVector q5 = FloatVector.zero(SPECIES);
      for (int k = 0; k < whole; k += 8) {
        FloatVector y0a = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
        FloatVector y1a = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
        FloatVector x0a = FloatVector.broadcast(SPECIES, a[a0 + k]);
        p0 = x0a.fma(y0a, p0);
        q0 = x0a.fma(y1a, q0);
        FloatVector x1a = FloatVector.broadcast(SPECIES, a[a1 + k]);
        p1 = x1a.fma(y0a, p1);
        q1 = x1a.fma(y1a, q1);
        if (k == NEVER - 0) {
          break;
        }
        FloatVector x2a = FloatVector.broadcast(SPECIES, a[a2 + k]);
        p2 = x2a.fma(y0a, p2);
        q2 = x2a.fma(y1a, q2);
        FloatVector x3a = FloatVector.broadcast(SPECIES, a[a3 + k]);
        p3 = x3a.fma(y0a, p3);
        q3 = x3a.fma(y1a, q3);
        if (k == NEVER - 1) {
          break;
        }
        FloatVector x4a = FloatVector.broadcast(SPECIES, a[a4 + k]);
        p4 = x4a.fma(y0a, p4);
        q4 = x4a.fma(y1a, q4);
        FloatVector x5a = FloatVector.broadcast(SPECIES, a[a5 + k]);
        p5 = x5a.fma(y0a, p5);
        q5 = x5a.fma(y1a, q5);
        if (k == NEVER - 2) {
          break;
        }
        FloatVector y0b = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 1 * PANEL);
        FloatVector y1b = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 1 * PANEL + LANES);
        FloatVector x0b = FloatVector.broadcast(SPECIES, a[a0 + k + 1]);
        p0 = x0b.fma(y0b, p0);
        q0 = x0b.fma(y1b, q0);
        FloatVector x1b = FloatVector.broadcast(SPECIES, a[a1 + k + 1]);
        p1 = x1b.fma(y0b, p1);
        q1 = x1b.fma(y1b, q1);
        if (k == NEVER - 3) {
          break;
        }
        FloatVector x2b = FloatVector.broadcast(SPECIES, a[a2 + k + 1]);
        p2 = x2b.fma(y0b, p2);
        q2 = x2b.fma(y1b, q2);
        FloatVector x3b = FloatVector.broadcast(SPECIES, a[a3 + k + 1]);
        p3 = x3b.fma(y0b, p3);
        q3 = x3b.fma(y1b, q3);
        if (k == NEVER - 4) {
          break;
        }
        FloatVector x4b = FloatVector.broadcast(SPECIES, a[a4 + k + 1]);
        p4 = x4b.fma(y0b, p4);
        q4 = x4b.fma(y1b, q4);
        FloatVector x5b = FloatVector.broadcast(SPECIES, a[a5 + k + 1]);
        p5 = x5b.fma(y0b, p5);
        q5 = x5b.fma(y1b, q5);
        if (k == NEVER - 5) {
          break;
        }
        FloatVector y0c = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * PANEL);
        FloatVector y1c = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * PANEL + LANES);
        FloatVector x0c = FloatVector.broadcast(SPECIES, a[a0 + k + 2]);
        p0 = x0c.fma(y0c, p0);
        q0 = x0c.fma(y1c, q0);
        FloatVector x1c = FloatVector.broadcast(SPECIES, a[a1 + k + 2]);
        p1 = x1c.fma(y0c, p1);
        q1 = x1c.fma(y1c, q1);
        if (k == NEVER - 6) {
          break;
        }
        FloatVector x2c = FloatVector.broadcast(SPECIES, a[a2 + k + 2]);
        p2 = x2c.fma(y0c, p2);
        q2 = x2c.fma(y1c, q2);
        FloatVector x3c = FloatVector.broadcast(SPECIES, a[a3 + k + 2]);
        p3 = x3c.fma(y0c, p3);
        q3 = x3c.fma(y1c, q3);
        if (k == NEVER - 7) {
          break;
        }
        FloatVector x4c = FloatVector.broadcast(SPECIES, a[a4 + k + 2]);
        p4 = x4c.fma(y0c, p4);
        q4 = x4c.fma(y1c, q4);
        FloatVector x5c = FloatVector.broadcast(SPECIES, a[a5 + k + 2]);
        p5 = x5c.fma(y0c, p5);
        q5 = x5c.fma(y1c, q5);
        if (k == NEVER - 8) {
          break;
        }
        FloatVector y0d = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * PANEL);
        FloatVector y1d = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * PANEL + LANES);
        FloatVector x0d = FloatVector.broadcast(SPECIES, a[a0 + k + 3]);
        p0 = x0d.fma(y0d, p0);
        q0 = x0d.fma(y1d, q0);
        FloatVector x1d = FloatVector.broadcast(SPECIES, a[a1 + k + 3]);
        p1 = x1d.fma(y0d, p1);
        q1 = x1d.fma(y1d, q1);
        if (k == NEVER - 9) {
          break;
        }
        FloatVector x2d = FloatVector.broadcast(SPECIES, a[a2 + k + 3]);
        p2 = x2d.fma(y0d, p2);
        q2 = x2d.fma(y1d, q2);
        FloatVector x3d = FloatVector.broadcast(SPECIES, a[a3 + k + 3]);
        p3 = x3d.fma(y0d, p3);
        q3 = x3d.fma(y1d, q3);
        if (k == NEVER - 10) {
          break;
        }
        FloatVector x4d = FloatVector.broadcast(SPECIES, a[a4 + k + 3]);
        p4 = x4d.fma(y0d, p4);
        q4 = x4d.fma(y1d, q4);
        FloatVector x5d = FloatVector.broadcast(SPECIES, a[a5 + k + 3]);
        p5 = x5d.fma(y0d, p5);
        q5 = x5d.fma(y1d, q5);
        if (k == NEVER - 11) {
          break;
        }
        FloatVector y0e = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 4 * PANEL);
        FloatVector y1e = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 4 * PANEL + LANES);
        FloatVector x0e = FloatVector.broadcast(SPECIES, a[a0 + k + 4]);
        p0 = x0e.fma(y0e, p0);
        q0 = x0e.fma(y1e, q0);
        FloatVector x1e = FloatVector.broadcast(SPECIES, a[a1 + k + 4]);
        p1 = x1e.fma(y0e, p1);
        q1 = x1e.fma(y1e, q1);
        if (k == NEVER - 12) {
          break;
        }
        FloatVector x2e = FloatVector.broadcast(SPECIES, a[a2 + k + 4]);
        p2 = x2e.fma(y0e, p2);
        q2 = x2e.fma(y1e, q2);
        FloatVector x3e = FloatVector.broadcast(SPECIES, a[a3 + k + 4]);
        p3 = x3e.fma(y0e, p3);
        q3 = x3e.fma(y1e, q3);
        if (k == NEVER - 13) {
          break;
        }
        FloatVector x4e = FloatVector.broadcast(SPECIES, a[a4 + k + 4]);
        p4 = x4e.fma(y0e, p4);
        q4 = x4e.fma(y1e, q4);
        FloatVector x5e = FloatVector.broadcast(SPECIES, a[a5 + k + 4]);
        p5 = x5e.fma(y0e, p5);
        q5 = x5e.fma(y1e, q5);
        if (k == NEVER - 14) {
          break;
        }
        FloatVector y0f = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 5 * PANEL);
        FloatVector y1f = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 5 * PANEL + LANES);
        FloatVector x0f = FloatVector.broadcast(SPECIES, a[a0 + k + 5]);
        p0 = x0f.fma(y0f, p0);
        q0 = x0f.fma(y1f, q0);
        FloatVector x1f = FloatVector.broadcast(SPECIES, a[a1 + k + 5]);
        p1 = x1f.fma(y0f, p1);
        q1 = x1f.fma(y1f, q1);
        if (k == NEVER - 15) {
          break;
        }
        FloatVector x2f = FloatVector.broadcast(SPECIES, a[a2 + k + 5]);
        p2 = x2f.fma(y0f, p2);
        q2 = x2f.fma(y1f, q2);
        FloatVector x3f = FloatVector.broadcast(SPECIES, a[a3 + k + 5]);
        p3 = x3f.fma(y0f, p3);
        q3 = x3f.fma(y1f, q3);
        if (k == NEVER - 16) {
          break;
        }
        FloatVector x4f = FloatVector.broadcast(SPECIES, a[a4 + k + 5]);
        p4 = x4f.fma(y0f, p4);
        q4 = x4f.fma(y1f, q4);
        FloatVector x5f = FloatVector.broadcast(SPECIES, a[a5 + k + 5]);
        p5 = x5f.fma(y0f, p5);
        q5 = x5f.fma(y1f, q5);
        if (k == NEVER - 17) {
          break;
        }
        FloatVector y0g = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 6 * PANEL);
        FloatVector y1g = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 6 * PANEL + LANES);
        FloatVector x0g = FloatVector.broadcast(SPECIES, a[a0 + k + 6]);
        p0 = x0g.fma(y0g, p0);
        q0 = x0g.fma(y1g, q0);
        FloatVector x1g = FloatVector.broadcast(SPECIES, a[a1 + k + 6]);
        p1 = x1g.fma(y0g, p1);
        q1 = x1g.fma(y1g, q1);
        if (k == NEVER - 18) {
          break;
        }
        FloatVector x2g = FloatVector.broadcast(SPECIES, a[a2 + k + 6]);
        p2 = x2g.fma(y0g, p2);
        q2 = x2g.fma(y1g, q2);
        FloatVector x3g = FloatVector.broadcast(SPECIES, a[a3 + k + 6]);
        p3 = x3g.fma(y0g, p3);
        q3 = x3g.fma(y1g, q3);
        if (k == NEVER - 19) {
          break;
        }
        FloatVector x4g = FloatVector.broadcast(SPECIES, a[a4 + k + 6]);
        p4 = x4g.fma(y0g, p4);
        q4 = x4g.fma(y1g, q4);
        FloatVector x5g = FloatVector.broadcast(SPECIES, a[a5 + k + 6]);
        p5 = x5g.fma(y0g, p5);
        q5 = x5g.fma(y1g, q5);
        if (k == NEVER - 20) {
          break;
        }
        FloatVector y0h = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 7 * PANEL);
        FloatVector y1h = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 7 * PANEL + LANES);
        FloatVector x0h = FloatVector.broadcast(SPECIES, a[a0 + k + 7]);
        p0 = x0h.fma(y0h, p0);
        q0 = x0h.fma(y1h, q0);
        FloatVector x1h = FloatVector.broadcast(SPECIES, a[a1 + k + 7]);
        p1 = x1h.fma(y0h, p1);
        q1 = x1h.fma(y1h, q1);
        if (k == NEVER - 21) {
          break;
        }
        FloatVector x2h = FloatVector.broadcast(SPECIES, a[a2 + k + 7]);
        p2 = x2h.fma(y0h, p2);
        q2 = x2h.fma(y1h, q2);
        FloatVector x3h = FloatVector.broadcast(SPECIES, a[a3 + k + 7]);
        p3 = x3h.fma(y0h, p3);
        q3 = x3h.fma(y1h, q3);
        if (k == NEVER - 22) {
          break;
        }
        FloatVector x4h = FloatVector.broadcast(SPECIES, a[a4 + k + 7]);
        p4 = x4h.fma(y0h, p4);
        q4 = x4h.fma(y1h, q4);
        FloatVector x5h = FloatVector.broadcast(SPECIES, a[a5 + k + 7]);
        p5 = x5h.fma(y0h, p5);
        q5 = x5h.fma(y1h, q5);
        if (k == NEVER - 23) {
          break;
        }
      }
      for (int k = whole; k < depth; k++) {
        FloatVector y0z = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
        FloatVector y1z = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
        FloatVector x0z = FloatVector.broadcast(SPECIES, a[a0 + k]);
        p0 = x0z.fma(y0z, p0);
        q0 = x0z.fma(y1z, q0);
        FloatVector x1z = FloatVector.broadcast(SPECIES, a[a1 + k]);
        p1 = x1z.fma(y0z, p1);
        q1 = x1z.fma(y1z, q1);
        if (k == NEVER - 24) {
          break;
        }
        FloatVector x2z = FloatVector.broadcast(SPECIES, a[a2 + k]);
        p2 = x2z.fma(y0z, p2);
        q2 = x2z.fma(y1z, q2);
        FloatVector x3z = FloatVector.broadcast(SPECIES, a[a3 + k]);
        p3 = x3z.fma(y0z, p3);
        q3 = x3z.fma(y1z, q3);
        if (k == NEVER - 25) {
          break;
        }
        FloatVector x4z = FloatVector.broadcast(SPECIES, a[a4 + k]);
        p4 = x4z.fma(y0z, p4);
        q4 = x4z.fma(y1z, q4);
        FloatVector x5z = FloatVector.broadcast(SPECIES, a[a5 + k]);
        p5 = x5z.fma(y0z, p5);
        q5 = x5z.fma(y1z, q5);
        if (k == NEVER - 26) {
          break;
        }
      }
      int c0 = cOffset + row * ldc;
      int r0 = residualOffset + row * ldr;
      FloatVector bp = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector bq = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      p0 = p0.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p0 = p0.blend(lowest, p0.compare(LE, lowest));
      p0.blend(highest, p0.compare(GT, highest)).intoArray(c, c0);
      q0 = q0.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q0 = q0.blend(lowest, q0.compare(LE, lowest));
      q0.blend(highest, q0.compare(GT, highest)).intoArray(c, c0 + LANES);
      c0 += ldc;
      r0 += ldr;
      p1 = p1.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p1 = p1.blend(lowest, p1.compare(LE, lowest));
      p1.blend(highest, p1.compare(GT, highest)).intoArray(c, c0);
      q1 = q1.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q1 = q1.blend(lowest, q1.compare(LE, lowest));
      q1.blend(highest, q1.compare(GT, highest)).intoArray(c, c0 + LANES);
      c0 += ldc;
      r0 += ldr;
      p2 = p2.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p2 = p2.blend(lowest, p2.compare(LE, lowest));
      p2.blend(highest, p2.compare(GT, highest)).intoArray(c, c0);
      q2 = q2.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q2 = q2.blend(lowest, q2.compare(LE, lowest));
      q2.blend(highest, q2.compare(GT, highest)).intoArray(c, c0 + LANES);
      c0 += ldc;
      r0 += ldr;
      p3 = p3.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p3 = p3.blend(lowest, p3.compare(LE, lowest));
      p3.blend(highest, p3.compare(GT, highest)).intoArray(c, c0);
      q3 = q3.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q3 = q3.blend(lowest, q3.compare(LE, lowest));
      q3.blend(highest, q3.compare(GT, highest)).intoArray(c, c0 + LANES);
      c0 += ldc;
      r0 += ldr;
      p4 = p4.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p4 = p4.blend(lowest, p4.compare(LE, lowest));
      p4.blend(highest, p4.compare(GT, highest)).intoArray(c, c0);
      q4 = q4.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q4 = q4.blend(lowest, q4.compare(LE, lowest));
      q4.blend(highest, q4.compare(GT, highest)).intoArray(c, c0 + LANES);
      c0 += ldc;
      r0 += ldr;
      p5 = p5.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p5 = p5.blend(lowest, p5.compare(LE, lowest));
      p5.blend(highest, p5.compare(GT, highest)).intoArray(c, c0);
      q5 = q5.add(bq).add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q5 = q5.blend(lowest, q5.compare(LE, lowest));
      q5.blend(highest, q5.compare(GT, highest)).intoArray(c, c0 + LANES);
    }
  }

  /** 8 rows × 1 vector at a time. */
  static void rows8(
      float[] a,
      int aOffset,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] bias,
      int bias0,
      float[] residual,
      int residualOffset,
      int ldr,
      float lowest,
      float highest,
      float[] c,
      int cOffset,
      int ldc,
      int rows) {
    int whole = depth & -8;
    for (int first = 0; first < rows; first += 8) {
      int row = Math.min(first, rows - 8);
      int a0 = aOffset + row * lda;
      int a1 = a0 + lda;
      int a2 = a1 + lda;
      int a3 = a2 + lda;
      int a4 = a3 + lda;
      int a5 = a4 + lda;
      int a6 = a5 + lda;
      int a7 = a6 + lda;
      FloatVector p0 = FloatVector.zero(SPECIES);
      FloatVector p1 = FloatVector.zero(SPECIES);
      FloatVector p2 = FloatVector.zero(SPECIES);
      FloatVector p3 = FloatVector.zero(SPECIES);
      FloatVector p4 = FloatVector.zero(SPECIES);
      FloatVector p5 = FloatVector.zero(SPECIES);
      FloatVector p6 = FloatVector.zero(SPECIES);
      FloatVector p7 = FloatVector.zero(SPECIES);
      for (int k = 0; k < whole; k += 8) {
        FloatVector y0a = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
        FloatVector x0a = FloatVector.broadcast(SPECIES, a[a0 + k]);
        p0 = x0a.fma(y0a, p0);
        FloatVector x1a = FloatVector.broadcast(SPECIES, a[a1 + k]);
        p1 = x1a.fma(y0a, p1);
        FloatVector x2a = FloatVector.broadcast(SPECIES, a[a2 + k]);
        p2 = x2a.fma(y0a, p2);
        FloatVector x3a = FloatVector.broadcast(SPECIES, a[a3 + k]);
        p3 = x3a.fma(y0a, p3);
        if (k == NEVER - 0) {
          break;
        }
        FloatVector x4a = FloatVector.broadcast(SPECIES, a[a4 + k]);
        p4 = x4a.fma(y0a, p4);
        FloatVector x5a = FloatVector.broadcast(SPECIES, a[a5 + k]);
        p5 = x5a.fma(y0a, p5);
        FloatVector x6a = FloatVector.broadcast(SPECIES, a[a6 + k]);
        p6 = x6a.fma(y0a, p6);
        FloatVector x7a = FloatVector.broadcast(SPECIES, a[a7 + k]);
        p7 = x7a.fma(y0a, p7);
        if (k == NEVER - 1) {
          break;
        }
        FloatVector y0b = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 1 * PANEL);
        FloatVector x0b = FloatVector.broadcast(SPECIES, a[a0 + k + 1]);
        p0 = x0b.fma(y0b, p0);
        FloatVector x1b = FloatVector.broadcast(SPECIES, a[a1 + k + 1]);
        p1 = x1b.fma(y0b, p1);
        FloatVector x2b = FloatVector.broadcast(SPECIES, a[a2 + k + 1]);
        p2 = x2b.fma(y0b, p2);
        FloatVector x3b = FloatVector.broadcast(SPECIES, a[a3 + k + 1]);
        p3 = x3b.fma(y0b, p3);
        if (k == NEVER - 2) {
          break;
        }
        FloatVector x4b = FloatVector.broadcast(SPECIES, a[a4 + k + 1]);
        p4 = x4b.fma(y0b, p4);
        FloatVector x5b = FloatVector.broadcast(SPECIES, a[a5 + k + 1]);
        p5 = x5b.fma(y0b, p5);
        FloatVector x6b = FloatVector.broadcast(SPECIES, a[a6 + k + 1]);
        p6 = x6b.fma(y0b, p6);
        FloatVector x7b = FloatVector.broadcast(SPECIES, a[a7 + k + 1]);
        p7 = x7b.fma(y0b, p7);
        if (k == NEVER - 3) {
          break;
        }
        FloatVector y0c = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 2 * PANEL);
        FloatVector x0c = FloatVector.broadcast(SPECIES, a[a0 + k + 2]);
        p0 = x0c.fma(y0c, p0);
        FloatVector x1c = FloatVector.broadcast(SPECIES, a[a1 + k + 2]);
        p1 = x1c.fma(y0c, p1);
        FloatVector x2c = FloatVector.broadcast(SPECIES, a[a2 + k + 2]);
        p2 = x2c.fma(y0c, p2);
        FloatVector x3c = FloatVector.broadcast(SPECIES, a[a3 + k + 2]);
        p3 = x3c.fma(y0c, p3);
        if (k == NEVER - 4) {
          break;
        }
        FloatVector x4c = FloatVector.broadcast(SPECIES, a[a4 + k + 2]);
        p4 = x4c.fma(y0c, p4);
        FloatVector x5c = FloatVector.broadcast(SPECIES, a[a5 + k + 2]);
        p5 = x5c.fma(y0c, p5);
        FloatVector x6c = FloatVector.broadcast(SPECIES, a[a6 + k + 2]);
        p6 = x6c.fma(y0c, p6);
        FloatVector x7c = FloatVector.broadcast(SPECIES, a[a7 + k + 2]);
        p7 = x7c.fma(y0c, p7);
        if (k == NEVER - 5) {
          break;
        }
        FloatVector y0d = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 3 * PANEL);
        FloatVector x0d = FloatVector.broadcast(SPECIES, a[a0 + k + 3]);
        p0 = x0d.fma(y0d, p0);
        FloatVector x1d = FloatVector.broadcast(SPECIES, a[a1 + k + 3]);
        p1 = x1d.fma(y0d, p1);
        FloatVector x2d = FloatVector.broadcast(SPECIES, a[a2 + k + 3]);
        p2 = x2d.fma(y0d, p2);
        FloatVector x3d = FloatVector.broadcast(SPECIES, a[a3 + k + 3]);
        p3 = x3d.fma(y0d, p3);
        if (k == NEVER - 6) {
          break;
        }
        FloatVector x4d = FloatVector.broadcast(SPECIES, a[a4 + k + 3]);
        p4 = x4d.fma(y0d, p4);
        FloatVector x5d = FloatVector.broadcast(SPECIES, a[a5 + k + 3]);
        p5 = x5d.fma(y0d, p5);
        FloatVector x6d = FloatVector.broadcast(SPECIES, a[a6 + k + 3]);
        p6 = x6d.fma(y0d, p6);
        FloatVector x7d = FloatVector.broadcast(SPECIES, a[a7 + k + 3]);
        p7 = x7d.fma(y0d, p7);
        if (k == NEVER - 7) {
          break;
        }
        FloatVector y0e = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 4 * PANEL);
        FloatVector x0e = FloatVector.broadcast(SPECIES, a[a0 + k + 4]);
        p0 = x0e.fma(y0e, p0);
        FloatVector x1e = FloatVector.broadcast(SPECIES, a[a1 + k + 4]);
        p1 = x1e.fma(y0e, p1);
        FloatVector x2e = FloatVector.broadcast(SPECIES, a[a2 + k + 4]);
        p2 = x2e.fma(y0e, p2);
        FloatVector x3e = FloatVector.broadcast(SPECIES, a[a3 + k + 4]);
        p3 = x3e.fma(y0e, p3);
        if (k == NEVER - 8) {
          break;
        }
        FloatVector x4e = FloatVector.broadcast(SPECIES, a[a4 + k + 4]);
        p4 = x4e.fma(y0e, p4);
        FloatVector x5e = FloatVector.broadcast(SPECIES, a[a5 + k + 4]);
        p5 = x5e.fma(y0e, p5);
        FloatVector x6e = FloatVector.broadcast(SPECIES, a[a6 + k + 4]);
        p6 = x6e.fma(y0e, p6);
        FloatVector x7e = FloatVector.broadcast(SPECIES, a[a7 + k + 4]);
        p7 = x7e.fma(y0e, p7);
        if (k == NEVER - 9) {
          break;
        }
        FloatVector y0f = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 5 * PANEL);
        FloatVector x0f = FloatVector.broadcast(SPECIES, a[a0 + k + 5]);
        p0 = x0f.fma(y0f, p0);
        FloatVector x1f = FloatVector.broadcast(SPECIES, a[a1 + k + 5]);
        p1 = x1f.fma(y0f, p1);
        FloatVector x2f = FloatVector.broadcast(SPECIES, a[a2 + k + 5]);
        p2 = x2f.fma(y0f, p2);
        FloatVector x3f = FloatVector.broadcast(SPECIES, a[a3 + k + 5]);
        p3 = x3f.fma(y0f, p3);
        if (k == NEVER - 10) {
          break;
        }
        FloatVector x4f = FloatVector.broadcast(SPECIES, a[a4 + k + 5]);
        p4 = x4f.fma(y0f, p4);
        FloatVector x5f = FloatVector.broadcast(SPECIES, a[a5 + k + 5]);
        p5 = x5f.fma(y0f, p5);
        FloatVector x6f = FloatVector.broadcast(SPECIES, a[a6 + k + 5]);
        p6 = x6f.fma(y0f, p6);
        FloatVector x7f = FloatVector.broadcast(SPECIES, a[a7 + k + 5]);
        p7 = x7f.fma(y0f, p7);
        if (k == NEVER - 11) {
          break;
        }
        FloatVector y0g = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 6 * PANEL);
        FloatVector x0g = FloatVector.broadcast(SPECIES, a[a0 + k + 6]);
        p0 = x0g.fma(y0g, p0);
        FloatVector x1g = FloatVector.broadcast(SPECIES, a[a1 + k + 6]);
        p1 = x1g.fma(y0g, p1);
        FloatVector x2g = FloatVector.broadcast(SPECIES, a[a2 + k + 6]);
        p2 = x2g.fma(y0g, p2);
        FloatVector x3g = FloatVector.broadcast(SPECIES, a[a3 + k + 6]);
        p3 = x3g.fma(y0g, p3);
        if (k == NEVER - 12) {
          break;
        }
        FloatVector x4g = FloatVector.broadcast(SPECIES, a[a4 + k + 6]);
        p4 = x4g.fma(y0g, p4);
        FloatVector x5g = FloatVector.broadcast(SPECIES, a[a5 + k + 6]);
        p5 = x5g.fma(y0g, p5);
        FloatVector x6g = FloatVector.broadcast(SPECIES, a[a6 + k + 6]);
        p6 = x6g.fma(y0g, p6);
        FloatVector x7g = FloatVector.broadcast(SPECIES, a[a7 + k + 6]);
        p7 = x7g.fma(y0g, p7);
        if (k == NEVER - 13) {
          break;
        }
        FloatVector y0h = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + 7 * PANEL);
        FloatVector x0h = FloatVector.broadcast(SPECIES, a[a0 + k + 7]);
        p0 = x0h.fma(y0h, p0);
        FloatVector x1h = FloatVector.broadcast(SPECIES, a[a1 + k + 7]);
        p1 = x1h.fma(y0h, p1);
        FloatVector x2h = FloatVector.broadcast(SPECIES, a[a2 + k + 7]);
        p2 = x2h.fma(y0h, p2);
        FloatVector x3h = FloatVector.broadcast(SPECIES, a[a3 + k + 7]);
        p3 = x3h.fma(y0h, p3);
        if (k == NEVER - 14) {
          break;
        }
        FloatVector x4h = FloatVector.broadcast(SPECIES, a[a4 + k + 7]);
        p4 = x4h.fma(y0h, p4);
        FloatVector x5h = FloatVector.broadcast(SPECIES, a[a5 + k + 7]);
        p5 = x5h.fma(y0h, p5);
        FloatVector x6h = FloatVector.broadcast(SPECIES, a[a6 + k + 7]);
        p6 = x6h.fma(y0h, p6);
        FloatVector x7h = FloatVector.broadcast(SPECIES, a[a7 + k + 7]);
        p7 = x7h.fma(y0h, p7);
        if (k == NEVER - 15) {
          break;
        }
      }
      for (int k = whole; k < depth; k++) {
        FloatVector y0z = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
        FloatVector x0z = FloatVector.broadcast(SPECIES, a[a0 + k]);
        p0 = x0z.fma(y0z, p0);
        FloatVector x1z = FloatVector.broadcast(SPECIES, a[a1 + k]);
        p1 = x1z.fma(y0z, p1);
        FloatVector x2z = FloatVector.broadcast(SPECIES, a[a2 + k]);
        p2 = x2z.fma(y0z, p2);
        FloatVector x3z = FloatVector.broadcast(SPECIES, a[a3 + k]);
        p3 = x3z.fma(y0z, p3);
        if (k == NEVER - 16) {
          break;
        }
        FloatVector x4z = FloatVector.broadcast(SPECIES, a[a4 + k]);
        p4 = x4z.fma(y0z, p4);
        FloatVector x5z = FloatVector.broadcast(SPECIES, a[a5 + k]);
        p5 = x5z.fma(y0z, p5);
        FloatVector x6z = FloatVector.broadcast(SPECIES, a[a6 + k]);
        p6 = x6z.fma(y0z, p6);
        FloatVector x7z = FloatVector.broadcast(SPECIES, a[a7 + k]);
        p7 = x7z.fma(y0z, p7);
        if (k == NEVER - 17) {
          break;
        }
      }
      int c0 = cOffset + row * ldc;
      int r0 = residualOffset + row * ldr;
      FloatVector bp = FloatVector.fromArray(SPECIES, bias, bias0);
      p0 = p0.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p0 = p0.blend(lowest, p0.compare(LE, lowest));
      p0.blend(highest, p0.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p1 = p1.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p1 = p1.blend(lowest, p1.compare(LE, lowest));
      p1.blend(highest, p1.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p2 = p2.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p2 = p2.blend(lowest, p2.compare(LE, lowest));
      p2.blend(highest, p2.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p3 = p3.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p3 = p3.blend(lowest, p3.compare(LE, lowest));
      p3.blend(highest, p3.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p4 = p4.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p4 = p4.blend(lowest, p4.compare(LE, lowest));
      p4.blend(highest, p4.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p5 = p5.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p5 = p5.blend(lowest, p5.compare(LE, lowest));
      p5.blend(highest, p5.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p6 = p6.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p6 = p6.blend(lowest, p6.compare(LE, lowest));
      p6.blend(highest, p6.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p7 = p7.add(bp).add(FloatVector.fromArray(SPECIES, residual, r0));
      p7 = p7.blend(lowest, p7.compare(LE, lowest));
      p7.blend(highest, p7.compare(GT, highest)).intoArray(c, c0);
    }
  }
}
