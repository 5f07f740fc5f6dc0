package dev.sardonyx.runtime.simd;

import java.util.Arrays;

/**
 * The matrix product of the vector provider where sums are short, so that what a tile costs besides
 * its multiplications counts: {@link GemmShortTiles}.
 *
 * <p>Columns that do not fill a vector are computed with the zero columns of their panel, and the
 * superfluous results lie where the next row begins, which is written afterwards.
 */
final class VectorShortGemm {
  private static final int PANEL = PackedMatrix.PANEL;
  private static final int LANES = GemmTiles.LANES;

  /** Tiles are made for vectors of eight lanes, which come with 16 registers, or more. */
  private static final boolean HAS_TILES = LANES >= 8;

  /**
   * Longer vectors come with 32 registers: {@link GemmTiles} are better then, but where a single
   * vector has all columns.
   */
  private static final boolean MANY_REGISTERS = LANES > 8;

  /** Longest sums. */
  private static final int DEPTH = 256;

  /**
   * Where B is wider, and sums are not very short, it is worth packing A: {@link VectorGemm};
   * likewise where nothing of B's columns or of the sums is left beside whole tiles.
   */
  private static final int WIDTH = 255;

  private static final int VERY_SHORT = 63;

  /** Rows of the highest tile. */
  static final int ROWS = 8;

  /** For no residual, or no bias after the sum: adding −0 changes nothing, not even 0. */
  static final float[] MINUS_ZEROS = minusZeros();

  private VectorShortGemm() {}

  private static float[] minusZeros() {
    float[] a = new float[PANEL];
    Arrays.fill(a, -0f);
    return a;
  }

  /** Whether products like this are what this class is made for, apart from few that are not. */
  static boolean takes(PackedMatrix b, int rows) {
    if (MANY_REGISTERS && b.n() >= LANES) {
      return false;
    }
    boolean fits = b.n() % PANEL == 0 && b.k() % GemmWideTiles.STEP == 0;
    boolean wide = b.n() > WIDTH || b.n() > PANEL && fits;
    int depth = wide || MANY_REGISTERS ? VERY_SHORT : DEPTH;
    return HAS_TILES && b.k() <= depth && rows >= ROWS;
  }

  /**
   * Computes rows of C from the first on, if this class is made for the product.
   *
   * @return how many rows are done: all, all but the last few, or none
   */
  static int rows(
      Kernels kernels,
      float[] a,
      int a0,
      int lda,
      PackedMatrix b,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int panelFrom,
      int panelTo,
      Epilogue epilogue,
      float[] residual,
      int r0) {
    if (!takes(b, rows) || panelFrom == panelTo) {
      return 0;
    }
    UnaryFunction f = epilogue.activation();
    boolean wholeRows = ldc == b.n() && panelFrom == 0 && panelTo == b.panels();
    int tooMany = -b.width(panelTo - 1) & (LANES - 1);
    // What is too much must not reach beyond the last row.
    int done = tooMany == 0 ? rows : rows - (tooMany + b.n() - 1) / b.n();
    if (done < ROWS || !wholeRows && (tooMany > 0 || !f.clips())) {
      return 0;
    }
    // The last panel first, so that what it writes too much is replaced.
    for (int panel = panelTo - 1; panel >= panelFrom; panel--) {
      int column = panel * PANEL;
      float[] bias = epilogue.bias();
      boolean readable = bias != null && b.width(panel) % LANES == 0;
      panel(
          a,
          a0,
          lda,
          b,
          panel,
          readable ? bias : VectorGemm.padded(bias, column, b.width(panel)),
          readable ? column : 0,
          residual == null ? MINUS_ZEROS : residual,
          residual == null ? 0 : r0 + column,
          residual == null ? 0 : ldc,
          f.lowest(),
          f.highest(),
          c,
          c0 + column,
          ldc,
          done);
    }
    if (!f.clips()) {
      kernels.unary(f, c, c0, c, c0, done * ldc);
    }
    return done;
  }

  private static void panel(
      float[] a,
      int a0,
      int lda,
      PackedMatrix b,
      int panel,
      float[] bias,
      int bias0,
      float[] residual,
      int r0,
      int ldr,
      float lowest,
      float highest,
      float[] c,
      int c0,
      int ldc,
      int rows) {
    float[] d = b.data();
    int b0 = b.panelOffset(panel);
    int k = b.k();
    switch ((b.width(panel) + LANES - 1) / LANES) {
      case 4 ->
          GemmShortTiles.rows3(
              a, a0, lda, d, b0, k, bias, bias0, residual, r0, ldr, lowest, highest, c, c0, ldc,
              rows);
      case 3 ->
          GemmShortTiles.rows4(
              a, a0, lda, d, b0, k, bias, bias0, residual, r0, ldr, lowest, highest, c, c0, ldc,
              rows);
      case 2 ->
          GemmShortTiles.rows6(
              a, a0, lda, d, b0, k, bias, bias0, residual, r0, ldr, lowest, highest, c, c0, ldc,
              rows);
      default ->
          GemmShortTiles.rows8(
              a, a0, lda, d, b0, k, bias, bias0, residual, r0, ldr, lowest, highest, c, c0, ldc,
              rows);
    }
  }
}
