package dev.sardonyx.runtime.simd;

import java.util.Arrays;

/**
 * The matrix product of the portable provider.
 *
 * <p>C2 makes vectors of a plain loop only if all its arrays are indexed by the same variable,
 * since it cannot know that two places in one array do not overlap. So a block of B is spread over
 * one array for each k, rows of C are brought into arrays of their own, and the innermost loop runs
 * over columns. Every element is still one chain of fused multiply-adds in ascending k that starts
 * with the bias.
 */
final class PortableGemm {
  /** Columns in a block: the row arrays of an inner loop stay in the first-level cache. */
  private static final int COLUMNS = 512;

  /** k in a block, a multiple of four: the block of B stays in the second-level cache. */
  private static final int DEPTH = 64;

  private static final int PANEL = PackedMatrix.PANEL;
  private static final int PANELS = COLUMNS / PANEL;

  private static final ThreadLocal<Rows> ROWS = ThreadLocal.withInitial(Rows::new);

  private PortableGemm() {}

  private static final class Rows {
    final float[][] b = new float[DEPTH][COLUMNS];
    final float[] c0 = new float[COLUMNS];
    final float[] c1 = new float[COLUMNS];
  }

  static void gemm(
      Kernels kernels,
      float[] a,
      int aOffset,
      int lda,
      PackedMatrix b,
      float[] c,
      int cOffset,
      int ldc,
      int rowFrom,
      int rowTo,
      int panelFrom,
      int panelTo,
      Epilogue epilogue,
      float[] residual,
      int residualOffset) {
    if (residual == c && residualOffset == cOffset) {
      overResidual(
          kernels,
          a,
          aOffset,
          lda,
          b,
          c,
          cOffset,
          ldc,
          rowFrom,
          rowTo,
          panelFrom,
          panelTo,
          epilogue,
          residualOffset);
      return;
    }
    Rows scratch = ROWS.get();
    for (int panel = panelFrom; panel < panelTo; panel += PANELS) {
      int panelEnd = Math.min(panelTo, panel + PANELS);
      int column = panel * PANEL;
      int columns = Math.min(panelEnd * PANEL, b.n()) - column;
      int k = 0;
      do {
        int depth = Math.min(DEPTH, b.k() - k);
        spread(b, panel, panelEnd, k, depth, scratch.b);
        boolean first = k == 0;
        int row = rowFrom;
        for (; row + 2 <= rowTo; row += 2) {
          int at = cOffset + row * ldc + column;
          if (first) {
            start(epilogue.bias(), column, scratch.c0, columns);
            start(epilogue.bias(), column, scratch.c1, columns);
          } else {
            System.arraycopy(c, at, scratch.c0, 0, columns);
            System.arraycopy(c, at + ldc, scratch.c1, 0, columns);
          }
          twoRows(a, aOffset + row * lda + k, lda, depth, scratch, columns);
          System.arraycopy(scratch.c0, 0, c, at, columns);
          System.arraycopy(scratch.c1, 0, c, at + ldc, columns);
        }
        if (row < rowTo) {
          int at = cOffset + row * ldc + column;
          if (first) {
            start(epilogue.bias(), column, scratch.c0, columns);
          } else {
            System.arraycopy(c, at, scratch.c0, 0, columns);
          }
          oneRow(a, aOffset + row * lda + k, depth, scratch, columns);
          System.arraycopy(scratch.c0, 0, c, at, columns);
        }
        k += depth;
      } while (k < b.k());
      int corner = rowFrom * ldc + column;
      Epilogue.finish(
          epilogue.activation(),
          kernels,
          c,
          cOffset + corner,
          ldc,
          rowTo - rowFrom,
          columns,
          residual,
          residualOffset + corner,
          ldc);
      epilogue.prelu(kernels, c, cOffset + corner, ldc, rowTo - rowFrom, columns, column);
    }
  }

