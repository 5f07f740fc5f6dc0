package dev.sardonyx.runtime.simd;

/**
 * Residuals that lie where the results go, copied by kernels that store sums there before they add
 * the residual, or that compute some results twice.
 */
final class ResidualCopy {
  /** Floats that are copied at a time, so that they are still in a cache when they are added. */
  static final int FLOATS = 64 * 1024;

  private static final ThreadLocal<float[]> COPY = ThreadLocal.withInitial(() -> new float[0]);

  private ResidualCopy() {}

  /**
   * Some columns of some rows in an array of the calling thread, which the next call overwrites:
   * row r begins at {@code r * stride} there.
   */
  static float[] of(float[] residual, int offset, int stride, int rows, int columns) {
    float[] copy = COPY.get();
    int size = rows == 0 ? 0 : (rows - 1) * stride + columns;
    if (copy.length < size) {
      copy = new float[size];
      COPY.set(copy);
    }
    if (columns == stride) {
      System.arraycopy(residual, offset, copy, 0, size);
      return copy;
    }
    for (int r = 0; r < rows; r++) {
      System.arraycopy(residual, offset + r * stride, copy, r * stride, columns);
    }
    return copy;
  }
}
