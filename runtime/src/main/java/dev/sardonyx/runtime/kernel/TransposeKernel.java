package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.shaping.Transpose;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Transpose of a float32 or float64 tensor. Dimensions that stay together are merged; then either
 * the last one stays and rows are copied, or it moves and matrices are transposed block by block.
 */
final class TransposeKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;

  /** Output extents, and the input's and the output's steps along them, outermost first. */
  private final int[] extents;

  private final int[] steps;
  private final int[] outSteps;

  /** Where the input's contiguous dimension stands in the output; the last when rows are copied. */
  private final int contiguous;

  /** Pieces of the contiguous dimension that are transposed apart, to give every thread work. */
  private final int pieces;

  private Tensor x;
  private Tensor y;

  private TransposeKernel(NodeContext node, List<int[]> merged) {
    workers = node.workers();
    extents = merged.stream().mapToInt(d -> d[0]).toArray();
    steps = merged.stream().mapToInt(d -> d[1]).toArray();
    outSteps = Tensor.strides(extents);
    int at = extents.length - 1;
    for (int d = 0; d < steps.length; d++) {
      if (steps[d] == 1) {
        at = d;
      }
    }
    contiguous = at;
    int last = extents.length - 1;
    int matrix = extents[last] * extents[at];
    int matrices = matrix == 0 ? 0 : Tensor.sizeOf(extents) / matrix;
    boolean few = at != last && matrices < workers.threads();
    pieces = few ? Math.min(workers.threads(), extents[at]) : 1;
  }

  static Kernel create(NodeContext node) {
    int[] shape = node.shape(0);
    return create(node, shape, ((Transpose) node.operator()).permutation(shape.length));
  }

  /**
   * A Transpose of the elements of input 0 under a shape that may differ from its own, or null if
   * they are neither float32 nor float64.
   */
  static Kernel create(NodeContext node, int[] shape, int... perm) {
    if (node.dtype(0) != DType.FLOAT && node.dtype(0) != DType.DOUBLE) {
      return null;
    }
    int[] strides = Tensor.strides(shape);
    List<int[]> merged = new ArrayList<>();
    for (int p : perm) {
      if (shape[p] == 1) {
        continue;
      }
      int[] last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last != null && last[1] == strides[p] * shape[p]) {
        last[0] *= shape[p];
        last[1] = strides[p];
      } else {
        merged.add(new int[] {shape[p], strides[p]});
      }
    }
    if (merged.isEmpty()) {
      merged.add(new int[] {Tensor.sizeOf(shape), 1});
    }
    return new TransposeKernel(node, merged);
  }

  /** As {@link KernelTable#parts}: all of it where only dimensions of one entry are moved. */
  static int[] parts(NodeContext node) {
    int[] shape = node.shape(0);
    int last = -1;
    for (int p : ((Transpose) node.operator()).permutation(shape.length)) {
      if (shape[p] != 1) {
        if (p < last) {
          return null;
        }
        last = p;
      }
    }
    return new int[1];
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    int last = extents.length - 1;
    int inner = extents[last] * (contiguous == last ? 1 : extents[contiguous]);
    if (inner > 0) {
      int grain = Math.max(1, UnaryKernel.GRAIN * pieces / inner);
      workers.run(this, y.size() / inner * pieces, grain);
    }
  }

  /** Units of work: rows, or pieces of matrices of the contiguous and the last dimension. */
  @Override
  public void run(int from, int to) {
    int last = extents.length - 1;
    for (int unit = from; unit < to; unit++) {
      int xAt = x.arrayOffset();
      int yAt = y.arrayOffset();
      int rest = unit / pieces;
      for (int d = last - 1; d >= 0; d--) {
        if (d != contiguous) {
          int i = rest % extents[d];
          rest /= extents[d];
          xAt += i * steps[d];
          yAt += i * outSteps[d];
        }
      }
      if (contiguous == last) {
        copy(xAt, yAt);
      } else {
        int first = boundary(unit % pieces);
        int columns = boundary(unit % pieces + 1) - first;
        transpose(xAt + first, columns, yAt + first * outSteps[contiguous]);
      }
    }
  }

  /** A row. */
  private void copy(int xAt, int yAt) {
    int n = extents[extents.length - 1];
    if (x.dtype() == DType.DOUBLE) {
      System.arraycopy(x.doubleArray(), xAt, y.doubleArray(), yAt, n);
    } else {
      System.arraycopy(x.floatArray(), xAt, y.floatArray(), yAt, n);
    }
  }

  /** Some columns of a matrix. */
  private void transpose(int xAt, int columns, int yAt) {
    int step = steps[extents.length - 1];
    int rows = extents[extents.length - 1];
    int yStep = outSteps[contiguous];
    if (x.dtype() == DType.DOUBLE) {
      dev.sardonyx.runtime.simd.Transpose.transpose(
          x.doubleArray(), xAt, step, rows, columns, y.doubleArray(), yAt, yStep);
    } else {
      dev.sardonyx.runtime.simd.Transpose.transpose(
          x.floatArray(), xAt, step, rows, columns, y.floatArray(), yAt, yStep);
    }
  }

  private int boundary(int piece) {
    return (int) ((long) extents[contiguous] * piece / pieces);
  }
}
