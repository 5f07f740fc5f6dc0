package dev.sardonyx.runtime.simd;

/** {@link Kernels#gemmOfColumns} by way of rows that lie in one piece. */
final class PortableGemmOfColumns {
  private static final int PANEL = PackedMatrix.PANEL;
  private static final ThreadLocal<float[]> ROWS = ThreadLocal.withInitial(() -> new float[0]);

  private PortableGemmOfColumns() {}

  static void gemm(
      Kernels kernels, PackedMatrix a, PackedMatrix b, float[] bias, float[] c, int c0, int ldc) {
    int k = a.k();
    float[] rows = ROWS.get();
    if (rows.length < PANEL * k) {
      rows = new float[PANEL * k];
      ROWS.set(rows);
    }
    for (int panel = 0; panel < a.panels(); panel++) {
      int width = a.width(panel);
      Transpose.transpose(a.data(), a.panelOffset(panel), PANEL, k, width, rows, 0, k);
      int at = c0 + panel * PANEL * ldc;
      kernels.gemm(rows, 0, k, b, c, at, ldc, width, Epilogue.NONE);
      for (int r = 0; r < width && bias != null; r++) {
        int row = at + r * ldc;
        kernels.binaryScalar(BinaryOp.ADD, c, row, bias[panel * PANEL + r], c, row, b.n());
      }
    }
  }
}
