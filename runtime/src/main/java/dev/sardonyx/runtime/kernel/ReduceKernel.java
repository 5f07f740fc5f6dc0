package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.Reduction;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Map;

/** ReduceSum, Mean, Max and Min of float32 over the last dimensions: one number per row. */
final class ReduceKernel implements Kernel, Workers.RangeTask {
  private static final Map<String, Reduction> REDUCTIONS =
      Map.of(
          "ReduceSum", Reduction.SUM,
          "ReduceMean", Reduction.MEAN,
          "ReduceMax", Reduction.MAX,
          "ReduceMin", Reduction.MIN);

  private final Reduction reduction;
  private final Kernels simd;
  private final Workers workers;
  private final int n;
  private Tensor x;
  private Tensor y;

  private ReduceKernel(NodeContext node, int n) {
    reduction = REDUCTIONS.get(node.node().opType());
    simd = node.simd();
    workers = node.workers();
    this.n = n;
  }

  static Kernel create(NodeContext node) {
    Tensor axes = node.constant(1);
    if (node.dtype(0) != DType.FLOAT || axes == null || axes.size() == 0) {
      return null;
    }
    int[] shape = node.shape(0);
    boolean[] reduced = new boolean[shape.length];
    for (int axis : Axis.of(axes.toLongs(), shape.length)) {
      reduced[axis] = true;
    }
    int n = 1;
    boolean last = true;
    for (int d = shape.length - 1; d >= 0; d--) {
      if (reduced[d] && !last) {
        return null;
      }
      last &= reduced[d];
      n *= reduced[d] ? shape[d] : 1;
    }
    return n == 0 ? null : new ReduceKernel(node, n);
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    workers.run(this, y.size(), Math.max(1, UnaryKernel.GRAIN / n));
  }

  @Override
  public void run(int from, int to) {
    simd.reduce(
        reduction,
        x.floatArray(),
        x.arrayOffset() + from * n,
        n,
        to - from,
        n,
        y.floatArray(),
        y.arrayOffset() + from);
  }
}
