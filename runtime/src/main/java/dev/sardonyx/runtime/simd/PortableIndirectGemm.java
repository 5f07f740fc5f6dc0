package dev.sardonyx.runtime.simd;

/** {@link Kernels#indirectGemm} by way of rows that lie in one piece. */
final class PortableIndirectGemm {
  /** Pixels that are multiplied at once. */
  private static final int PIXELS = 32;

  private static final ThreadLocal<float[]> LAID_OUT = ThreadLocal.withInitial(() -> new float[0]);

  private PortableIndirectGemm() {}

  static void gemm(
      Kernels kernels,
      float[] x,
      int x0,
      int xStride,
      int[] taps,
      PackedMatrix b,
      float[] c,
      int c0,
      int rows,
      int pixels,
      Epilogue epilogue,
      float[] residual,
      int residualOffset) {
    int n = b.n();
    int all = rows * pixels;
    float[] laidOut = laidOut(Math.min(all, PIXELS) * taps.length);
    for (int from = 0; from < all; from += PIXELS) {
      int count = Math.min(PIXELS, all - from);
      for (int i = 0; i < count; i++) {
        int p = from + i;
        gather(x, x0 + p / pixels * xStride + p % pixels, taps, laidOut, i * taps.length);
      }
      int at = from * n;
      kernels.gemm(
          laidOut,
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

  private static float[] laidOut(int size) {
    float[] laidOut = LAID_OUT.get();
    if (laidOut.length < size) {
      laidOut = new float[size];
      LAID_OUT.set(laidOut);
    }
    return laidOut;
  }

  private static void gather(float[] x, int x0, int[] taps, float[] row, int at) {
    for (int k = 0; k < taps.length; k++) {
      row[at + k] = x[x0 + taps[k]];
    }
  }
}
