package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The float64 matrix product of the vector provider: blocks of rows, blocks of k, panels, tiles, as
 * in {@link VectorGemm}, with one shape of tile and one for the rows that are left.
 */
final class VectorDoubleGemm {
  static final VectorSpecies<Double> SPECIES =
      VectorSpecies.of(double.class, VectorLength.SPECIES.vectorShape());
  private static final int LANES = SPECIES.length();

  /** Columns of a tile. */
  private static final int WIDTH = 2 * LANES;

  private static final int PANEL = PackedDoubles.PANEL;

  /** k in a block: a panel of B takes 32 KB. */
  private static final int DEPTH = 256;

  /** Rows in a block: their part of A stays in the second-level cache. */
  private static final int ROWS = 128;

  private static final double[] ZEROS = new double[PANEL];

  /** Takes the last panel's columns, padding included, before they are copied to C. */
  private static final ThreadLocal<double[]> EDGE =
      ThreadLocal.withInitial(() -> new double[ROWS * PANEL]);

  private VectorDoubleGemm() {}

  static void gemm(
      double[] a,
      int aOffset,
      int lda,
      PackedDoubles b,
      double[] c,
      int cOffset,
      int ldc,
      int rowFrom,
      int rowTo) {
    for (int row = rowFrom; row < rowTo; row += ROWS) {
      int rows = Math.min(ROWS, rowTo - row);
      int k = 0;
      do {
        int depth = Math.min(DEPTH, b.k() - k);
        for (int panel = 0; panel < b.panels(); panel++) {
          int ai = aOffset + row * lda + k;
          int ci = cOffset + row * ldc + panel * PANEL;
          panel(a, ai, lda, b, panel, k, depth, c, ci, ldc, rows);
        }
        k += depth;
      } while (k < b.k());
    }
  }

  /** Some rows × one block of k × one panel. */
  private static void panel(
      double[] a,
      int a0,
      int lda,
      PackedDoubles b,
      int panel,
      int k,
      int depth,
      double[] c,
      int c0,
      int ldc,
      int rows) {
    int width = b.width(panel);
    int b0 = b.panelOffset(panel) + k * PANEL;
    if (width == PANEL) {
      tiles(a, a0, lda, b.data(), b0, depth, k > 0, c, c0, ldc, rows);
      return;
    }
    double[] edge = EDGE.get();
    for (int r = 0; r < rows && k > 0; r++) {
      System.arraycopy(c, c0 + r * ldc, edge, r * PANEL, width);
    }
    tiles(a, a0, lda, b.data(), b0, depth, k > 0, edge, 0, PANEL, rows);
    for (int r = 0; r < rows; r++) {
      System.arraycopy(edge, r * PANEL, c, c0 + r * ldc, width);
    }
  }

  /**
   * @param inC whether the sums of the blocks of k before this one are in C
   */
  private static void tiles(
      double[] a,
      int a0,
      int lda,
      double[] b,
      int b0,
      int depth,
      boolean inC,
      double[] c,
      int c0,
      int ldc,
      int rows) {
    double[] start = inC ? c : ZEROS;
    for (int column = 0; column < PANEL; column += WIDTH) {
      int ci = c0 + column;
      int s0 = inC ? ci : 0;
      int lds = inC ? ldc : 0;
      int r = 0;
      for (; r + 4 <= rows; r += 4) {
        int ai = a0 + r * lda;
        tile4(a, ai, lda, b, b0 + column, depth, start, s0 + r * lds, lds, c, ci + r * ldc, ldc);
      }
      for (; r < rows; r++) {
        tile1(a, a0 + r * lda, b, b0 + column, depth, start, s0 + r * lds, c, ci + r * ldc);
      }
    }
  }

  /** 4 rows × 2 vectors. */
  private static void tile4(
      double[] a,
      int a0,
      int lda,
      double[] b,
      int b0,
      int depth,
      double[] start,
      int s0,
      int lds,
      double[] c,
      int c0,
      int ldc) {
    int a1 = a0 + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int s1 = s0 + lds;
    int s2 = s1 + lds;
    int s3 = s2 + lds;
    DoubleVector p0 = DoubleVector.fromArray(SPECIES, start, s0);
    DoubleVector q0 = DoubleVector.fromArray(SPECIES, start, s0 + LANES);
    DoubleVector p1 = DoubleVector.fromArray(SPECIES, start, s1);
    DoubleVector q1 = DoubleVector.fromArray(SPECIES, start, s1 + LANES);
    DoubleVector p2 = DoubleVector.fromArray(SPECIES, start, s2);
    DoubleVector q2 = DoubleVector.fromArray(SPECIES, start, s2 + LANES);
    DoubleVector p3 = DoubleVector.fromArray(SPECIES, start, s3);
    DoubleVector q3 = DoubleVector.fromArray(SPECIES, start, s3 + LANES);
    for (int k = 0; k < depth; k++) {
      DoubleVector left = DoubleVector.fromArray(SPECIES, b, b0 + k * PANEL);
      DoubleVector right = DoubleVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      DoubleVector x0 = DoubleVector.broadcast(SPECIES, a[a0 + k]);
      p0 = x0.fma(left, p0);
      q0 = x0.fma(right, q0);
      DoubleVector x1 = DoubleVector.broadcast(SPECIES, a[a1 + k]);
      p1 = x1.fma(left, p1);
      q1 = x1.fma(right, q1);
      DoubleVector x2 = DoubleVector.broadcast(SPECIES, a[a2 + k]);
      p2 = x2.fma(left, p2);
      q2 = x2.fma(right, q2);
      DoubleVector x3 = DoubleVector.broadcast(SPECIES, a[a3 + k]);
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

  /** 1 row × 2 vectors. */
  private static void tile1(
      double[] a,
      int a0,
      double[] b,
      int b0,
      int depth,
      double[] start,
      int s0,
      double[] c,
      int c0) {
    DoubleVector p0 = DoubleVector.fromArray(SPECIES, start, s0);
    DoubleVector q0 = DoubleVector.fromArray(SPECIES, start, s0 + LANES);
    for (int k = 0; k < depth; k++) {
      DoubleVector x0 = DoubleVector.broadcast(SPECIES, a[a0 + k]);
      p0 = x0.fma(DoubleVector.fromArray(SPECIES, b, b0 + k * PANEL), p0);
      q0 = x0.fma(DoubleVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES), q0);
    }
    p0.intoArray(c, c0);
    q0.intoArray(c, c0 + LANES);
  }
}
