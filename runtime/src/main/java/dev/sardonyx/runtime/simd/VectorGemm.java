package dev.sardonyx.runtime.simd;

/**
 * The matrix product of the vector provider: the blocks and remainders around {@link GemmTiles}.
 *
 * <p>Loops from outside in: blocks of rows, whose part of A stays in the second-level cache; blocks
 * of k; tile columns, whose part of B stays near; tile rows. Blocks of k are taken in ascending
 * order and C is stored and reloaded between them, which changes no bit.
 */
final class VectorGemm {
  /** k in a block: 16 columns of B take 24 KB, 6 rows of A take 9 KB. */
  private static final int DEPTH = 384;

  /** Rows in a block, a multiple of the rows of each tile. */
  private static final int ROWS = 96;

  private static final int PANEL = PackedMatrix.PANEL;
  private static final int WIDTH = GemmTiles.WIDTH;

  /** 256-bit vectors come with 16 registers, the others with 32. */
  private static final boolean FEW_REGISTERS = GemmTiles.LANES == 8;

  private static final float[] ZEROS = new float[PANEL];

  /** Takes the last panel's columns, padding included, before they are copied to C. */
  private static final ThreadLocal<float[]> EDGE =
      ThreadLocal.withInitial(() -> new float[ROWS * PANEL]);

  private VectorGemm() {}

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
    for (int row = rowFrom; row < rowTo; row += ROWS) {
      int rows = Math.min(ROWS, rowTo - row);
      int k = 0;
      do {
        int depth = Math.min(DEPTH, b.k() - k);
        boolean last = k + depth == b.k();
        int panel = panelFrom;
        if (rows == 1) {
          panel =
              singleRow(
                  a,
                  aOffset + row * lda + k,
                  b,
                  k,
                  depth,
                  c,
                  cOffset + row * ldc,
                  panelFrom,
                  panelTo);
          if (last) {
            int column = panelFrom * PANEL;
            epilogue.apply(
                kernels,
                c,
                cOffset + row * ldc + column,
                ldc,
                1,
                panel * PANEL - column,
                column,
                residual,
                residualOffset + row * ldc + column);
          }
        }
        for (; panel < panelTo; panel++) {
          int column = panel * PANEL;
          int at = cOffset + row * ldc + column;
          int width = b.width(panel);
          if (width == PANEL) {
            panel(a, aOffset + row * lda + k, lda, b, panel, k, depth, c, at, ldc, rows, PANEL);
          } else {
            float[] edge = EDGE.get();
            panel(a, aOffset + row * lda + k, lda, b, panel, k, depth, edge, 0, PANEL, rows, width);
            if (last) {
              for (int r = 0; r < rows; r++) {
                System.arraycopy(edge, r * PANEL, c, at + r * ldc, width);
              }
            }
          }
          if (last) {
            epilogue.apply(
                kernels,
                c,
                at,
                ldc,
                rows,
                width,
                column,
                residual,
                residualOffset + row * ldc + column);
          }
        }
        k += depth;
      } while (k < b.k());
    }
  }

  /**
   * One block of rows × one block of k × one panel, of which the columns from {@code width} on need
   * not be computed.
   */
  private static void panel(
      float[] a,
      int a0,
      int lda,
      PackedMatrix b,
      int panel,
      int k,
      int depth,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int width) {
    int b0 = b.panelOffset(panel) + k * PANEL;
    for (int column = 0; column < width; column += WIDTH) {
      if (k == 0) {
        tiles(a, a0, lda, b.data(), b0 + column, depth, ZEROS, 0, 0, c, c0 + column, ldc, rows);
      } else {
        tiles(
            a,
            a0,
            lda,
            b.data(),
            b0 + column,
            depth,
            c,
            c0 + column,
            ldc,
            c,
            c0 + column,
            ldc,
            rows);
      }
    }
  }

  private static void tiles(
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
      int ldc,
      int rows) {
    int r = 0;
    if (FEW_REGISTERS) {
      for (; r + 6 <= rows; r += 6) {
        GemmTiles.tile6(
            a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
      }
    } else {
      for (; r + 8 <= rows; r += 8) {
        GemmTiles.tile8(
            a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
      }
    }
    if (r + 4 <= rows) {
      GemmTiles.tile4(
          a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
      r += 4;
    }
    if (r + 2 <= rows) {
      GemmTiles.tile2(
          a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
      r += 2;
    }
    if (r < rows) {
      GemmTiles.tile1(
          a, a0 + r * lda, lda, b, b0, depth, start, s0 + r * lds, lds, c, c0 + r * ldc, ldc);
    }
  }

  /**
   * A single row times as many whole panels as come in groups of eight vectors; returns the first
   * panel that is left.
   */
  private static int singleRow(
      float[] a,
      int a0,
      PackedMatrix b,
      int k,
      int depth,
      float[] c,
      int c0,
      int panelFrom,
      int panelTo) {
    int step = Math.max(1, 4 * WIDTH / PANEL);
    int panel = panelFrom;
    for (; panel + step <= panelTo && b.width(panel + step - 1) == PANEL; panel += step) {
      for (int column = panel * PANEL; column < (panel + step) * PANEL; column += 4 * WIDTH) {
        int c1 = column + WIDTH;
        int c2 = c1 + WIDTH;
        int c3 = c2 + WIDTH;
        int row = k * PANEL;
        int b0 = row + place(b, column);
        int b1 = row + place(b, c1);
        int b2 = row + place(b, c2);
        int b3 = row + place(b, c3);
        if (k == 0) {
          GemmTiles.tile1Wide(
              a,
              a0,
              b.data(),
              b0,
              b1,
              b2,
              b3,
              depth,
              ZEROS,
              0,
              0,
              0,
              0,
              c,
              c0 + column,
              c0 + c1,
              c0 + c2,
              c0 + c3);
        } else {
          GemmTiles.tile1Wide(
              a,
              a0,
              b.data(),
              b0,
              b1,
              b2,
              b3,
              depth,
              c,
              c0 + column,
              c0 + c1,
              c0 + c2,
              c0 + c3,
              c,
              c0 + column,
              c0 + c1,
              c0 + c2,
              c0 + c3);
        }
      }
    }
    return panel;
  }

  private static int place(PackedMatrix b, int column) {
    return b.panelOffset(column / PANEL) + column % PANEL;
  }
}
