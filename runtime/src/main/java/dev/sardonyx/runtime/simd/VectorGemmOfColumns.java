package dev.sardonyx.runtime.simd;

/**
 * {@link Kernels#gemmOfColumns} of the vector provider.
 *
 * <p>Loops from outside in: panels of A; panels of B; tiles. So B is best no larger than half of a
 * second-level cache. Columns of B that do not fill a tile are multiplied with the operands
 * exchanged, a few at a time.
 */
final class VectorGemmOfColumns {
  private static final int PANEL = PackedMatrix.PANEL;
  private static final int WIDTH = GemmTiles.WIDTH;

  /** Rows of the large tile, and of the small one. */
  private static final int MANY = GemmTiles.ROWS;

  private static final int FEW = 4;
  private static final float[] MINUS_ZEROS = VectorShortGemm.MINUS_ZEROS;

  /** Takes tiles that are larger than what is left of C. */
  private static final ThreadLocal<float[]> EDGE =
      ThreadLocal.withInitial(() -> new float[MANY * WIDTH]);

  private VectorGemmOfColumns() {}

  static void gemm(PackedMatrix a, PackedMatrix b, float[] bias, float[] c, int c0, int ldc) {
    int whole = b.n() / WIDTH * WIDTH;
    for (int panel = 0; panel < a.panels(); panel++) {
      int first = panel * PANEL;
      float[] added = bias == null ? MINUS_ZEROS : VectorGemm.padded(bias, first, a.width(panel));
      for (int pair = 0; pair < whole; pair += WIDTH) {
        rows(a, panel, b, pair, added, c, c0 + first * ldc + pair, ldc);
      }
      int column = whole;
      while (column < b.n()) {
        column += rest(a, panel, b, column, added, c, c0 + first * ldc + column, ldc);
      }
    }
  }

  /** All rows of a panel of A × two vectors of columns. */
  private static void rows(
      PackedMatrix a,
      int panel,
      PackedMatrix b,
      int column,
      float[] bias,
      float[] c,
      int c0,
      int ldc) {
    int width = a.width(panel);
    int b0 = b.panelOffset(column / PANEL) + column % PANEL;
    int r = 0;
    while (r < width) {
      // A panel is four times six rows and twice four.
      int size = MANY == 6 && r >= 24 ? FEW : MANY;
      boolean over = r + size > width;
      float[] to = over ? EDGE.get() : c;
      int to0 = over ? 0 : c0 + r * ldc;
      tile(size, a, a.panelOffset(panel) + r, b, b0, bias, r, to, to0, over ? WIDTH : ldc);
      for (int i = 0; over && r + i < width; i++) {
        System.arraycopy(to, i * WIDTH, c, c0 + (r + i) * ldc, WIDTH);
      }
      r += size;
    }
  }

  /** All rows of a panel of A × a few columns; returns how many. */
  private static int rest(
      PackedMatrix a,
      int panel,
      PackedMatrix b,
      int column,
      float[] bias,
      float[] c,
      int c0,
      int ldc) {
    int inPanel = column % PANEL;
    int size = b.n() - column > FEW && inPanel + MANY <= PANEL ? MANY : FEW;
    int columns = Math.min(size, b.n() - column);
    int b0 = b.panelOffset(column / PANEL) + inPanel;
    float[] edge = EDGE.get();
    for (int first = 0; first < a.width(panel); first += WIDTH) {
      int a0 = a.panelOffset(panel) + first;
      tile(size, b, b0, a, a0, MINUS_ZEROS, 0, edge, 0, WIDTH);
      int end = Math.min(WIDTH, a.width(panel) - first);
      for (int r = 0; r < end; r++) {
        for (int i = 0; i < columns; i++) {
          c[c0 + (first + r) * ldc + i] = edge[i * WIDTH + r] + bias[first + r];
        }
      }
    }
    return columns;
  }

  private static void tile(
      int size,
      PackedMatrix a,
      int a0,
      PackedMatrix b,
      int b0,
      float[] bias,
      int bias0,
      float[] c,
      int c0,
      int ldc) {
    if (size == 8) {
      GemmColumnTiles.eight(a.data(), a0, b.data(), b0, a.k(), bias, bias0, c, c0, ldc);
    } else if (size == 6) {
      GemmColumnTiles.six(a.data(), a0, b.data(), b0, a.k(), bias, bias0, c, c0, ldc);
    } else {
      GemmColumnTiles.four(a.data(), a0, b.data(), b0, a.k(), bias, bias0, c, c0, ldc);
    }
  }
}
