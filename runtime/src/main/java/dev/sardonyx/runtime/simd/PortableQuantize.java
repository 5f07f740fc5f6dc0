package dev.sardonyx.runtime.simd;

/** Dynamic quantization to 8 bits as plain loops. */
final class PortableQuantize {
  /** Adding and subtracting 1.5·2²³ rounds what is small beside it to integers, ties to even. */
  static final float ROUND = 0x1.8p23f;

  private PortableQuantize() {}

  static void range(float[] x, int x0, int n, float[] ends, int at) {
    float least = 0;
    float most = 0;
    for (int i = 0; i < n; i++) {
      float v = x[x0 + i];
      least = v < least ? v : least;
      most = v > most ? v : most;
    }
    ends[at] = least;
    ends[at + 1] = most;
  }

  static void quantize(float[] x, int x0, float scale, float zero, float[] y, int y0, int n) {
    float lowest = -zero;
    float highest = 255 - zero;
    for (int i = 0; i < n; i++) {
      float v = x[x0 + i] / scale + ROUND - ROUND;
      v = v < lowest ? lowest : v;
      y[y0 + i] = v > highest ? highest : v;
    }
  }

  static void rescale(
      float[] y,
      int y0,
      int ldy,
      int rows,
      int n,
      float[] scale,
      float[] bias,
      int column,
      float[] residual,
      int r0) {
    for (int row = 0; row < rows; row++) {
      int at = y0 + row * ldy;
      rescale(y, at, 0, n, scale, bias, column, residual, r0 + row * ldy);
    }
  }

  /** The columns [from, n) of a row. */
  static void rescale(
      float[] y,
      int y0,
      int from,
      int n,
      float[] scale,
      float[] bias,
      int column,
      float[] residual,
      int r0) {
    for (int i = from; i < n; i++) {
      y[y0 + i] = y[y0 + i] * scale[column + i] + bias[column + i];
    }
    for (int i = from; residual != null && i < n; i++) {
      y[y0 + i] += residual[r0 + i];
    }
  }
}
