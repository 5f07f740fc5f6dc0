package dev.sardonyx.runtime.simd;

import java.util.Arrays;

/**
 * The right operand of {@link Kernels#gemm} in the order in which the micro-kernel reads it.
 *
 * <p>A K×N matrix is cut into panels of {@value #PANEL} columns. A panel is contiguous: row 0 of
 * its columns, then row 1, and so on, so that element (k, n) lies at {@code panel(n / 32) + k * 32
 * + n % 32}. The last panel is filled up with zero columns. Both providers read the same layout.
 *
 * <p>Weights are packed once with {@link #pack}. An operand that changes with every run is packed
 * into scratch memory: {@link #over} once, {@link #fill} before every use.
 */
public final class PackedMatrix {
  /** Columns in a panel. */
  public static final int PANEL = 32;

  /** Rows that are packed at a time: not more than a processor can foresee reading. */
  static final int ROWS = 8;

  private final float[] data;
  private final int offset;
  private final int k;
  private final int n;
  private final boolean isFar;
  private final boolean isDescending;

  private PackedMatrix(
      float[] data, int offset, int k, int n, boolean isFar, boolean isDescending) {
    this.data = data;
    this.offset = offset;
    this.k = k;
    this.n = n;
    this.isFar = isFar;
    this.isDescending = isDescending;
  }

  /**
   * Packs a matrix whose element (k, n) is {@code source[sourceOffset + k * rowStride + n *
   * columnStride]}: strides (n, 1) for a row-major K×N matrix, (1, k) for a row-major N×K one that
   * is to be transposed.
   */
  public static PackedMatrix pack(
      float[] source, int sourceOffset, int rowStride, int columnStride, int k, int n) {
    PackedMatrix packed = zeros(k, n);
    packed.fill(source, sourceOffset, rowStride, columnStride);
    return packed;
  }

  /**
   * A K×N matrix kept in {@code size(k, n)} floats of the caller's memory from {@code offset} on;
   * {@link #fill} gives it values.
   */
  public static PackedMatrix over(float[] scratch, int offset, int k, int n) {
    if (offset < 0 || offset + (long) size(k, n) > scratch.length) {
      throw new IllegalArgumentException(
          "packing a "
              + k
              + "x"
              + n
              + " matrix needs "
              + size(k, n)
              + " floats from offset "
              + offset
              + ", but the scratch array holds "
              + scratch.length);
    }
    return new PackedMatrix(scratch, offset, k, n, false, false);
  }

