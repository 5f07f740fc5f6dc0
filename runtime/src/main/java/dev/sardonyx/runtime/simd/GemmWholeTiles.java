package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Micro-kernels like those of {@link GemmTiles} for processors of 32 registers and sums that are
 * one block of k: {@code c[r][j] = clip(bias[j] + Σ a[r][k]·b[k][j] + residual[r][j])} for eight
 * rows, with all that follows the sum while it is in registers. Bounds that are infinite clip
 * nothing.
 */
final class GemmWholeTiles {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());
  private static final int PANEL = PackedMatrix.PANEL;

  private GemmWholeTiles() {}

  /**
   * 8 rows × 2 vectors, without residual.
   *
   * @param right where the second vector begins, counted from the first: with fewer columns than
   *     two vectors have, they overlap
   */
  static void tile(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      int right,
      float[] bias,
      int bias0,
      int lowest,
      int highest,
      float[] c,
      int c0,
      int ldc,
      float[] check) {
    int aEnd = a0 + depth;
    int a1 = aEnd + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    int a6 = a5 + lda;
    int a7 = a6 + lda;
    FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, bias, bias0 + right);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector p4 = p0;
    FloatVector p5 = p0;
    FloatVector p6 = p0;
    FloatVector p7 = p0;
    FloatVector q1 = q0;
    FloatVector q2 = q0;
    FloatVector q3 = q0;
    FloatVector q4 = q0;
    FloatVector q5 = q0;
    FloatVector q6 = q0;
    FloatVector q7 = q0;
    int bEnd = b0 + depth * PANEL;
    for (int k = -depth; k < 0; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bEnd + k * PANEL);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, bEnd + k * PANEL + right);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[aEnd + k]);
      p0 = x0.fma(y0, p0);
      q0 = x0.fma(y1, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      p1 = x1.fma(y0, p1);
      q1 = x1.fma(y1, q1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      p2 = x2.fma(y0, p2);
      q2 = x2.fma(y1, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      p3 = x3.fma(y0, p3);
      q3 = x3.fma(y1, q3);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + k]);
      p4 = x4.fma(y0, p4);
      q4 = x4.fma(y1, q4);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + k]);
      p5 = x5.fma(y0, p5);
      q5 = x5.fma(y1, q5);
      FloatVector x6 = FloatVector.broadcast(SPECIES, a[a6 + k]);
      p6 = x6.fma(y0, p6);
      q6 = x6.fma(y1, q6);
      FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + k]);
      p7 = x7.fma(y0, p7);
      q7 = x7.fma(y1, q7);
    }
    IntVector low = IntVector.broadcast(INTS, lowest);
    IntVector high = IntVector.broadcast(INTS, highest);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector zeros = FloatVector.fromArray(SPECIES, check, 0);
    FloatVector moreZeros = zeros;
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    int c6 = c5 + ldc;
    int c7 = c6 + ldc;
    zeros = p0.fma(zero, zeros);
    p0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c0);
    moreZeros = q0.fma(zero, moreZeros);
    q0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c0 + right);
    zeros = p1.fma(zero, zeros);
    p1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1);
    moreZeros = q1.fma(zero, moreZeros);
    q1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1 + right);
    zeros = p2.fma(zero, zeros);
    p2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2);
    moreZeros = q2.fma(zero, moreZeros);
    q2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2 + right);
    zeros = p3.fma(zero, zeros);
    p3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3);
    moreZeros = q3.fma(zero, moreZeros);
    q3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3 + right);
    zeros = p4.fma(zero, zeros);
    p4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c4);
    moreZeros = q4.fma(zero, moreZeros);
    q4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c4 + right);
    zeros = p5.fma(zero, zeros);
    p5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c5);
    moreZeros = q5.fma(zero, moreZeros);
    q5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c5 + right);
    zeros = p6.fma(zero, zeros);
    p6.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c6);
    moreZeros = q6.fma(zero, moreZeros);
    q6.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c6 + right);
    zeros = p7.fma(zero, zeros);
    p7.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c7);
    moreZeros = q7.fma(zero, moreZeros);
    q7.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c7 + right);
    zeros.add(moreZeros).intoArray(check, 0);
  }

  /** {@link #tile} with a residual, which may be C if the vectors do not overlap. */
  static void tileWithResidual(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      int right,
      float[] bias,
      int bias0,
      float[] residual,
      int r0,
      int ldr,
      float lowest,
      float highest,
      float[] c,
      int c0,
      int ldc) {
    int aEnd = a0 + depth;
    int a1 = aEnd + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    int a6 = a5 + lda;
    int a7 = a6 + lda;
    FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, bias, bias0 + right);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector p4 = p0;
    FloatVector p5 = p0;
    FloatVector p6 = p0;
    FloatVector p7 = p0;
    FloatVector q1 = q0;
    FloatVector q2 = q0;
    FloatVector q3 = q0;
    FloatVector q4 = q0;
    FloatVector q5 = q0;
    FloatVector q6 = q0;
    FloatVector q7 = q0;
    int bEnd = b0 + depth * PANEL;
    for (int k = -depth; k < 0; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bEnd + k * PANEL);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, bEnd + k * PANEL + right);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[aEnd + k]);
      p0 = x0.fma(y0, p0);
      q0 = x0.fma(y1, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      p1 = x1.fma(y0, p1);
      q1 = x1.fma(y1, q1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      p2 = x2.fma(y0, p2);
      q2 = x2.fma(y1, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      p3 = x3.fma(y0, p3);
      q3 = x3.fma(y1, q3);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + k]);
      p4 = x4.fma(y0, p4);
      q4 = x4.fma(y1, q4);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + k]);
      p5 = x5.fma(y0, p5);
      q5 = x5.fma(y1, q5);
      FloatVector x6 = FloatVector.broadcast(SPECIES, a[a6 + k]);
      p6 = x6.fma(y0, p6);
      q6 = x6.fma(y1, q6);
      FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + k]);
      p7 = x7.fma(y0, p7);
      q7 = x7.fma(y1, q7);
    }
    FloatVector low = FloatVector.broadcast(SPECIES, lowest);
    FloatVector high = FloatVector.broadcast(SPECIES, highest);
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    int c6 = c5 + ldc;
    int c7 = c6 + ldc;
    int r1 = r0 + ldr;
    int r2 = r1 + ldr;
    int r3 = r2 + ldr;
    int r4 = r3 + ldr;
    int r5 = r4 + ldr;
    int r6 = r5 + ldr;
    int r7 = r6 + ldr;
    p0 = p0.add(FloatVector.fromArray(SPECIES, residual, r0));
    p0 = p0.blend(low, p0.compare(LE, low));
    p0.blend(high, p0.compare(GT, high)).intoArray(c, c0);
    q0 = q0.add(FloatVector.fromArray(SPECIES, residual, r0 + right));
    q0 = q0.blend(low, q0.compare(LE, low));
    q0.blend(high, q0.compare(GT, high)).intoArray(c, c0 + right);
    p1 = p1.add(FloatVector.fromArray(SPECIES, residual, r1));
    p1 = p1.blend(low, p1.compare(LE, low));
    p1.blend(high, p1.compare(GT, high)).intoArray(c, c1);
    q1 = q1.add(FloatVector.fromArray(SPECIES, residual, r1 + right));
    q1 = q1.blend(low, q1.compare(LE, low));
    q1.blend(high, q1.compare(GT, high)).intoArray(c, c1 + right);
    p2 = p2.add(FloatVector.fromArray(SPECIES, residual, r2));
    p2 = p2.blend(low, p2.compare(LE, low));
    p2.blend(high, p2.compare(GT, high)).intoArray(c, c2);
    q2 = q2.add(FloatVector.fromArray(SPECIES, residual, r2 + right));
    q2 = q2.blend(low, q2.compare(LE, low));
    q2.blend(high, q2.compare(GT, high)).intoArray(c, c2 + right);
    p3 = p3.add(FloatVector.fromArray(SPECIES, residual, r3));
    p3 = p3.blend(low, p3.compare(LE, low));
    p3.blend(high, p3.compare(GT, high)).intoArray(c, c3);
    q3 = q3.add(FloatVector.fromArray(SPECIES, residual, r3 + right));
    q3 = q3.blend(low, q3.compare(LE, low));
    q3.blend(high, q3.compare(GT, high)).intoArray(c, c3 + right);
    p4 = p4.add(FloatVector.fromArray(SPECIES, residual, r4));
    p4 = p4.blend(low, p4.compare(LE, low));
    p4.blend(high, p4.compare(GT, high)).intoArray(c, c4);
    q4 = q4.add(FloatVector.fromArray(SPECIES, residual, r4 + right));
    q4 = q4.blend(low, q4.compare(LE, low));
    q4.blend(high, q4.compare(GT, high)).intoArray(c, c4 + right);
    p5 = p5.add(FloatVector.fromArray(SPECIES, residual, r5));
    p5 = p5.blend(low, p5.compare(LE, low));
    p5.blend(high, p5.compare(GT, high)).intoArray(c, c5);
    q5 = q5.add(FloatVector.fromArray(SPECIES, residual, r5 + right));
    q5 = q5.blend(low, q5.compare(LE, low));
    q5.blend(high, q5.compare(GT, high)).intoArray(c, c5 + right);
    p6 = p6.add(FloatVector.fromArray(SPECIES, residual, r6));
    p6 = p6.blend(low, p6.compare(LE, low));
    p6.blend(high, p6.compare(GT, high)).intoArray(c, c6);
    q6 = q6.add(FloatVector.fromArray(SPECIES, residual, r6 + right));
    q6 = q6.blend(low, q6.compare(LE, low));
    q6.blend(high, q6.compare(GT, high)).intoArray(c, c6 + right);
    p7 = p7.add(FloatVector.fromArray(SPECIES, residual, r7));
    p7 = p7.blend(low, p7.compare(LE, low));
    p7.blend(high, p7.compare(GT, high)).intoArray(c, c7);
    q7 = q7.add(FloatVector.fromArray(SPECIES, residual, r7 + right));
    q7 = q7.blend(low, q7.compare(LE, low));
    q7.blend(high, q7.compare(GT, high)).intoArray(c, c7 + right);
  }

  /**
   * 8 rows × 1 vector.
   *
   * @param residual −0 where there is none, since adding that changes nothing
   */
  static void narrowTile(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] bias,
      int bias0,
      float[] residual,
      int r0,
      int ldr,
      float lowest,
      float highest,
      float[] c,
      int c0,
      int ldc) {
    int aEnd = a0 + depth;
    int a1 = aEnd + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    int a6 = a5 + lda;
    int a7 = a6 + lda;
    FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector p4 = p0;
    FloatVector p5 = p0;
    FloatVector p6 = p0;
    FloatVector p7 = p0;
    int bEnd = b0 + depth * PANEL;
    for (int k = -depth; k < 0; k++) {
      FloatVector y = FloatVector.fromArray(SPECIES, b, bEnd + k * PANEL);
      p0 = FloatVector.broadcast(SPECIES, a[aEnd + k]).fma(y, p0);
      p1 = FloatVector.broadcast(SPECIES, a[a1 + k]).fma(y, p1);
      p2 = FloatVector.broadcast(SPECIES, a[a2 + k]).fma(y, p2);
      p3 = FloatVector.broadcast(SPECIES, a[a3 + k]).fma(y, p3);
      p4 = FloatVector.broadcast(SPECIES, a[a4 + k]).fma(y, p4);
      p5 = FloatVector.broadcast(SPECIES, a[a5 + k]).fma(y, p5);
      p6 = FloatVector.broadcast(SPECIES, a[a6 + k]).fma(y, p6);
      p7 = FloatVector.broadcast(SPECIES, a[a7 + k]).fma(y, p7);
    }
    FloatVector low = FloatVector.broadcast(SPECIES, lowest);
    FloatVector high = FloatVector.broadcast(SPECIES, highest);
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    int c6 = c5 + ldc;
    int c7 = c6 + ldc;
    int r1 = r0 + ldr;
    int r2 = r1 + ldr;
    int r3 = r2 + ldr;
    int r4 = r3 + ldr;
    int r5 = r4 + ldr;
    int r6 = r5 + ldr;
    int r7 = r6 + ldr;
    p0 = p0.add(FloatVector.fromArray(SPECIES, residual, r0));
    p0 = p0.blend(low, p0.compare(LE, low));
    p0.blend(high, p0.compare(GT, high)).intoArray(c, c0);
    p1 = p1.add(FloatVector.fromArray(SPECIES, residual, r1));
    p1 = p1.blend(low, p1.compare(LE, low));
    p1.blend(high, p1.compare(GT, high)).intoArray(c, c1);
    p2 = p2.add(FloatVector.fromArray(SPECIES, residual, r2));
    p2 = p2.blend(low, p2.compare(LE, low));
    p2.blend(high, p2.compare(GT, high)).intoArray(c, c2);
    p3 = p3.add(FloatVector.fromArray(SPECIES, residual, r3));
    p3 = p3.blend(low, p3.compare(LE, low));
    p3.blend(high, p3.compare(GT, high)).intoArray(c, c3);
    p4 = p4.add(FloatVector.fromArray(SPECIES, residual, r4));
    p4 = p4.blend(low, p4.compare(LE, low));
    p4.blend(high, p4.compare(GT, high)).intoArray(c, c4);
    p5 = p5.add(FloatVector.fromArray(SPECIES, residual, r5));
    p5 = p5.blend(low, p5.compare(LE, low));
    p5.blend(high, p5.compare(GT, high)).intoArray(c, c5);
    p6 = p6.add(FloatVector.fromArray(SPECIES, residual, r6));
    p6 = p6.blend(low, p6.compare(LE, low));
    p6.blend(high, p6.compare(GT, high)).intoArray(c, c6);
    p7 = p7.add(FloatVector.fromArray(SPECIES, residual, r7));
    p7 = p7.blend(low, p7.compare(LE, low));
    p7.blend(high, p7.compare(GT, high)).intoArray(c, c7);
  }
}
