package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.shaping.Transpose;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Transpose of a float32 tensor. Dimensions that stay together are merged; then either the last one
 * stays and rows are copied, or it moves and matrices are transposed block by block.
 */
final class TransposeKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;

  /** Output extents and the input's steps along them, outermost first. */
  private final int[] extents;

  private final int[] steps;

  /** Where the input's contiguous dimension stands in the output; the last when rows are copied. */
  private final int contiguous;

  private Tensor x;
  private Tensor y;

  private TransposeKernel(NodeContext node, List<int[]> merged) {
    workers = node.workers();
    extents = merged.stream().mapToInt(d -> d[0]).toArray();
    steps = merged.stream().mapToInt(d -> d[1]).toArray();
    int at = extents.length - 1;
    for (int d = 0; d < steps.length; d++) {
      if (steps[d] == 1) {
        at = d;
      }
    }
    contiguous = at;
  }

  static Kernel create(NodeContext node) {
    if (!node.allFloat()) {
      return null;
    }
    int[] shape = node.shape(0);
    int[] strides = Tensor.strides(shape);
    int[] perm = ((Transpose) node.operator()).permutation(shape.length);
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

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    int last = extents.length - 1;
    int inner = extents[last] * (contiguous == last ? 1 : extents[contiguous]);
    if (inner > 0) {
      workers.run(this, y.size() / inner, Math.max(1, UnaryKernel.GRAIN / inner));
    }
  }

  /** Units of work: rows, or matrices of the contiguous and the last dimension. */
  @Override
  public void run(int from, int to) {
    int last = extents.length - 1;
    int[] outStrides = Tensor.strides(extents);
    for (int unit = from; unit < to; unit++) {
      int xAt = x.arrayOffset();
      int yAt = y.arrayOffset();
      int rest = unit;
      for (int d = last - 1; d >= 0; d--) {
        if (d != contiguous) {
          int i = rest % extents[d];
          rest /= extents[d];
          xAt += i * steps[d];
          yAt += i * outStrides[d];
        }
      }
      if (contiguous == last) {
        System.arraycopy(x.floatArray(), xAt, y.floatArray(), yAt, extents[last]);
      } else {
        dev.sardonyx.runtime.simd.Transpose.transpose(
            x.floatArray(),
            xAt,
            steps[last],
            extents[last],
            extents[contiguous],
            y.floatArray(),
            yAt,
            outStrides[contiguous]);
      }
    }
  }
}