  /** The number of floats that a packed K×N matrix takes. */
  public static int size(int k, int n) {
    if (k < 0 || n < 0) {
      throw new IllegalArgumentException("a matrix cannot be " + k + "x" + n);
    }
    long size = (long) k * panels(n) * PANEL;
    if (size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "a "
              + k
              + "x"
              + n
              + " matrix takes "
              + size
              + " floats when packed, more than one Java array holds");
    }
    return (int) size;
  }

  /** A matrix of zeros, to be filled panel by panel. */
  public static PackedMatrix zeros(int k, int n) {
    int offset = CacheLine.first(Float.BYTES);
    return over(new float[offset + size(k, n)], offset, k, n);
  }

  /** The same matrix, which is no longer in any cache when it is used again. */
  public PackedMatrix far() {
    return new PackedMatrix(data, offset, k, n, true, isDescending);
  }

  /**
   * The same matrix, whose columns a single row is multiplied with from the last to the first:
   * those that were read last, in ascending order, are in a cache still that may not hold them all.
   */
  public PackedMatrix descending() {
    return new PackedMatrix(data, offset, k, n, isFar, true);
  }

  boolean isFar() {
    return isFar;
  }

  boolean isDescending() {
    return isDescending;
  }

  /** Replaces all values; the source is described as in {@link #pack}. */
  public void fill(float[] source, int sourceOffset, int rowStride, int columnStride) {
    for (int panel = 0; panel < panels(); panel++) {
      int from = sourceOffset + panel * PANEL * columnStride;
      fill(panel, 0, k, source, from, rowStride, columnStride);
    }
  }

  /**
   * Replaces rows of one panel; the source begins with the first of these rows and the first column
   * of the panel, and its strides are those of {@link #pack}.
   */
  public void fill(
      int panel,
      int rowFrom,
      int rowTo,
      float[] source,
      int sourceOffset,
      int rowStride,
      int columnStride) {
    int to = panelOffset(panel) + rowFrom * PANEL;
    if (columnStride == 1) {
      fillFromRows(source, sourceOffset, rowStride, to, rowTo - rowFrom, width(panel));
    } else {
      fillFromColumns(
          source, sourceOffset, rowStride, columnStride, to, rowTo - rowFrom, width(panel));
    }
  }

  private void fillFromRows(
      float[] source, int sourceOffset, int rowStride, int offsetTo, int rows, int width) {
    int from = sourceOffset;
    int to = offsetTo;
    for (int row = 0; row < rows; row++, from += rowStride, to += PANEL) {
      System.arraycopy(source, from, data, to, width);
      for (int column = width; column < PANEL; column++) {
        data[to + column] = 0;
      }
    }
  }

  /**
   * Some rows at a time, so that the cache lines of the panel being written stay in the first-level
   * cache while every source column is read along.
   */
  private void fillFromColumns(
      float[] source, int from, int rowStride, int columnStride, int to, int rows, int width) {
    int row = 0;
    if (rowStride == 1) {
      for (int whole = rows - rows % 8; row < whole; row += 8) {
        fillEightRows(source, from + row, columnStride, data, to + row * PANEL, width);
      }
    }
    for (; row < rows; row += 16) {
      int rowEnd = Math.min(rows, row + 16);
      for (int column = 0; column < width; column++) {
        int at = from + column * columnStride;
        for (int r = row; r < rowEnd; r++) {
          data[to + r * PANEL + column] = source[at + r * rowStride];
        }
      }
    }
    for (row = 0; row < rows && width < PANEL; row++) {
      Arrays.fill(data, to + row * PANEL + width, to + row * PANEL + PANEL, 0f);
    }
  }

  /** Eight rows, whose elements of one column are neighbours in the source. */
  private static void fillEightRows(
      float[] source, int from, int columnStride, float[] data, int to, int width) {
    for (int column = 0; column < width; column++) {
      int at = from + column * columnStride;
      float e0 = source[at];
      float e1 = source[at + 1];
      float e2 = source[at + 2];
      float e3 = source[at + 3];
      float e4 = source[at + 4];
      float e5 = source[at + 5];
      float e6 = source[at + 6];
      float e7 = source[at + 7];
      data[to + column] = e0;
      data[to + column + PANEL] = e1;
      data[to + column + 2 * PANEL] = e2;
      data[to + column + 3 * PANEL] = e3;
      data[to + column + 4 * PANEL] = e4;
      data[to + column + 5 * PANEL] = e5;
      data[to + column + 6 * PANEL] = e6;
      data[to + column + 7 * PANEL] = e7;
    }
  }

  /** Rows of the matrix: the length of the sums. */
  public int k() {
    return k;
  }

  /** Columns of the matrix, without padding. */
  public int n() {
    return n;
  }

  /** The number of panels, the unit by which work over columns is split. */
  public int panels() {
    return panels(n);
  }

  private static int panels(int n) {
    return (int) (((long) n + PANEL - 1) / PANEL);
  }

  /** Element (row, column). */
  public float get(int row, int column) {
    return data[panelOffset(column / PANEL) + row * PANEL + column % PANEL];
  }

  float[] data() {
    return data;
  }

  int panelOffset(int panel) {
    return offset + panel * k * PANEL;
  }

  /** Columns of a panel that are columns of the matrix. */
  public int width(int panel) {
    return Math.min(PANEL, n - panel * PANEL);
  }
}
