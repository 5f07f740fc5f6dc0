package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;

/**
 * Rows of float32 integers from −255 to 255 times {@link PackedIntegers}, exact: some panels of
 * weights at a time are widened into memory that stays in cache while all rows pass by.
 */
final class IntegerProduct {
  /**
   * Widened weights at a time: 768 KB. With fewer panels of long columns, a product would arrange
   * the same rows too often.
   */
  private static final int WIDENED = 192 * 1024;

  private static final int PANEL = PackedMatrix.PANEL;

  private final Kernels simd;
  private final PackedIntegers weights;

  /** Panels widened at a time. */
  private final int group;

  /** Memory of each part of the work: widened weights, then products of one block of k. */
  private float[][] memory = {};

  private PackedMatrix[][] full;
  private PackedMatrix[][] last;

  /** Sums of the blocks of k, rows × N; null if there is just one block. */
  private final int[] sums;

  private final int size;

  /**
   * @param parts how many parts of the work may run at once
   */
  IntegerProduct(Kernels simd, PackedIntegers weights, int rows, int parts, Scratch scratch) {
    this.simd = simd;
    this.weights = weights;
    int most = 1;
    for (int block = 0; block < weights.blocks(); block++) {
      most = Math.max(most, weights.depth(block));
    }
    int fit = Math.max(1, WIDENED / (most * PANEL));
    int rounds = parts * ceil(weights.panels(), parts * fit);
    group = ceil(weights.panels(), rounds);
    sums = weights.blocks() == 1 ? null : new int[rows * weights.n()];
    size = group * PANEL * (most + rows);
    scratch.reserve(parts, size);
  }

  /** Floats of each part's scratch memory that this uses, from the first one on. */
  int size() {
    return size;
  }

  private static int ceil(int a, int b) {
    return (a + b - 1) / b;
  }

  /** To be called before the parts of a run. */
  void prepare(float[][] scratch) {
    if (memory == scratch) {
      return;
    }
    memory = scratch;
    full = new PackedMatrix[scratch.length][weights.blocks()];
    last = new PackedMatrix[scratch.length][weights.blocks()];
    int rest = weights.n() - (weights.panels() - 1) / group * group * PANEL;
    for (int part = 0; part < scratch.length; part++) {
      for (int block = 0; block < weights.blocks(); block++) {
        int depth = weights.depth(block);
        full[part][block] = PackedMatrix.over(scratch[part], 0, depth, group * PANEL);
        last[part][block] = PackedMatrix.over(scratch[part], 0, depth, rest);
      }
    }
  }

  /** Groups of panels, the unit by which work is split. */
  int groups() {
    return ceil(weights.panels(), group);
  }

  int firstColumn(int g) {
    return g * group * PANEL;
  }

  int columns(int g) {
    return Math.min(weights.n(), firstColumn(g + 1)) - firstColumn(g);
  }

  /** The product's columns of one group, written to c. */
  void run(int part, int g, float[] a, int aOffset, float[] c, int cOffset, int rows) {
    int n = weights.n();
    int k = weights.k();
    int first = firstColumn(g);
    if (sums == null) {
      simd.gemm(a, aOffset, k, widened(part, g, 0), c, cOffset + first, n, rows, Epilogue.NONE);
      return;
    }
    integers(part, g, a, aOffset, k, sums, rows);
    int columns = columns(g);
    for (int r = 0; r < rows; r++) {
      for (int j = first; j < first + columns; j++) {
        c[cOffset + r * n + j] = sums[r * n + j];
      }
    }
  }

  /**
   * The product's columns of one group as integers.
   *
   * @param lda the distance between two rows of a
   * @param y takes rows of N columns
   */
  void integers(int part, int g, float[] a, int aOffset, int lda, int[] y, int rows) {
    int columns = columns(g);
    for (int block = 0; block < weights.blocks(); block++) {
      PackedMatrix b = widened(part, g, block);
      int at = PackedMatrix.size(b.k(), b.n());
      float[] product = memory[part];
      simd.gemm(
          a, aOffset + weights.start(block), lda, b, product, at, columns, rows, Epilogue.NONE);
      add(product, at, y, firstColumn(g), columns, rows, block == 0);
    }
  }

  /** One block of a group's weights, in the memory of a part. */
  private PackedMatrix widened(int part, int g, int block) {
    int panel = g * group;
    int end = Math.min(panel + group, weights.panels());
    weights.widen(simd, block, panel, end, memory[part]);
    return g + 1 < groups() ? full[part][block] : last[part][block];
  }

  private void add(
      float[] product, int at, int[] y, int first, int columns, int rows, boolean fresh) {
    for (int r = 0; r < rows; r++) {
      int from = at + r * columns;
      int to = r * weights.n() + first;
      for (int j = 0; j < columns; j++) {
        int v = (int) product[from + j];
        y[to + j] = fresh ? v : y[to + j] + v;
      }
    }
  }
}
