package dev.sardonyx.runtime.simd;

import java.util.Arrays;

/** The float64 matrix product of the portable provider, by the means of {@link PortableGemm}. */
final class PortableDoubleGemm {
  /** Columns in a block: the row arrays of an inner loop stay in the first-level cache. */
  private static final int COLUMNS = 256;

  /** k in a block, a multiple of four: the block of B stays in the second-level cache. */
  private static final int DEPTH = 64;

  private static final int PANEL = PackedDoubles.PANEL;

  private static final ThreadLocal<Rows> ROWS = ThreadLocal.withInitial(Rows::new);

  private PortableDoubleGemm() {}

  private static final class Rows {
    final double[][] b = new double[DEPTH][COLUMNS];
    final double[] c = new double[COLUMNS];
  }

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
    Rows scratch = ROWS.get();
    for (int column = 0; column < b.n(); column += COLUMNS) {
      int columns = Math.min(COLUMNS, b.n() - column);
      int k = 0;
      do {
        int depth = Math.min(DEPTH, b.k() - k);
        spread(b, column, columns, k, depth, scratch.b);
        for (int row = rowFrom; row < rowTo; row++) {
          int at = cOffset + row * ldc + column;
          if (k == 0) {
            Arrays.fill(scratch.c, 0, columns, 0);
          } else {
            System.arraycopy(c, at, scratch.c, 0, columns);
          }
          row(a, aOffset + row * lda + k, depth, scratch, columns);
          System.arraycopy(scratch.c, 0, c, at, columns);
        }
        k += depth;
      } while (k < b.k());
    }
  }

  private static void spread(
      PackedDoubles b, int column, int columns, int k, int depth, double[][] rows) {
    for (int j = 0; j < columns; j += PANEL) {
      int from = b.panelOffset((column + j) / PANEL) + k * PANEL;
      for (int i = 0; i < depth; i++) {
        System.arraycopy(b.data(), from + i * PANEL, rows[i], j, PANEL);
      }
    }
  }

  private static void row(double[] a, int a0, int depth, Rows rows, int columns) {
    double[][] b = rows.b;
    int k = 0;
    for (; k + 4 <= depth; k += 4) {
      fourDeep(a, a0 + k, b[k], b[k + 1], b[k + 2], b[k + 3], rows.c, columns);
    }
    for (; k < depth; k++) {
      oneDeep(a[a0 + k], b[k], rows.c, columns);
    }
  }

  private static void fourDeep(
      double[] a,
      int a0,
      double[] b0,
      double[] b1,
      double[] b2,
      double[] b3,
      double[] c,
      int columns) {
    double x0 = a[a0];
    double x1 = a[a0 + 1];
    double x2 = a[a0 + 2];
    double x3 = a[a0 + 3];
    for (int j = 0; j < columns; j++) {
      c[j] =
          Math.fma(x3, b3[j], Math.fma(x2, b2[j], Math.fma(x1, b1[j], Math.fma(x0, b0[j], c[j]))));
    }
  }

  private static void oneDeep(double x, double[] b, double[] c, int columns) {
    for (int j = 0; j < columns; j++) {
      c[j] = Math.fma(x, b[j], c[j]);
    }
  }
}
