package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;

/**
 * Rows of float32 integers from −255 to 255 times {@link PackedIntegers}, exact: some panels of
 * weights at a time are widened into memory that stays in cache while all rows pass by.
 */
final class IntegerProduct {
  /** Widened weights at a time: 256 KB. */
  private static final int WIDENED = 64 * 1024;

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
    scratch.reserve(parts, group * PANEL * (most + (sums == null ? 0 : rows)));
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
    int columns = columns(g);
    boolean whole = g + 1 < groups();
    for (int block = 0; block < weights.blocks(); block++) {
      float[] to = memory[part];
      int panel = g * group;
      weights.widen(simd, block, panel, Math.min(panel + group, weights.panels()), to);
      PackedMatrix b = whole ? full[part][block] : last[part][block];
      int from = aOffset + weights.start(block);
      if (sums == null) {
        simd.gemm(a, from, k, b, c, cOffset + first, n, rows, Epilogue.NONE);
      } else {
        int at = PackedMatrix.size(b.k(), b.n());
        float[] product = to;
        simd.gemm(a, from, k, b, product, at, columns, rows, Epilogue.NONE);
        add(product, at, first, columns, rows, block == 0);
      }
    }
    if (sums != null) {
      for (int r = 0; r < rows; r++) {
        for (int j = first; j < first + columns; j++) {
          c[cOffset + r * n + j] = sums[r * n + j];
        }
      }
    }
  }

  private void add(float[] product, int at, int first, int columns, int rows, boolean fresh) {
    for (int r = 0; r < rows; r++) {
      int to = r * weights.n() + first;
      for (int j = 0; j < columns; j++) {
        int v = (int) product[at + r * columns + j];
        sums[to + j] = fresh ? v : sums[to + j] + v;
      }
    }
  }
}
