package dev.sardonyx.runtime.simd;

import java.util.Arrays;

/**
 * The product of {@link PackedRows} and a matrix, of the vector provider.
 *
 * <p>Loops from outside in: blocks of rows; blocks of k; panels; tiles. A block of A stays in the
 * second-level cache while B streams past it.
 */
final class VectorRowsGemm {
  /** Rows in a block, a multiple of those of a tile; the last one may have a few more. */
  private static final int ROWS = 288;

  private static final int MORE = 3;

  private static final int PANEL = PackedMatrix.PANEL;
  private static final int LANES = GemmTiles.LANES;

  /** Fewer columns than these of the last panel are worth tiles of their own. */
  private static final int NARROW = 2 * LANES;

  private static final float[] ZEROS = new float[PANEL];
  private static final float[] MINUS_ZEROS = VectorShortGemm.MINUS_ZEROS;

  /** The bias of each row in all columns of a panel. */
  private static final ThreadLocal<float[]> BIAS =
      ThreadLocal.withInitial(() -> new float[(ROWS + MORE) * PANEL]);

  /** Takes the last panel's columns, padding included, before they are copied to C. */
  private static final ThreadLocal<float[]> EDGE =
      ThreadLocal.withInitial(() -> new float[(ROWS + MORE) * PANEL]);

  private VectorRowsGemm() {}

  /** Whether the tiles are for vectors of this length. */
  static boolean hasTiles() {
    return LANES == 8;
  }

  static void gemm(
      Kernels kernels, PackedRows a, PackedMatrix b, float[] bias, float[] c, int c0, int ldc) {
    int whole = b.n() / PANEL;
    float[] spread = bias == null ? MINUS_ZEROS : BIAS.get();
    int from = 0;
    while (from < a.rows()) {
      int to = a.rows() - from <= ROWS + MORE ? a.rows() : from + ROWS;
      for (int row = from; row < to && bias != null; row++) {
        int at = (row - from) * PANEL;
        Arrays.fill(spread, at, at + PANEL, bias[row]);
      }
      for (int k = 0; k < a.k(); k += PackedRows.DEPTH) {
        for (int panel = 0; panel < whole; panel++) {
          int ci = c0 + from * ldc + panel * PANEL;
          panel(a, from, to, k, b, panel, spread, c, ci, ldc);
        }
        if (whole < b.panels()) {
          edge(a, from, to, k, b, whole);
        }
      }
      finish(kernels, a, from, to, b.n(), bias, c, c0, ldc);
      from = to;
    }
  }

  /** Some rows × one block of k × one panel. Rows that come by three have the bias in the end. */
  private static void panel(
      PackedRows a,
      int from,
      int to,
      int k,
      PackedMatrix b,
      int panel,
      float[] bias,
      float[] c,
      int c0,
      int ldc) {
    int depth = a.depth(k);
    float[] residual = k + depth == a.k() ? bias : MINUS_ZEROS;
    int ldr = residual == MINUS_ZEROS ? 0 : PANEL;
    float[] start = k == 0 ? ZEROS : c;
    int s0 = k == 0 ? 0 : c0;
    int lds = k == 0 ? 0 : ldc;
    tiles(a, from, to, 0, k, b, panel, start, s0, lds, residual, ldr, c, c0, ldc);
  }

  /** The last panel, if it is narrower than the others, without bias into {@link #EDGE}. */
  private static void edge(PackedRows a, int from, int to, int k, PackedMatrix b, int panel) {
    float[] edge = EDGE.get();
    float[] start = k == 0 ? ZEROS : edge;
    int lds = k == 0 ? 0 : PANEL;
    int depth = a.depth(k);
    int a0 = a.block(k) + from * depth;
    int b0 = b.panelOffset(panel) + k * PANEL;
    int done = 0;
    if (b.width(panel) <= NARROW) {
      int triples = Math.max(0, Math.min(to, a.triples()) - from);
      done = triples - triples % 6;
      for (int column = 0; column < b.width(panel); column += LANES) {
        for (int r = 0; r < done; r += 6) {
          GemmNarrowTile.tile6(
              a.data(),
              a0 + r * depth,
              b.data(),
              b0 + column,
              depth,
              start,
              k == 0 ? 0 : r * PANEL + column,
              lds,
              edge,
              r * PANEL + column);
        }
      }
    }
    tiles(a, from, to, done, k, b, panel, start, 0, lds, MINUS_ZEROS, 0, edge, 0, PANEL);
  }

  private static void tiles(
      PackedRows a,
      int from,
      int to,
      int done,
      int k,
      PackedMatrix b,
      int panel,
      float[] start,
      int s0,
      int lds,
      float[] residual,
      int ldr,
      float[] c,
      int c0,
      int ldc) {
    int depth = a.depth(k);
    int a0 = a.block(k) + from * depth;
    int b0 = b.panelOffset(panel) + k * PANEL;
    int triples = Math.min(to, a.triples()) - from;
    int r = done;
    for (; r < triples; r += 3) {
      GemmWideTiles.tile3(
          a.data(),
          a0 + r * depth,
          b.data(),
          b0,
          depth,
          start,
          s0 + r * lds,
          lds,
          residual,
          r * ldr,
          ldr,
          Float.NEGATIVE_INFINITY,
          Float.POSITIVE_INFINITY,
          c,
          c0 + r * ldc,
          ldc);
    }
    for (; r < to - from; r += 2) {
      GemmWideTiles.tile2(
          a.data(),
          a0 + r * depth,
          b.data(),
          b0,
          depth,
          start,
          s0 + r * lds,
          lds,
          c,
          c0 + r * ldc,
          ldc);
    }
  }

  /** Adds the bias where tiles have not; copies the last panel to where it belongs. */
  private static void finish(
      Kernels kernels,
      PackedRows a,
      int from,
      int to,
      int columns,
      float[] bias,
      float[] c,
      int c0,
      int ldc) {
    int rest = columns % PANEL;
    int whole = columns - rest;
    for (int row = Math.max(from, a.triples()); row < to && bias != null; row++) {
      int at = c0 + row * ldc;
      kernels.binaryScalar(BinaryOp.ADD, c, at, bias[row], c, at, whole);
    }
    float[] edge = EDGE.get();
    for (int row = from; row < to; row++) {
      float added = bias == null ? -0f : bias[row];
      int at = c0 + row * ldc + whole;
      for (int i = 0; i < rest; i++) {
        c[at + i] = edge[(row - from) * PANEL + i] + added;
      }
    }
  }
}