  /** Sums are stored before the residual is added, so that this needs a copy. */
  private static void overResidual(
      Kernels kernels,
      float[] a,
      int aOffset,
      int lda,
      PackedMatrix b,
      float[] c,
      int cOffset,
      int ldc,
      int rowFrom,
      int rowTo,
      int panelFrom,
      int panelTo,
      Epilogue epilogue,
      int residualOffset) {
    int column = Math.min(panelFrom * PANEL, b.n());
    int columns = Math.min(panelTo * PANEL, b.n()) - column;
    int most = Math.max(DEPTH, ResidualCopy.FLOATS / ldc);
    for (int row = rowFrom; row < rowTo; row += most) {
      int rows = Math.min(most, rowTo - row);
      int at = residualOffset + row * ldc + column;
      gemm(
          kernels,
          a,
          aOffset + row * lda,
          lda,
          b,
          c,
          cOffset + row * ldc,
          ldc,
          0,
          rows,
          panelFrom,
          panelTo,
          epilogue,
          ResidualCopy.of(c, at, ldc, rows, columns),
          -column);
    }
  }

  private static void start(float[] bias, int column, float[] row, int columns) {
    if (bias == null) {
      Arrays.fill(row, 0, columns, 0f);
    } else {
      System.arraycopy(bias, column, row, 0, columns);
    }
  }

  private static void spread(
      PackedMatrix b, int panelFrom, int panelTo, int k, int depth, float[][] rows) {
    for (int panel = panelFrom; panel < panelTo; panel++) {
      int from = b.panelOffset(panel) + k * PANEL;
      int to = (panel - panelFrom) * PANEL;
      for (int i = 0; i < depth; i++) {
        System.arraycopy(b.data(), from + i * PANEL, rows[i], to, PANEL);
      }
    }
  }

  private static void twoRows(float[] a, int a0, int lda, int depth, Rows rows, int columns) {
    float[][] b = rows.b;
    int k = 0;
    for (; k + 4 <= depth; k += 4) {
      twoRowsFourDeep(
          a, a0 + k, a0 + lda + k, b[k], b[k + 1], b[k + 2], b[k + 3], rows.c0, rows.c1, columns);
    }
    for (; k < depth; k++) {
      oneDeep(a[a0 + k], b[k], rows.c0, columns);
      oneDeep(a[a0 + lda + k], b[k], rows.c1, columns);
    }
  }

  private static void oneRow(float[] a, int a0, int depth, Rows rows, int columns) {
    float[][] b = rows.b;
    int k = 0;
    for (; k + 4 <= depth; k += 4) {
      oneRowFourDeep(a, a0 + k, b[k], b[k + 1], b[k + 2], b[k + 3], rows.c0, columns);
    }
    for (; k < depth; k++) {
      oneDeep(a[a0 + k], b[k], rows.c0, columns);
    }
  }

  private static void twoRowsFourDeep(
      float[] a,
      int a0,
      int a1,
      float[] b0,
      float[] b1,
      float[] b2,
      float[] b3,
      float[] c0,
      float[] c1,
      int columns) {
    float x0 = a[a0];
    float x1 = a[a0 + 1];
    float x2 = a[a0 + 2];
    float x3 = a[a0 + 3];
    float y0 = a[a1];
    float y1 = a[a1 + 1];
    float y2 = a[a1 + 2];
    float y3 = a[a1 + 3];
    for (int j = 0; j < columns; j++) {
      c0[j] =
          Math.fma(x3, b3[j], Math.fma(x2, b2[j], Math.fma(x1, b1[j], Math.fma(x0, b0[j], c0[j]))));
      c1[j] =
          Math.fma(y3, b3[j], Math.fma(y2, b2[j], Math.fma(y1, b1[j], Math.fma(y0, b0[j], c1[j]))));
    }
  }

  private static void oneRowFourDeep(
      float[] a, int a0, float[] b0, float[] b1, float[] b2, float[] b3, float[] c0, int columns) {
    float x0 = a[a0];
    float x1 = a[a0 + 1];
    float x2 = a[a0 + 2];
    float x3 = a[a0 + 3];
    for (int j = 0; j < columns; j++) {
      c0[j] =
          Math.fma(x3, b3[j], Math.fma(x2, b2[j], Math.fma(x1, b1[j], Math.fma(x0, b0[j], c0[j]))));
    }
  }

  private static void oneDeep(float x, float[] b, float[] c, int columns) {
    for (int j = 0; j < columns; j++) {
      c[j] = Math.fma(x, b[j], c[j]);
    }
  }
}
