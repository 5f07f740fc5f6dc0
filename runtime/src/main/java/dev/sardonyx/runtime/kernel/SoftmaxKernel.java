package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.op.activation.Softmax;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/** Softmax or LogSoftmax of a float32 tensor along its last dimension, perhaps before some of 1. */
final class SoftmaxKernel implements Kernel, Workers.RangeTask {
  private final boolean log;
  private final int n;
  private final Kernels simd;
  private final Workers workers;
  private Tensor x;
  private Tensor y;

  private SoftmaxKernel(NodeContext node, boolean log, int n) {
    this.log = log;
    this.n = n;
    simd = node.simd();
    workers = node.workers();
  }

  static Kernel create(NodeContext node) {
    int[] shape = node.shape(0);
    if (!node.allFloat() || shape.length == 0) {
      return null;
    }
    Softmax op = (Softmax) node.operator();
    boolean log = op.function() == Softmax.Function.LogSoftmax;
    int axis = Axis.of(op.axis(), shape.length);
    int columns = Tensor.sizeOf(Arrays.copyOfRange(shape, axis + 1, shape.length));
    if (columns == 1) {
      return new SoftmaxKernel(node, log, shape[axis]);
    }
    return Tensor.sizeOf(shape) == 0
        ? null
        : new ColumnSoftmaxKernel(node, log, shape[axis], columns);
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    if (n > 0) {
      workers.run(this, x.size() / n, Math.max(1, UnaryKernel.GRAIN / 4 / n));
    }
  }

  @Override
  public void run(int from, int to) {
    int xo = x.arrayOffset() + from * n;
    int yo = y.arrayOffset() + from * n;
    if (log) {
      simd.logSoftmax(x.floatArray(), xo, n, y.floatArray(), yo, n, to - from, n);
    } else {
      simd.softmax(x.floatArray(), xo, n, y.floatArray(), yo, n, to - from, n);
    }
  }
}
