package dev.sardonyx.runtime.simd;

/** {@link Kernels#scaleShift} as plain loops. */
final class PortableScaleShift {
  private PortableScaleShift() {}

  static void apply(
      float[] x,
      int x0,
      int xStride,
      float[] scale,
      float[] shift,
      int s0,
      float lowest,
      float highest,
      float[] y,
      int y0,
      int yStride,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * xStride;
      int yi = y0 + r * yStride;
      for (int j = 0; j < n; j++) {
        float v = Math.fma(x[xi + j], scale[s0 + j], shift[s0 + j]);
        v = v <= lowest ? lowest : v;
        y[yi + j] = v > highest ? highest : v;
      }
    }
  }
}
