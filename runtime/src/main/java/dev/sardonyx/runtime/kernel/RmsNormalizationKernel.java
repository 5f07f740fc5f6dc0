package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.op.nn.RMSNormalization;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Tensor;

/** RMSNormalization of float32 over the last dimensions, of which the scale has all numbers. */
final class RmsNormalizationKernel implements Kernel, Workers.RangeTask {
  private final float epsilon;
  private final int n;
  private final Kernels simd;
  private final Workers workers;
  private Tensor x;
  private Tensor scale;
  private Tensor y;

  private RmsNormalizationKernel(NodeContext node, float epsilon, int n) {
    this.epsilon = epsilon;
    this.n = n;
    simd = node.simd();
    workers = node.workers();
  }

  static Kernel create(NodeContext node) {
    RMSNormalization op = (RMSNormalization) node.operator();
    if (!node.allFloat()) {
      return null;
    }
    int[] shape = node.shape(0);
    int n = 1;
    for (int d = Axis.of(op.axis(), shape.length); d < shape.length; d++) {
      n *= shape[d];
    }
    int axis = Axis.of(op.axis(), shape.length);
    boolean rows = n > 0 && LayerNormalizationKernel.isRow(node.shape(1), shape, axis);
    return rows ? new RmsNormalizationKernel(node, op.epsilon(), n) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    scale = in[1];
    y = out[0];
    workers.run(this, x.size() / n, Math.max(1, UnaryKernel.GRAIN / 4 / n));
  }

  @Override
  public void run(int from, int to) {
    simd.rmsNorm(
        x.floatArray(),
        x.arrayOffset() + from * n,
        n,
        y.floatArray(),
        y.arrayOffset() + from * n,
        n,
        to - from,
        n,
        scale.floatArray(),
        scale.arrayOffset(),
        epsilon);
  }
}
