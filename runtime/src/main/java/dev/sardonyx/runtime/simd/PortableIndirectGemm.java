package dev.sardonyx.runtime.simd;

/** {@link Kernels#indirectGemm} by way of rows that lie in one piece. */
final class PortableIndirectGemm {
  /** Pixels that are multiplied at once. */
  private static final int PIXELS = 32;

  private static final ThreadLocal<float[]> ROWS = ThreadLocal.withInitial(() -> new float[0]);

  private PortableIndirectGemm() {}

  static void gemm(
      Kernels kernels,
      float[] x,
      int x0,
      int[] taps,
      PackedMatrix b,
      float[] c,
      int c0,
      int pixels,
      Epilogue epilogue,
      float[] residual,
      int residualOffset) {
    int n = b.n();
    float[] rows = rows(Math.min(pixels, PIXELS) * taps.length);
    for (int from = 0; from < pixels; from += PIXELS) {
      int count = Math.min(PIXELS, pixels - from);
      for (int p = 0; p < count; p++) {
        gather(x, x0 + from + p, taps, rows, p * taps.length);
      }
      int at = from * n;
      kernels.gemm(
          rows,
          0,
          taps.length,
          b,
          c,
          c0 + at,
          n,
          0,
          count,
          0,
          b.panels(),
          epilogue,
          residual,
          residualOffset + at);
    }
  }

  private static float[] rows(int size) {
    float[] rows = ROWS.get();
    if (rows.length < size) {
      rows = new float[size];
      ROWS.set(rows);
    }
    return rows;
  }

  private static void gather(float[] x, int x0, int[] taps, float[] row, int at) {
    for (int k = 0; k < taps.length; k++) {
      row[at + k] = x[x0 + taps[k]];
    }
  }
}
