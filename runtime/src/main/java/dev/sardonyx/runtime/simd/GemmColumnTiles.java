package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The micro-kernels of {@link Kernels#gemmOfColumns}: {@code c[r][j] = Σ a[k][r]·b[k][j] + bias[r]}
 * for some rows and two vectors of columns, each sum as one chain of fused multiply-adds in
 * ascending k. Both operands are {@link PackedMatrix} panels, from a0 and b0 on.
 */
final class GemmColumnTiles {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final int PANEL = PackedMatrix.PANEL;

  private GemmColumnTiles() {}

  /** 8 rows × 2 vectors. */
  static void eight(
      float[] a,
      int a0,
      float[] b,
      int b0,
      int depth,
      float[] bias,
      int bias0,
      float[] c,
      int c0,
      int ldc) {
    FloatVector p0 = FloatVector.zero(SPECIES);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector p4 = p0;
    FloatVector p5 = p0;
    FloatVector p6 = p0;
    FloatVector p7 = p0;
    FloatVector q0 = p0;
    FloatVector q1 = p0;
    FloatVector q2 = p0;
    FloatVector q3 = p0;
    FloatVector q4 = p0;
    FloatVector q5 = p0;
    FloatVector q6 = p0;
    FloatVector q7 = p0;
    int end = depth * PANEL;
    for (int k = 0; k < end; k += PANEL) {
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + k);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b0 + k + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      p0 = x0.fma(left, p0);
      q0 = x0.fma(right, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a0 + k + 1]);
      p1 = x1.fma(left, p1);
      q1 = x1.fma(right, q1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a0 + k + 2]);
      p2 = x2.fma(left, p2);
      q2 = x2.fma(right, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a0 + k + 3]);
      p3 = x3.fma(left, p3);
      q3 = x3.fma(right, q3);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a0 + k + 4]);
      p4 = x4.fma(left, p4);
      q4 = x4.fma(right, q4);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a0 + k + 5]);
      p5 = x5.fma(left, p5);
      q5 = x5.fma(right, q5);
      FloatVector x6 = FloatVector.broadcast(SPECIES, a[a0 + k + 6]);
      p6 = x6.fma(left, p6);
      q6 = x6.fma(right, q6);
      FloatVector x7 = FloatVector.broadcast(SPECIES, a[a0 + k + 7]);
      p7 = x7.fma(left, p7);
      q7 = x7.fma(right, q7);
    }
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    int c6 = c5 + ldc;
    int c7 = c6 + ldc;
    FloatVector s0 = FloatVector.broadcast(SPECIES, bias[bias0]);
    p0.add(s0).intoArray(c, c0);
    q0.add(s0).intoArray(c, c0 + LANES);
    FloatVector s1 = FloatVector.broadcast(SPECIES, bias[bias0 + 1]);
    p1.add(s1).intoArray(c, c1);
    q1.add(s1).intoArray(c, c1 + LANES);
    FloatVector s2 = FloatVector.broadcast(SPECIES, bias[bias0 + 2]);
    p2.add(s2).intoArray(c, c2);
    q2.add(s2).intoArray(c, c2 + LANES);
    FloatVector s3 = FloatVector.broadcast(SPECIES, bias[bias0 + 3]);
    p3.add(s3).intoArray(c, c3);
    q3.add(s3).intoArray(c, c3 + LANES);
    FloatVector s4 = FloatVector.broadcast(SPECIES, bias[bias0 + 4]);
    p4.add(s4).intoArray(c, c4);
    q4.add(s4).intoArray(c, c4 + LANES);
    FloatVector s5 = FloatVector.broadcast(SPECIES, bias[bias0 + 5]);
    p5.add(s5).intoArray(c, c5);
    q5.add(s5).intoArray(c, c5 + LANES);
    FloatVector s6 = FloatVector.broadcast(SPECIES, bias[bias0 + 6]);
    p6.add(s6).intoArray(c, c6);
    q6.add(s6).intoArray(c, c6 + LANES);
    FloatVector s7 = FloatVector.broadcast(SPECIES, bias[bias0 + 7]);
    p7.add(s7).intoArray(c, c7);
    q7.add(s7).intoArray(c, c7 + LANES);
  }

  /** 6 rows × 2 vectors, for 16 registers. */
  static void six(
      float[] a,
      int a0,
      float[] b,
      int b0,
      int depth,
      float[] bias,
      int bias0,
      float[] c,
      int c0,
      int ldc) {
    FloatVector p0 = FloatVector.zero(SPECIES);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector p4 = p0;
    FloatVector p5 = p0;
    FloatVector q0 = p0;
    FloatVector q1 = p0;
    FloatVector q2 = p0;
    FloatVector q3 = p0;
    FloatVector q4 = p0;
    FloatVector q5 = p0;
    int end = depth * PANEL;
    for (int k = 0; k < end; k += PANEL) {
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + k);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b0 + k + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      p0 = x0.fma(left, p0);
      q0 = x0.fma(right, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a0 + k + 1]);
      p1 = x1.fma(left, p1);
      q1 = x1.fma(right, q1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a0 + k + 2]);
      p2 = x2.fma(left, p2);
      q2 = x2.fma(right, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a0 + k + 3]);
      p3 = x3.fma(left, p3);
      q3 = x3.fma(right, q3);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a0 + k + 4]);
      p4 = x4.fma(left, p4);
      q4 = x4.fma(right, q4);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a0 + k + 5]);
      p5 = x5.fma(left, p5);
      q5 = x5.fma(right, q5);
    }
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    FloatVector s0 = FloatVector.broadcast(SPECIES, bias[bias0]);
    p0.add(s0).intoArray(c, c0);
    q0.add(s0).intoArray(c, c0 + LANES);
    FloatVector s1 = FloatVector.broadcast(SPECIES, bias[bias0 + 1]);
    p1.add(s1).intoArray(c, c1);
    q1.add(s1).intoArray(c, c1 + LANES);
    FloatVector s2 = FloatVector.broadcast(SPECIES, bias[bias0 + 2]);
    p2.add(s2).intoArray(c, c2);
    q2.add(s2).intoArray(c, c2 + LANES);
    FloatVector s3 = FloatVector.broadcast(SPECIES, bias[bias0 + 3]);
    p3.add(s3).intoArray(c, c3);
    q3.add(s3).intoArray(c, c3 + LANES);
    FloatVector s4 = FloatVector.broadcast(SPECIES, bias[bias0 + 4]);
    p4.add(s4).intoArray(c, c4);
    q4.add(s4).intoArray(c, c4 + LANES);
    FloatVector s5 = FloatVector.broadcast(SPECIES, bias[bias0 + 5]);
    p5.add(s5).intoArray(c, c5);
    q5.add(s5).intoArray(c, c5 + LANES);
  }

  /** 4 rows × 2 vectors. */
  static void four(
      float[] a,
      int a0,
      float[] b,
      int b0,
      int depth,
      float[] bias,
      int bias0,
      float[] c,
      int c0,
      int ldc) {
    FloatVector p0 = FloatVector.zero(SPECIES);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector q0 = p0;
    FloatVector q1 = p0;
    FloatVector q2 = p0;
    FloatVector q3 = p0;
    int end = depth * PANEL;
    for (int k = 0; k < end; k += PANEL) {
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + k);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b0 + k + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      p0 = x0.fma(left, p0);
      q0 = x0.fma(right, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a0 + k + 1]);
      p1 = x1.fma(left, p1);
      q1 = x1.fma(right, q1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a0 + k + 2]);
      p2 = x2.fma(left, p2);
      q2 = x2.fma(right, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a0 + k + 3]);
      p3 = x3.fma(left, p3);
      q3 = x3.fma(right, q3);
    }
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    FloatVector s0 = FloatVector.broadcast(SPECIES, bias[bias0]);
    p0.add(s0).intoArray(c, c0);
    q0.add(s0).intoArray(c, c0 + LANES);
    FloatVector s1 = FloatVector.broadcast(SPECIES, bias[bias0 + 1]);
    p1.add(s1).intoArray(c, c1);
    q1.add(s1).intoArray(c, c1 + LANES);
    FloatVector s2 = FloatVector.broadcast(SPECIES, bias[bias0 + 2]);
    p2.add(s2).intoArray(c, c2);
    q2.add(s2).intoArray(c, c2 + LANES);
    FloatVector s3 = FloatVector.broadcast(SPECIES, bias[bias0 + 3]);
    p3.add(s3).intoArray(c, c3);
    q3.add(s3).intoArray(c, c3 + LANES);
  }
}
