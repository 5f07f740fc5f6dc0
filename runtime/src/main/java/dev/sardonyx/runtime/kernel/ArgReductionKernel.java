package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.op.reduction.ArgReduction;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;

/** ArgMax and ArgMin of float32 along any axis; NaN is larger than all numbers. */
final class ArgReductionKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;
  private final ArgReduction op;

  /** Elements along the axis, and how far they are from one another. */
  private final int length;

  private final int step;
  private Tensor x;
  private Tensor y;

  private ArgReductionKernel(NodeContext node) {
    workers = node.workers();
    op = (ArgReduction) node.operator();
    int[] shape = node.shape(0);
    int axis = Axis.of(op.axis(), shape.length);
    length = shape[axis];
    step = Tensor.strides(shape)[axis];
  }

  static Kernel create(NodeContext node) {
    return node.dtype(0) == DType.FLOAT ? new ArgReductionKernel(node) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    workers.run(this, y.size(), Math.max(1, UnaryKernel.GRAIN / Math.max(1, length)));
  }

  /** Elements of the output. */
  @Override
  public void run(int from, int to) {
    float[] xs = x.floatArray();
    long[] ys = y.longArray();
    for (int i = from; i < to; i++) {
      int first = x.arrayOffset() + i / step * length * step + i % step;
      ys[y.arrayOffset() + i] = op.largest() ? largest(xs, first) : smallest(xs, first);
    }
  }

  private int largest(float[] xs, int first) {
    boolean last = op.selectLastIndex();
    int best = 0;
    float most = length == 0 ? 0 : xs[first];
    for (int k = 1; k < length; k++) {
      float v = xs[first + k * step];
      boolean taken =
          v > most || last && v == most || Float.isNaN(v) && (last || !Float.isNaN(most));
      best = taken ? k : best;
      most = taken ? v : most;
    }
    return best;
  }

  private int smallest(float[] xs, int first) {
    boolean last = op.selectLastIndex();
    int best = 0;
    float least = length == 0 ? 0 : xs[first];
    for (int k = 1; k < length; k++) {
      float v = xs[first + k * step];
      boolean taken =
          v < least || last && v == least || Float.isNaN(least) && (last || !Float.isNaN(v));
      best = taken ? k : best;
      least = taken ? v : least;
    }
    return best;
  }
}
