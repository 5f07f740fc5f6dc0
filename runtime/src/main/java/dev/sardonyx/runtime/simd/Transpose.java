package dev.sardonyx.runtime.simd;

/**
 * Turns rows into columns; with pixels as rows and channels as columns, or the other way round,
 * this changes the layout of an image.
 */
public final class Transpose {
  /** Rows and columns of a block: each block touches 16 cache lines on either side. */
  private static final int BLOCK = 16;

  private Transpose() {}

  /**
   * {@code y[yOffset + column * yStride + row] = x[xOffset + row * xStride + column]}; y must not
   * overlap x.
   */
  public static void transpose(
      float[] x,
      int xOffset,
      int xStride,
      int rows,
      int columns,
      float[] y,
      int yOffset,
      int yStride) {
    for (int rowBlock = 0; rowBlock < rows; rowBlock += BLOCK) {
      int rowEnd = Math.min(rows, rowBlock + BLOCK);
      for (int columnBlock = 0; columnBlock < columns; columnBlock += BLOCK) {
        int columnEnd = Math.min(columns, columnBlock + BLOCK);
        for (int column = columnBlock; column < columnEnd; column++) {
          int to = yOffset + column * yStride;
          int from = xOffset + column;
          for (int row = rowBlock; row < rowEnd; row++) {
            y[to + row] = x[from + row * xStride];
          }
        }
      }
    }
  }
}
