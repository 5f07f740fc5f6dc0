package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.Reduction;
import dev.sardonyx.tensor.Tensor;

/**
 * ReduceSum, Mean, Max and Min of float32 over dimensions that are not the last: of [outer, n,
 * columns] the n rows of each matrix are combined, one after the other.
 */
final class ColumnReduceKernel implements Kernel, Workers.RangeTask {
  /** Columns at a time, whose results stay in the first-level cache. */
  private static final int BLOCK = 2048;

  private final Reduction reduction;
  private final Kernels simd;
  private final Workers workers;
  private final int n;
  private final int columns;
  private Tensor x;
  private Tensor y;

  ColumnReduceKernel(NodeContext node, Reduction reduction, int n, int columns) {
    this.reduction = reduction;
    simd = node.simd();
    workers = node.workers();
    this.n = n;
    this.columns = columns;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    workers.run(this, y.size(), Math.max(1, UnaryKernel.GRAIN / n));
  }

  /** Some columns of all matrices. */
  @Override
  public void run(int from, int to) {
    int next = from;
    while (next < to) {
      int outer = next / columns;
      int column = next % columns;
      int count = Math.min(BLOCK, Math.min(columns - column, to - next));
      combine(x.arrayOffset() + outer * n * columns + column, y.arrayOffset() + next, count);
      next += count;
    }
  }

  private void combine(int xAt, int yAt, int count) {
    float[] from = x.floatArray();
    float[] to = y.floatArray();
    if (reduction == Reduction.SUM || reduction == Reduction.MEAN) {
      simd.sumRows(from, xAt, columns, n, count, to, yAt);
      if (reduction == Reduction.MEAN) {
        simd.binaryScalar(BinaryOp.DIV, to, yAt, n, to, yAt, count);
      }
      return;
    }
    BinaryOp op = reduction == Reduction.MAX ? BinaryOp.MAX : BinaryOp.MIN;
    System.arraycopy(from, xAt, to, yAt, count);
    for (int row = 1; row < n; row++) {
      simd.binary(op, to, yAt, from, xAt + row * columns, to, yAt, count);
    }
  }
}
