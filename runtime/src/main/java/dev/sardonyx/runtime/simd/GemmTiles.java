package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The micro-kernels of the matrix product: a tile of C stays in registers while k runs.
 *
 * <p>{@code tileR} computes {@code c[r][j] = start[r][j] + Σ a[r][k]·b[k][j]} for R rows and two
 * vectors of columns, each element as one chain of fused multiply-adds in ascending k. {@code b} is
 * a {@link PackedMatrix} panel from row b0 on, so that consecutive k lie {@value
 * PackedMatrix#PANEL} floats apart; {@code start} is C itself when an earlier block of k has been
 * stored there, or zeros; {@code depth} is the number of k in this block.
 *
 * <p>Eight rows suit the 32 registers of 512-bit and ARM processors, six the 16 registers of
 * 256-bit ones; the smaller tiles take the rows that are left. C2 keeps everything in registers
 * only while accumulators are named locals, hence the look. Where eight rows have an index each, k
 * counts up to 0: with a limit beside them, C2 keeps some of them in vector registers, and moving
 * them costs a tenth of the time.
 */
final class GemmTiles {
  static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  static final int LANES = SPECIES.length();

  /** Columns of a tile. */
  static final int WIDTH = 2 * LANES;

  /** Rows of the largest tile: 256-bit vectors come with 16 registers, the others with 32. */
  static final int ROWS = LANES == 8 ? 6 : 8;

  private static final int PANEL = PackedMatrix.PANEL;

  /** What k never reaches, though C2 cannot know. */
  private static final int NEVER = 0x3ffffff0;

  private GemmTiles() {}

  /** 8 rows × 2 vectors. */
  static void tile8(
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
    int aEnd = a0 + depth;
    int a1 = aEnd + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    int a6 = a5 + lda;
    int a7 = a6 + lda;
    int s1 = s0 + lds;
    int s2 = s1 + lds;
    int s3 = s2 + lds;
    int s4 = s3 + lds;
    int s5 = s4 + lds;
    int s6 = s5 + lds;
    int s7 = s6 + lds;
    FloatVector p0 = FloatVector.fromArray(SPECIES, start, s0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, start, s0 + LANES);
    FloatVector p1 = FloatVector.fromArray(SPECIES, start, s1);
    FloatVector q1 = FloatVector.fromArray(SPECIES, start, s1 + LANES);
    FloatVector p2 = FloatVector.fromArray(SPECIES, start, s2);
    FloatVector q2 = FloatVector.fromArray(SPECIES, start, s2 + LANES);
    FloatVector p3 = FloatVector.fromArray(SPECIES, start, s3);
    FloatVector q3 = FloatVector.fromArray(SPECIES, start, s3 + LANES);
    FloatVector p4 = FloatVector.fromArray(SPECIES, start, s4);
    FloatVector q4 = FloatVector.fromArray(SPECIES, start, s4 + LANES);
    FloatVector p5 = FloatVector.fromArray(SPECIES, start, s5);
    FloatVector q5 = FloatVector.fromArray(SPECIES, start, s5 + LANES);
    FloatVector p6 = FloatVector.fromArray(SPECIES, start, s6);
    FloatVector q6 = FloatVector.fromArray(SPECIES, start, s6 + LANES);
    FloatVector p7 = FloatVector.fromArray(SPECIES, start, s7);
    FloatVector q7 = FloatVector.fromArray(SPECIES, start, s7 + LANES);
    int bEnd = b0 + depth * PANEL;
    for (int k = -depth; k < 0; k++) {
      FloatVector left = FloatVector.fromArray(SPECIES, b, bEnd + k * PANEL);
      FloatVector right = FloatVector.fromArray(SPECIES, b, bEnd + k * PANEL + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[aEnd + k]);
      p0 = x0.fma(left, p0);
      q0 = x0.fma(right, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      p1 = x1.fma(left, p1);
      q1 = x1.fma(right, q1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      p2 = x2.fma(left, p2);
      q2 = x2.fma(right, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      p3 = x3.fma(left, p3);
      q3 = x3.fma(right, q3);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + k]);
      p4 = x4.fma(left, p4);
      q4 = x4.fma(right, q4);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + k]);
      p5 = x5.fma(left, p5);
      q5 = x5.fma(right, q5);
      FloatVector x6 = FloatVector.broadcast(SPECIES, a[a6 + k]);
      p6 = x6.fma(left, p6);
      q6 = x6.fma(right, q6);
      FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + k]);
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
    p0.intoArray(c, c0);
    q0.intoArray(c, c0 + LANES);
    p1.intoArray(c, c1);
    q1.intoArray(c, c1 + LANES);
    p2.intoArray(c, c2);
    q2.intoArray(c, c2 + LANES);
    p3.intoArray(c, c3);
    q3.intoArray(c, c3 + LANES);
    p4.intoArray(c, c4);
    q4.intoArray(c, c4 + LANES);
    p5.intoArray(c, c5);
    q5.intoArray(c, c5 + LANES);
    p6.intoArray(c, c6);
    q6.intoArray(c, c6 + LANES);
    p7.intoArray(c, c7);
    q7.intoArray(c, c7 + LANES);
  }

  /** 8 rows × 1 vector, for what is left of the columns. */
  static void tile8Narrow(
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
    int aEnd = a0 + depth;
    int a1 = aEnd + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    int a6 = a5 + lda;
    int a7 = a6 + lda;
    int s1 = s0 + lds;
    int s2 = s1 + lds;
    int s3 = s2 + lds;
    int s4 = s3 + lds;
    int s5 = s4 + lds;
    int s6 = s5 + lds;
    int s7 = s6 + lds;
    FloatVector p0 = FloatVector.fromArray(SPECIES, start, s0);
    FloatVector p1 = FloatVector.fromArray(SPECIES, start, s1);
    FloatVector p2 = FloatVector.fromArray(SPECIES, start, s2);
    FloatVector p3 = FloatVector.fromArray(SPECIES, start, s3);
    FloatVector p4 = FloatVector.fromArray(SPECIES, start, s4);
    FloatVector p5 = FloatVector.fromArray(SPECIES, start, s5);
    FloatVector p6 = FloatVector.fromArray(SPECIES, start, s6);
    FloatVector p7 = FloatVector.fromArray(SPECIES, start, s7);
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
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    int c6 = c5 + ldc;
    int c7 = c6 + ldc;
    p0.intoArray(c, c0);
    p1.intoArray(c, c1);
    p2.intoArray(c, c2);
    p3.intoArray(c, c3);
    p4.intoArray(c, c4);
    p5.intoArray(c, c5);
    p6.intoArray(c, c6);
    p7.intoArray(c, c7);
  }

  /**
   * 6 rows × 2 vectors, all that 16 registers hold. C2 on JDK 17 would load all six elements of A
   * before the first multiplication and spill accumulators for them; a branch that is never taken
   * stops that.
   */
  static void tile6(
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
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    int s1 = s0 + lds;
    int s2 = s1 + lds;
    int s3 = s2 + lds;
    int s4 = s3 + lds;
    int s5 = s4 + lds;
    FloatVector p0 = FloatVector.fromArray(SPECIES, start, s0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, start, s0 + LANES);
    FloatVector p1 = FloatVector.fromArray(SPECIES, start, s1);
    FloatVector q1 = FloatVector.fromArray(SPECIES, start, s1 + LANES);
    FloatVector p2 = FloatVector.fromArray(SPECIES, start, s2);
    FloatVector q2 = FloatVector.fromArray(SPECIES, start, s2 + LANES);
    FloatVector p3 = FloatVector.fromArray(SPECIES, start, s3);
    FloatVector q3 = FloatVector.fromArray(SPECIES, start, s3 + LANES);
    FloatVector p4 = FloatVector.fromArray(SPECIES, start, s4);
    FloatVector q4 = FloatVector.fromArray(SPECIES, start, s4 + LANES);
    FloatVector p5 = FloatVector.fromArray(SPECIES, start, s5);
    FloatVector q5 = FloatVector.fromArray(SPECIES, start, s5 + LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      p0 = x0.fma(left, p0);
      q0 = x0.fma(right, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      p1 = x1.fma(left, p1);
      q1 = x1.fma(right, q1);
      if (k == NEVER) {
        break;
      }
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      p2 = x2.fma(left, p2);
      q2 = x2.fma(right, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      p3 = x3.fma(left, p3);
      q3 = x3.fma(right, q3);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + k]);
      p4 = x4.fma(left, p4);
      q4 = x4.fma(right, q4);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + k]);
      p5 = x5.fma(left, p5);
      q5 = x5.fma(right, q5);
    }
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    p0.intoArray(c, c0);
    q0.intoArray(c, c0 + LANES);
    p1.intoArray(c, c1);
    q1.intoArray(c, c1 + LANES);
    p2.intoArray(c, c2);
    q2.intoArray(c, c2 + LANES);
    p3.intoArray(c, c3);
    q3.intoArray(c, c3 + LANES);
    p4.intoArray(c, c4);
    q4.intoArray(c, c4 + LANES);
    p5.intoArray(c, c5);
    q5.intoArray(c, c5 + LANES);
  }

  /** 4 rows × 2 vectors. */
  static void tile4(
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
    int a3 = a2 + lda;
    int s1 = s0 + lds;
    int s2 = s1 + lds;
    int s3 = s2 + lds;
    FloatVector p0 = FloatVector.fromArray(SPECIES, start, s0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, start, s0 + LANES);
    FloatVector p1 = FloatVector.fromArray(SPECIES, start, s1);
    FloatVector q1 = FloatVector.fromArray(SPECIES, start, s1 + LANES);
    FloatVector p2 = FloatVector.fromArray(SPECIES, start, s2);
    FloatVector q2 = FloatVector.fromArray(SPECIES, start, s2 + LANES);
    FloatVector p3 = FloatVector.fromArray(SPECIES, start, s3);
    FloatVector q3 = FloatVector.fromArray(SPECIES, start, s3 + LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      p0 = x0.fma(left, p0);
      q0 = x0.fma(right, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      p1 = x1.fma(left, p1);
      q1 = x1.fma(right, q1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      p2 = x2.fma(left, p2);
      q2 = x2.fma(right, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      p3 = x3.fma(left, p3);
      q3 = x3.fma(right, q3);
    }
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    p0.intoArray(c, c0);
    q0.intoArray(c, c0 + LANES);
    p1.intoArray(c, c1);
    q1.intoArray(c, c1 + LANES);
    p2.intoArray(c, c2);
    q2.intoArray(c, c2 + LANES);
    p3.intoArray(c, c3);
    q3.intoArray(c, c3 + LANES);
  }

  /** 2 rows × 2 vectors. */
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
    FloatVector p1 = FloatVector.fromArray(SPECIES, start, s1);
    FloatVector q1 = FloatVector.fromArray(SPECIES, start, s1 + LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      p0 = x0.fma(left, p0);
      q0 = x0.fma(right, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      p1 = x1.fma(left, p1);
      q1 = x1.fma(right, q1);
    }
    int c1 = c0 + ldc;
    p0.intoArray(c, c0);
    q0.intoArray(c, c0 + LANES);
    p1.intoArray(c, c1);
    q1.intoArray(c, c1 + LANES);
  }

  /** 1 row × 2 vectors. */
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
    for (int k = 0; k < depth; k++) {
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[a0 + k]);
      p0 = x0.fma(left, p0);
      q0 = x0.fma(right, q0);
    }
    p0.intoArray(c, c0);
    q0.intoArray(c, c0 + LANES);
  }

  /**
   * 1 row × 8 vectors: four pairs of neighbours, each with its own places in b, start and c, so
   * that enough chains are under way when A has a single row.
   */
  static void tile1Wide(
      float[] a,
      int a0,
      float[] b,
      int b0,
      int b1,
      int b2,
      int b3,
      int depth,
      float[] start,
      int s0,
      int s1,
      int s2,
      int s3,
      float[] c,
      int c0,
      int c1,
      int c2,
      int c3) {
    FloatVector p0 = FloatVector.fromArray(SPECIES, start, s0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, start, s0 + LANES);
    FloatVector p1 = FloatVector.fromArray(SPECIES, start, s1);
    FloatVector q1 = FloatVector.fromArray(SPECIES, start, s1 + LANES);
    FloatVector p2 = FloatVector.fromArray(SPECIES, start, s2);
    FloatVector q2 = FloatVector.fromArray(SPECIES, start, s2 + LANES);
    FloatVector p3 = FloatVector.fromArray(SPECIES, start, s3);
    FloatVector q3 = FloatVector.fromArray(SPECIES, start, s3 + LANES);
    for (int k = 0; k < depth; k++) {
      FloatVector x = FloatVector.broadcast(SPECIES, a[a0 + k]);
      p0 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL).fma(x, p0);
      q0 = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES).fma(x, q0);
      p1 = FloatVector.fromArray(SPECIES, b, b1 + k * PANEL).fma(x, p1);
      q1 = FloatVector.fromArray(SPECIES, b, b1 + k * PANEL + LANES).fma(x, q1);
      p2 = FloatVector.fromArray(SPECIES, b, b2 + k * PANEL).fma(x, p2);
      q2 = FloatVector.fromArray(SPECIES, b, b2 + k * PANEL + LANES).fma(x, q2);
      p3 = FloatVector.fromArray(SPECIES, b, b3 + k * PANEL).fma(x, p3);
      q3 = FloatVector.fromArray(SPECIES, b, b3 + k * PANEL + LANES).fma(x, q3);
    }
    p0.intoArray(c, c0);
    q0.intoArray(c, c0 + LANES);
    p1.intoArray(c, c1);
    q1.intoArray(c, c1 + LANES);
    p2.intoArray(c, c2);
    q2.intoArray(c, c2 + LANES);
    p3.intoArray(c, c3);
    q3.intoArray(c, c3 + LANES);
  }
}
