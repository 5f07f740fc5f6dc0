package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.op.math.CumulativeMath;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;

/** CumSum of float32, whose sums are kept in double, or int64 along an axis that is constant. */
final class CumSumKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;
  private final CumulativeMath op;
  private final boolean isFloat;

  /** Elements along the axis, and how far they are from one another. */
  private final int length;

  private final int step;
  private Tensor x;
  private Tensor y;

  private CumSumKernel(NodeContext node, int axis) {
    workers = node.workers();
    op = (CumulativeMath) node.operator();
    isFloat = node.dtype(0) == DType.FLOAT;
    length = node.shape(0)[axis];
    step = Tensor.strides(node.shape(0))[axis];
  }

  static Kernel create(NodeContext node) {
    Tensor axis = node.constant(1);
    boolean supported = node.dtype(0) == DType.FLOAT || node.dtype(0) == DType.INT64;
    return supported && axis != null
        ? new CumSumKernel(node, Axis.of(axis.getLong(0), node.shape(0).length))
        : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    if (y.size() > 0) {
      workers.run(this, y.size() / length, Math.max(1, UnaryKernel.GRAIN / length));
    }
  }

  /** Sums that run: one for each element that stands first along the axis. */
  @Override
  public void run(int from, int to) {
    for (int i = from; i < to; i++) {
      int first = i / step * length * step + i % step;
      int begin = op.reverse() ? first + (length - 1) * step : first;
      if (isFloat) {
        floats(begin, op.reverse() ? -step : step);
      } else {
        longs(begin, op.reverse() ? -step : step);
      }
    }
  }

  private void floats(int begin, int by) {
    float[] xs = x.floatArray();
    float[] ys = y.floatArray();
    int xAt = x.arrayOffset() + begin;
    int yAt = y.arrayOffset() + begin;
    double sum = 0;
    for (int k = 0; k < length; k++) {
      double before = sum;
      sum += xs[xAt + k * by];
      ys[yAt + k * by] = (float) (op.exclusive() ? before : sum);
    }
  }

  private void longs(int begin, int by) {
    long[] xs = x.longArray();
    long[] ys = y.longArray();
    int xAt = x.arrayOffset() + begin;
    int yAt = y.arrayOffset() + begin;
    long sum = 0;
    for (int k = 0; k < length; k++) {
      long before = sum;
      sum += xs[xAt + k * by];
      ys[yAt + k * by] = op.exclusive() ? before : sum;
    }
  }
}
