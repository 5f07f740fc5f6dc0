package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Micro-kernels of the matrix product like {@link GemmWideTiles}, for sums that are short: all rows
 * in one call, and bias, residual and a clipping activation while the results are in registers.
 *
 * <p>{@code rowsR} computes {@code clip(bias[j] + Σ a[r][k]·b[k][j] + residual[r][j])} for any
 * number of rows that is at least R; the last R rows may be taken together with some that were done
 * already. Adding −0 changes nothing: an array of it stands for no residual.
 *
 * <p>Two k are taken at a time: C2 computes the addresses of A's rows anew in every turn of the
 * loop, as many instructions as the multiplications of one k. More than two at a time gain a few
 * percent more, but then C1 has too few registers for a method, and C2 often does not come to it
 * for minutes. What is written out here C2 does not keep in registers when it is a method.
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
    int whole = depth & -2;
    for (int first = 0; first < rows; first += 3) {
      int row = Math.min(first, rows - 3);
      int a0 = aOffset + row * lda;
      int a1 = a0 + lda;
      int a2 = a0 + 2 * lda;
      FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q0 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector u0 = FloatVector.fromArray(SPECIES, bias, bias0 + 2 * LANES);
      FloatVector v0 = FloatVector.fromArray(SPECIES, bias, bias0 + 3 * LANES);
      FloatVector p1 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector u1 = FloatVector.fromArray(SPECIES, bias, bias0 + 2 * LANES);
      FloatVector v1 = FloatVector.fromArray(SPECIES, bias, bias0 + 3 * LANES);
      FloatVector p2 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q2 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector u2 = FloatVector.fromArray(SPECIES, bias, bias0 + 2 * LANES);
      FloatVector v2 = FloatVector.fromArray(SPECIES, bias, bias0 + 3 * LANES);
      for (int k = 0; k < whole; k += 2) {
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
      }
      if (whole < depth) {
        FloatVector y0 = FloatVector.fromArray(SPECIES, b, b0 + whole * PANEL);
        FloatVector y1 = FloatVector.fromArray(SPECIES, b, b0 + whole * PANEL + LANES);
        FloatVector y2 = FloatVector.fromArray(SPECIES, b, b0 + whole * PANEL + 2 * LANES);
        FloatVector y3 = FloatVector.fromArray(SPECIES, b, b0 + whole * PANEL + 3 * LANES);
        FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + whole]);
        p0 = x0.fma(y0, p0);
        q0 = x0.fma(y1, q0);
        u0 = x0.fma(y2, u0);
        v0 = x0.fma(y3, v0);
        FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + whole]);
        p1 = x1.fma(y0, p1);
        q1 = x1.fma(y1, q1);
        u1 = x1.fma(y2, u1);
        v1 = x1.fma(y3, v1);
        FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + whole]);
        p2 = x2.fma(y0, p2);
        q2 = x2.fma(y1, q2);
        u2 = x2.fma(y2, u2);
        v2 = x2.fma(y3, v2);
      }
      int c0 = cOffset + row * ldc;
      int r0 = residualOffset + row * ldr;
      p0 = p0.add(FloatVector.fromArray(SPECIES, residual, r0));
      p0 = p0.blend(lowest, p0.compare(LE, lowest));
      p0.blend(highest, p0.compare(GT, highest)).intoArray(c, c0);
      q0 = q0.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q0 = q0.blend(lowest, q0.compare(LE, lowest));
      q0.blend(highest, q0.compare(GT, highest)).intoArray(c, c0 + LANES);
      u0 = u0.add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u0 = u0.blend(lowest, u0.compare(LE, lowest));
      u0.blend(highest, u0.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
      v0 = v0.add(FloatVector.fromArray(SPECIES, residual, r0 + 3 * LANES));
      v0 = v0.blend(lowest, v0.compare(LE, lowest));
      v0.blend(highest, v0.compare(GT, highest)).intoArray(c, c0 + 3 * LANES);
      c0 += ldc;
      r0 += ldr;
      p1 = p1.add(FloatVector.fromArray(SPECIES, residual, r0));
      p1 = p1.blend(lowest, p1.compare(LE, lowest));
      p1.blend(highest, p1.compare(GT, highest)).intoArray(c, c0);
      q1 = q1.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q1 = q1.blend(lowest, q1.compare(LE, lowest));
      q1.blend(highest, q1.compare(GT, highest)).intoArray(c, c0 + LANES);
      u1 = u1.add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u1 = u1.blend(lowest, u1.compare(LE, lowest));
      u1.blend(highest, u1.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
      v1 = v1.add(FloatVector.fromArray(SPECIES, residual, r0 + 3 * LANES));
      v1 = v1.blend(lowest, v1.compare(LE, lowest));
      v1.blend(highest, v1.compare(GT, highest)).intoArray(c, c0 + 3 * LANES);
      c0 += ldc;
      r0 += ldr;
      p2 = p2.add(FloatVector.fromArray(SPECIES, residual, r0));
      p2 = p2.blend(lowest, p2.compare(LE, lowest));
      p2.blend(highest, p2.compare(GT, highest)).intoArray(c, c0);
      q2 = q2.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q2 = q2.blend(lowest, q2.compare(LE, lowest));
      q2.blend(highest, q2.compare(GT, highest)).intoArray(c, c0 + LANES);
      u2 = u2.add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u2 = u2.blend(lowest, u2.compare(LE, lowest));
      u2.blend(highest, u2.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
      v2 = v2.add(FloatVector.fromArray(SPECIES, residual, r0 + 3 * LANES));
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
    int whole = depth & -2;
    for (int first = 0; first < rows; first += 4) {
      int row = Math.min(first, rows - 4);
      int a0 = aOffset + row * lda;
      int a1 = a0 + lda;
      int a2 = a0 + 2 * lda;
      int a3 = a0 + 3 * lda;
      FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q0 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector u0 = FloatVector.fromArray(SPECIES, bias, bias0 + 2 * LANES);
      FloatVector p1 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector u1 = FloatVector.fromArray(SPECIES, bias, bias0 + 2 * LANES);
      FloatVector p2 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q2 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector u2 = FloatVector.fromArray(SPECIES, bias, bias0 + 2 * LANES);
      FloatVector p3 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q3 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector u3 = FloatVector.fromArray(SPECIES, bias, bias0 + 2 * LANES);
      for (int k = 0; k < whole; k += 2) {
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
      }
      if (whole < depth) {
        FloatVector y0 = FloatVector.fromArray(SPECIES, b, b0 + whole * PANEL);
        FloatVector y1 = FloatVector.fromArray(SPECIES, b, b0 + whole * PANEL + LANES);
        FloatVector y2 = FloatVector.fromArray(SPECIES, b, b0 + whole * PANEL + 2 * LANES);
        FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + whole]);
        p0 = x0.fma(y0, p0);
        q0 = x0.fma(y1, q0);
        u0 = x0.fma(y2, u0);
        FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + whole]);
        p1 = x1.fma(y0, p1);
        q1 = x1.fma(y1, q1);
        u1 = x1.fma(y2, u1);
        FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + whole]);
        p2 = x2.fma(y0, p2);
        q2 = x2.fma(y1, q2);
        u2 = x2.fma(y2, u2);
        FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + whole]);
        p3 = x3.fma(y0, p3);
        q3 = x3.fma(y1, q3);
        u3 = x3.fma(y2, u3);
      }
      int c0 = cOffset + row * ldc;
      int r0 = residualOffset + row * ldr;
      p0 = p0.add(FloatVector.fromArray(SPECIES, residual, r0));
      p0 = p0.blend(lowest, p0.compare(LE, lowest));
      p0.blend(highest, p0.compare(GT, highest)).intoArray(c, c0);
      q0 = q0.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q0 = q0.blend(lowest, q0.compare(LE, lowest));
      q0.blend(highest, q0.compare(GT, highest)).intoArray(c, c0 + LANES);
      u0 = u0.add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u0 = u0.blend(lowest, u0.compare(LE, lowest));
      u0.blend(highest, u0.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
      c0 += ldc;
      r0 += ldr;
      p1 = p1.add(FloatVector.fromArray(SPECIES, residual, r0));
      p1 = p1.blend(lowest, p1.compare(LE, lowest));
      p1.blend(highest, p1.compare(GT, highest)).intoArray(c, c0);
      q1 = q1.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q1 = q1.blend(lowest, q1.compare(LE, lowest));
      q1.blend(highest, q1.compare(GT, highest)).intoArray(c, c0 + LANES);
      u1 = u1.add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u1 = u1.blend(lowest, u1.compare(LE, lowest));
      u1.blend(highest, u1.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
      c0 += ldc;
      r0 += ldr;
      p2 = p2.add(FloatVector.fromArray(SPECIES, residual, r0));
      p2 = p2.blend(lowest, p2.compare(LE, lowest));
      p2.blend(highest, p2.compare(GT, highest)).intoArray(c, c0);
      q2 = q2.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q2 = q2.blend(lowest, q2.compare(LE, lowest));
      q2.blend(highest, q2.compare(GT, highest)).intoArray(c, c0 + LANES);
      u2 = u2.add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
      u2 = u2.blend(lowest, u2.compare(LE, lowest));
      u2.blend(highest, u2.compare(GT, highest)).intoArray(c, c0 + 2 * LANES);
      c0 += ldc;
      r0 += ldr;
      p3 = p3.add(FloatVector.fromArray(SPECIES, residual, r0));
      p3 = p3.blend(lowest, p3.compare(LE, lowest));
      p3.blend(highest, p3.compare(GT, highest)).intoArray(c, c0);
      q3 = q3.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q3 = q3.blend(lowest, q3.compare(LE, lowest));
      q3.blend(highest, q3.compare(GT, highest)).intoArray(c, c0 + LANES);
      u3 = u3.add(FloatVector.fromArray(SPECIES, residual, r0 + 2 * LANES));
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
    int whole = depth & -2;
    for (int first = 0; first < rows; first += 6) {
      int row = Math.min(first, rows - 6);
      int a0 = aOffset + row * lda;
      int a1 = a0 + lda;
      int a2 = a0 + 2 * lda;
      int a3 = a0 + 3 * lda;
      int a4 = a0 + 4 * lda;
      int a5 = a0 + 5 * lda;
      FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q0 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector p1 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q1 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector p2 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q2 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector p3 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q3 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector p4 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q4 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      FloatVector p5 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector q5 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
      for (int k = 0; k < whole; k += 2) {
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
      }
      if (whole < depth) {
        FloatVector y0 = FloatVector.fromArray(SPECIES, b, b0 + whole * PANEL);
        FloatVector y1 = FloatVector.fromArray(SPECIES, b, b0 + whole * PANEL + LANES);
        FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + whole]);
        p0 = x0.fma(y0, p0);
        q0 = x0.fma(y1, q0);
        FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + whole]);
        p1 = x1.fma(y0, p1);
        q1 = x1.fma(y1, q1);
        FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + whole]);
        p2 = x2.fma(y0, p2);
        q2 = x2.fma(y1, q2);
        FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + whole]);
        p3 = x3.fma(y0, p3);
        q3 = x3.fma(y1, q3);
        FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + whole]);
        p4 = x4.fma(y0, p4);
        q4 = x4.fma(y1, q4);
        FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + whole]);
        p5 = x5.fma(y0, p5);
        q5 = x5.fma(y1, q5);
      }
      int c0 = cOffset + row * ldc;
      int r0 = residualOffset + row * ldr;
      p0 = p0.add(FloatVector.fromArray(SPECIES, residual, r0));
      p0 = p0.blend(lowest, p0.compare(LE, lowest));
      p0.blend(highest, p0.compare(GT, highest)).intoArray(c, c0);
      q0 = q0.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q0 = q0.blend(lowest, q0.compare(LE, lowest));
      q0.blend(highest, q0.compare(GT, highest)).intoArray(c, c0 + LANES);
      c0 += ldc;
      r0 += ldr;
      p1 = p1.add(FloatVector.fromArray(SPECIES, residual, r0));
      p1 = p1.blend(lowest, p1.compare(LE, lowest));
      p1.blend(highest, p1.compare(GT, highest)).intoArray(c, c0);
      q1 = q1.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q1 = q1.blend(lowest, q1.compare(LE, lowest));
      q1.blend(highest, q1.compare(GT, highest)).intoArray(c, c0 + LANES);
      c0 += ldc;
      r0 += ldr;
      p2 = p2.add(FloatVector.fromArray(SPECIES, residual, r0));
      p2 = p2.blend(lowest, p2.compare(LE, lowest));
      p2.blend(highest, p2.compare(GT, highest)).intoArray(c, c0);
      q2 = q2.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q2 = q2.blend(lowest, q2.compare(LE, lowest));
      q2.blend(highest, q2.compare(GT, highest)).intoArray(c, c0 + LANES);
      c0 += ldc;
      r0 += ldr;
      p3 = p3.add(FloatVector.fromArray(SPECIES, residual, r0));
      p3 = p3.blend(lowest, p3.compare(LE, lowest));
      p3.blend(highest, p3.compare(GT, highest)).intoArray(c, c0);
      q3 = q3.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q3 = q3.blend(lowest, q3.compare(LE, lowest));
      q3.blend(highest, q3.compare(GT, highest)).intoArray(c, c0 + LANES);
      c0 += ldc;
      r0 += ldr;
      p4 = p4.add(FloatVector.fromArray(SPECIES, residual, r0));
      p4 = p4.blend(lowest, p4.compare(LE, lowest));
      p4.blend(highest, p4.compare(GT, highest)).intoArray(c, c0);
      q4 = q4.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
      q4 = q4.blend(lowest, q4.compare(LE, lowest));
      q4.blend(highest, q4.compare(GT, highest)).intoArray(c, c0 + LANES);
      c0 += ldc;
      r0 += ldr;
      p5 = p5.add(FloatVector.fromArray(SPECIES, residual, r0));
      p5 = p5.blend(lowest, p5.compare(LE, lowest));
      p5.blend(highest, p5.compare(GT, highest)).intoArray(c, c0);
      q5 = q5.add(FloatVector.fromArray(SPECIES, residual, r0 + LANES));
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
    int whole = depth & -2;
    for (int first = 0; first < rows; first += 8) {
      int row = Math.min(first, rows - 8);
      int a0 = aOffset + row * lda;
      int a1 = a0 + lda;
      int a2 = a0 + 2 * lda;
      int a3 = a0 + 3 * lda;
      int a4 = a0 + 4 * lda;
      int a5 = a0 + 5 * lda;
      int a6 = a0 + 6 * lda;
      int a7 = a0 + 7 * lda;
      FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector p1 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector p2 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector p3 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector p4 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector p5 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector p6 = FloatVector.fromArray(SPECIES, bias, bias0);
      FloatVector p7 = FloatVector.fromArray(SPECIES, bias, bias0);
      for (int k = 0; k < whole; k += 2) {
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
      }
      if (whole < depth) {
        FloatVector y0 = FloatVector.fromArray(SPECIES, b, b0 + whole * PANEL);
        FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + whole]);
        p0 = x0.fma(y0, p0);
        FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + whole]);
        p1 = x1.fma(y0, p1);
        FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + whole]);
        p2 = x2.fma(y0, p2);
        FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + whole]);
        p3 = x3.fma(y0, p3);
        FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + whole]);
        p4 = x4.fma(y0, p4);
        FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + whole]);
        p5 = x5.fma(y0, p5);
        FloatVector x6 = FloatVector.broadcast(SPECIES, a[a6 + whole]);
        p6 = x6.fma(y0, p6);
        FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + whole]);
        p7 = x7.fma(y0, p7);
      }
      int c0 = cOffset + row * ldc;
      int r0 = residualOffset + row * ldr;
      p0 = p0.add(FloatVector.fromArray(SPECIES, residual, r0));
      p0 = p0.blend(lowest, p0.compare(LE, lowest));
      p0.blend(highest, p0.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p1 = p1.add(FloatVector.fromArray(SPECIES, residual, r0));
      p1 = p1.blend(lowest, p1.compare(LE, lowest));
      p1.blend(highest, p1.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p2 = p2.add(FloatVector.fromArray(SPECIES, residual, r0));
      p2 = p2.blend(lowest, p2.compare(LE, lowest));
      p2.blend(highest, p2.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p3 = p3.add(FloatVector.fromArray(SPECIES, residual, r0));
      p3 = p3.blend(lowest, p3.compare(LE, lowest));
      p3.blend(highest, p3.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p4 = p4.add(FloatVector.fromArray(SPECIES, residual, r0));
      p4 = p4.blend(lowest, p4.compare(LE, lowest));
      p4.blend(highest, p4.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p5 = p5.add(FloatVector.fromArray(SPECIES, residual, r0));
      p5 = p5.blend(lowest, p5.compare(LE, lowest));
      p5.blend(highest, p5.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p6 = p6.add(FloatVector.fromArray(SPECIES, residual, r0));
      p6 = p6.blend(lowest, p6.compare(LE, lowest));
      p6.blend(highest, p6.compare(GT, highest)).intoArray(c, c0);
      c0 += ldc;
      r0 += ldr;
      p7 = p7.add(FloatVector.fromArray(SPECIES, residual, r0));
      p7 = p7.blend(lowest, p7.compare(LE, lowest));
      p7.blend(highest, p7.compare(GT, highest)).intoArray(c, c0);
    }
  }
}
