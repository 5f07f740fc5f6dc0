package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;

/**
 * Softmax or LogSoftmax of a float32 tensor along a dimension that is not the last: of [outer, n,
 * columns] every column for itself, many columns at a time.
 */
final class ColumnSoftmaxKernel implements Kernel, Workers.RangeTask {
  /** Floats of the rows that are passed over several times: half of a small first-level cache. */
  private static final int BLOCK = 4096;

  /** Fewest columns at a time. */
  private static final int FEWEST = 64;

  private final boolean log;
  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;
  private final int n;
  private final int columns;
  private final int block;
  private Tensor x;
  private Tensor y;
  private float[][] scratches;

  ColumnSoftmaxKernel(NodeContext node, boolean log, int n, int columns) {
    this.log = log;
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    this.n = n;
    this.columns = columns;
    block = Math.min(columns, Math.max(FEWEST, BLOCK / n));
    scratch.reserve(workers.threads(), (log ? 3 : 2) * block);
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    scratches = scratch.arrays();
    workers.run(this, y.size() / n, Math.max(FEWEST, UnaryKernel.GRAIN / 4 / n));
  }

  /** Some columns of all matrices. */
  @Override
  public void run(int from, int to) {
    float[] rows = scratches[Workers.thread()];
    int next = from;
    while (next < to) {
      int column = next % columns;
      int count = Math.min(block, Math.min(columns - column, to - next));
      softmax(next / columns * n * columns + column, count, rows);
      next += count;
    }
  }

  private void softmax(int at, int count, float[] rows) {
    float[] from = x.floatArray();
    float[] to = y.floatArray();
    int xAt = x.arrayOffset() + at;
    int yAt = y.arrayOffset() + at;
    System.arraycopy(from, xAt, rows, 0, count);
    for (int row = 1; row < n; row++) {
      simd.binary(BinaryOp.MAX, rows, 0, from, xAt + row * columns, rows, 0, count);
    }
    simd.binary(BinaryOp.SUB, from, xAt, columns, rows, 0, 0, to, yAt, columns, n, count);
    if (!log) {
      simd.unary(UnaryFunction.EXP, to, yAt, columns, to, yAt, columns, n, count);
      simd.sumRows(to, yAt, columns, n, count, rows, block);
      simd.binary(BinaryOp.DIV, to, yAt, columns, rows, block, 0, to, yAt, columns, n, count);
      return;
    }
    int sums = block;
    int exponentials = 2 * block;
    simd.unary(UnaryFunction.EXP, to, yAt, rows, sums, count);
    for (int row = 1; row < n; row++) {
      simd.unary(UnaryFunction.EXP, to, yAt + row * columns, rows, exponentials, count);
      simd.binary(BinaryOp.ADD, rows, sums, rows, exponentials, rows, sums, count);
    }
    simd.unary(UnaryFunction.LOG, rows, sums, rows, sums, count);
    simd.binary(BinaryOp.SUB, to, yAt, columns, rows, sums, 0, to, yAt, columns, n, count);
  }
}
