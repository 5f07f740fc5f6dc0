package dev.sardonyx.runtime.simd;

/**
 * The right operand of the float64 product of {@link Kernels}, in the order in which it is read: as
 * {@link PackedMatrix}, but for panels of {@value #PANEL} columns.
 */
public final class PackedDoubles {
  /** Columns in a panel. */
  public static final int PANEL = 16;

  private final double[] data;
  private final int k;
  private final int n;

  /** A K×N matrix of zeros. */
  public PackedDoubles(int k, int n) {
    long size = (long) k * (((long) n + PANEL - 1) / PANEL) * PANEL;
    if (k < 0 || n < 0 || size > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException("a " + k + "x" + n + " matrix does not fit an array");
    }
    this.k = k;
    this.n = n;
    data = new double[(int) size];
  }

  /** Replaces all values by those of a row-major K×N matrix. */
  public void fill(double[] source, int sourceOffset) {
    for (int panel = 0; panel < panels(); panel++) {
      int width = width(panel);
      for (int row = 0; row < k; row++) {
        int from = sourceOffset + row * n + panel * PANEL;
        System.arraycopy(source, from, data, panelOffset(panel) + row * PANEL, width);
      }
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

  int panels() {
    return (int) (((long) n + PANEL - 1) / PANEL);
  }

  double[] data() {
    return data;
  }

  int panelOffset(int panel) {
    return panel * k * PANEL;
  }

  /** Columns of a panel that are columns of the matrix. */
  int width(int panel) {
    return Math.min(PANEL, n - panel * PANEL);
  }
}
