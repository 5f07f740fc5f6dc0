package dev.sardonyx.runtime.simd;

import java.util.Arrays;

/**
 * A single row times a matrix, by the vector provider: as many columns at a time as keep eight
 * vectors of sums, all of k in one go. Columns that are left pass through a buffer; where they fill
 * fewer vectors, the last of them are computed several times, which costs nothing: each sum waits
 * for the one before, and the weights are in the first-level cache.
 */
final class VectorGemv {
  private static final int PANEL = PackedMatrix.PANEL;
  private static final int WIDTH = GemmTiles.WIDTH;

  /** Columns that are multiplied at a time: whole panels. */
  static final int COLUMNS = 4 * WIDTH;

  private static final float[] ZEROS = new float[PANEL];

  /** Takes the columns that are left, padding included. */
  private static final ThreadLocal<float[]> EDGE =
      ThreadLocal.withInitial(() -> new float[COLUMNS]);

  private VectorGemv() {}

  /** C = A·B + bias, residual and activation, for the row of A at {@code a0}. */
  static void gemv(
      Kernels kernels,
      float[] a,
      int a0,
      PackedMatrix b,
      float[] c,
      int c0,
      int panelFrom,
      int panelTo,
      Epilogue epilogue,
      float[] residual,
      int r0) {
    int first = panelFrom * PANEL;
    int end = Math.min(panelTo * PANEL, b.n());
    int whole = first + (end - first) / COLUMNS * COLUMNS;
    int last = (end + WIDTH - 1) / WIDTH * WIDTH - WIDTH;
    float[] bias = epilogue.bias();
    float[] start = bias == null ? ZEROS : bias;
    int step = bias == null ? 0 : 1;
    for (int done = first; done < whole; done += COLUMNS) {
      int n = b.isDescending() ? whole - COLUMNS - (done - first) : done;
      columns(a, a0, b, n, last, start, 0, step, c, c0);
    }
    UnaryFunction f = epilogue.activation();
    Epilogue.finish(f, kernels, c, c0 + first, 0, 1, whole - first, residual, r0 + first, 0);
    int left = end - whole;
    if (left > 0) {
      float[] edge = EDGE.get();
      Arrays.fill(edge, 0f);
      if (bias != null) {
        System.arraycopy(bias, whole, edge, 0, left);
      }
      columns(a, a0, b, whole, last, edge, -whole, 1, edge, -whole);
      VectorGemm.finish(
          kernels, f, edge, 0, COLUMNS, c, c0 + whole, 0, 1, left, residual, r0 + whole);
    }
  }

  /**
   * Columns from n on, but none that begin behind {@code last}.
   *
   * @param start the sum of column n begins with element {@code s0 + n * step}
   * @param c takes it at {@code c0 + n}
   */
  private static void columns(
      float[] a,
      int a0,
      PackedMatrix b,
      int n,
      int last,
      float[] start,
      int s0,
      int step,
      float[] c,
      int c0) {
    int n1 = Math.min(n + WIDTH, last);
    int n2 = Math.min(n1 + WIDTH, last);
    int n3 = Math.min(n2 + WIDTH, last);
    GemmTiles.tile1Wide(
        a,
        a0,
        b.data(),
        place(b, n),
        place(b, n1),
        place(b, n2),
        place(b, n3),
        b.k(),
        start,
        s0 + n * step,
        s0 + n1 * step,
        s0 + n2 * step,
        s0 + n3 * step,
        c,
        c0 + n,
        c0 + n1,
        c0 + n2,
        c0 + n3);
  }

  private static int place(PackedMatrix b, int column) {
    return b.panelOffset(column / PANEL) + column % PANEL;
  }
}
