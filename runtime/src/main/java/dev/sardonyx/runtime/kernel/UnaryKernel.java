package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;

/** An element-wise function of one float32 tensor. */
final class UnaryKernel implements Kernel, Workers.RangeTask {
  /** Elements worth a thread of their own. */
  static final int GRAIN = 16_384;

  private final UnaryFunction function;
  private final Kernels simd;
  private final Workers workers;
  private Tensor x;
  private Tensor y;

  private UnaryKernel(UnaryFunction function, NodeContext node) {
    this.function = function;
    this.simd = node.simd();
    this.workers = node.workers();
  }

  static Kernel create(NodeContext node) {
    UnaryFunction f = UnaryFunctions.of(node);
    return f == null || !node.allFloat() ? null : new UnaryKernel(f, node);
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    workers.run(this, y.size(), GRAIN);
  }

  @Override
  public void run(int from, int to) {
    simd.unary(
        function,
        x.floatArray(),
        x.arrayOffset() + from,
        y.floatArray(),
        y.arrayOffset() + from,
        to - from);
  }
}
