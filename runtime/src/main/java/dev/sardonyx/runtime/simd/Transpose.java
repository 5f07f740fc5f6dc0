package dev.sardonyx.runtime.simd;

/**
 * Turns rows into columns; with pixels as rows and channels as columns, or the other way round,
 * this changes the layout of an image.
 */
public final class Transpose {
  /** Rows and columns of a block: each block touches 16 cache lines on either side. */
  private static final int BLOCK = 16;

  /**
   * So few rows are gone through one by one, for as many columns as the first-level cache holds.
   */
  private static final int FEW_ROWS = 8;

  private static final int FEW_ROWS_COLUMNS = 512;

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
    if (rows == 2 && yStride == 2) {
      twoRows(x, xOffset, xOffset + xStride, columns, y, yOffset);
      return;
    }
    if (rows == 3 && yStride == 3) {
      threeRows(x, xOffset, xStride, columns, y, yOffset);
      return;
    }
    if (rows <= FEW_ROWS) {
      fewRows(x, xOffset, xStride, rows, columns, y, yOffset, yStride);
      return;
    }
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

  /** The groups of a channel shuffle, for instance. */
  private static void twoRows(
      float[] x, int first, int second, int columns, float[] y, int yOffset) {
    for (int column = 0; column < columns; column++) {
      float a = x[first + column];
      float b = x[second + column];
      y[yOffset + 2 * column] = a;
      y[yOffset + 2 * column + 1] = b;
    }
  }

  /** Colours, for instance. */
  private static void threeRows(
      float[] x, int xOffset, int xStride, int columns, float[] y, int yOffset) {
    int second = xOffset + xStride;
    int third = second + xStride;
    for (int column = 0; column < columns; column++) {
      float a = x[xOffset + column];
      float b = x[second + column];
      float c = x[third + column];
      y[yOffset + 3 * column] = a;
      y[yOffset + 3 * column + 1] = b;
      y[yOffset + 3 * column + 2] = c;
    }
  }

  private static void fewRows(
      float[] x,
      int xOffset,
      int xStride,
      int rows,
      int columns,
      float[] y,
      int yOffset,
      int yStride) {
    for (int block = 0; block < columns; block += FEW_ROWS_COLUMNS) {
      int end = Math.min(columns, block + FEW_ROWS_COLUMNS);
      for (int row = 0; row < rows; row++) {
        int from = xOffset + row * xStride;
        int to = yOffset + row;
        for (int column = block; column < end; column++) {
          y[to + column * yStride] = x[from + column];
        }
      }
    }
  }
}
