package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.op.nn.LpNormalization;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.Reduction;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/** LpNormalization of float32 with p = 2 along rows: the last dimension that is not 1. */
final class LpNormalizationKernel implements Kernel, Workers.RangeTask {
  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;
  private final int n;
  private float[][] memory;
  private Tensor x;
  private Tensor y;

  private LpNormalizationKernel(NodeContext node, int n) {
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    this.n = n;
    scratch.reserve(workers.threads(), 1);
  }

  static Kernel create(NodeContext node) {
    LpNormalization op = (LpNormalization) node.operator();
    int[] shape = node.shape(0);
    int axis = Axis.of(op.axis(), shape.length);
    boolean fits =
        node.allFloat()
            && op.p() == 2
            && Tensor.sizeOf(shape) > 0
            && Tensor.strides(shape)[axis] == 1;
    return fits ? new LpNormalizationKernel(node, shape[axis]) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    memory = scratch.arrays();
    workers.run(this, y.size() / n, Math.max(1, UnaryKernel.GRAIN / n));
  }

  @Override
  public void run(int from, int to) {
    float[] norm = memory[Workers.thread()];
    for (int row = from; row < to; row++) {
      int xAt = x.arrayOffset() + row * n;
      int yAt = y.arrayOffset() + row * n;
      simd.reduce(Reduction.SUM_SQUARE, x.floatArray(), xAt, n, 1, n, norm, 0);
      if (norm[0] == 0) {
        Arrays.fill(y.floatArray(), yAt, yAt + n, 0f);
      } else {
        simd.unary(UnaryFunction.SQRT, norm, 0, norm, 0, 1);
        simd.binaryScalar(BinaryOp.DIV, x.floatArray(), xAt, norm[0], y.floatArray(), yAt, n);
      }
    }
  }
}
