package dev.sardonyx.runtime.simd;

/**
 * Turns rows into columns; with pixels as rows and channels as columns, or the other way round,
 * this changes the layout of an image.
 */
public final class Transpose {
  /** Rows and columns of a block: each block touches 16 cache lines of x and 64 of y. */
  private static final int BLOCK_ROWS = 16;

  private static final int BLOCK_COLUMNS = 64;

  /** Rows that are read side by side. */
  private static final int ROWS = 8;

  /** Fewer rows are gone through one by one, for as many columns as the first-level cache holds. */
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
    if (rows < ROWS) {
      fewRows(x, xOffset, xStride, rows, columns, y, yOffset, yStride);
      return;
    }
    for (int rowBlock = 0; rowBlock < rows; rowBlock += BLOCK_ROWS) {
      int rowEnd = Math.min(rows, rowBlock + BLOCK_ROWS);
      for (int column = 0; column < columns; column += BLOCK_COLUMNS) {
        int columnEnd = Math.min(columns, column + BLOCK_COLUMNS);
        int row = rowBlock;
        for (; row + ROWS <= rowEnd; row += ROWS) {
          int from = xOffset + row * xStride;
          eightRows(x, from, xStride, column, columnEnd, y, yOffset + row, yStride);
        }
        for (; row < rowEnd; row++) {
          oneRow(x, xOffset + row * xStride, column, columnEnd, y, yOffset + row, yStride);
        }
      }
    }
  }

  /** The same of float64. */
  public static void transpose(
      double[] x,
      int xOffset,
      int xStride,
      int rows,
      int columns,
      double[] y,
      int yOffset,
      int yStride) {
    for (int block = 0; block < rows; block += ROWS) {
      int end = Math.min(rows, block + ROWS);
      for (int column = 0; column < columns; column++) {
        int to = yOffset + column * yStride;
        for (int row = block; row < end; row++) {
          y[to + row] = x[xOffset + row * xStride + column];
        }
      }
    }
  }

  /** Some columns of eight rows; the results lie side by side and are written together. */
  private static void eightRows(
      float[] x, int first, int xStride, int from, int to, float[] y, int yOffset, int yStride) {
    int x1 = first + xStride;
    int x2 = x1 + xStride;
    int x3 = x2 + xStride;
    int x4 = x3 + xStride;
    int x5 = x4 + xStride;
    int x6 = x5 + xStride;
    int x7 = x6 + xStride;
    int at = yOffset + from * yStride;
    for (int column = from; column < to; column++) {
      float a = x[first + column];
      float b = x[x1 + column];
      float c = x[x2 + column];
      float d = x[x3 + column];
      float e = x[x4 + column];
      float f = x[x5 + column];
      float g = x[x6 + column];
      float h = x[x7 + column];
      y[at] = a;
      y[at + 1] = b;
      y[at + 2] = c;
      y[at + 3] = d;
      y[at + 4] = e;
      y[at + 5] = f;
      y[at + 6] = g;
      y[at + 7] = h;
      at += yStride;
    }
  }

  private static void oneRow(
      float[] x, int xOffset, int from, int to, float[] y, int yOffset, int yStride) {
    for (int column = from; column < to; column++) {
      y[yOffset + column * yStride] = x[xOffset + column];
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
        oneRow(x, xOffset + row * xStride, block, end, y, yOffset + row, yStride);
      }
    }
  }
}
