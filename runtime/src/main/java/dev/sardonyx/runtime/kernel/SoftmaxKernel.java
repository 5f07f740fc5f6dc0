package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Tensor;

/** Softmax or LogSoftmax of a float32 tensor along its last dimension. */
final class SoftmaxKernel implements Kernel, Workers.RangeTask {
  private final boolean log;
  private final int n;
  private final Kernels simd;
  private final Workers workers;
  private Tensor x;
  private Tensor y;

  SoftmaxKernel(NodeContext node, boolean log) {
    this.log = log;
    int[] shape = node.shape(0);
    n = shape[shape.length - 1];
    simd = node.simd();
    workers = node.workers();
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
