package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.op.nn.GlobalPool;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.Reduction;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.Map;

/**
 * ReduceSum, Mean, Max, Min, SumSquare and L2 of float32 over the last dimensions: one number per
 * row; GlobalAveragePool, MaxPool and LpPool alike. The first four over dimensions that follow one
 * another anywhere: {@link ColumnReduceKernel}.
 */
final class ReduceKernel implements Kernel, Workers.RangeTask {
  private static final Map<String, Reduction> REDUCTIONS =
      Map.of(
          "ReduceSum", Reduction.SUM,
          "ReduceMean", Reduction.MEAN,
          "ReduceMax", Reduction.MAX,
          "ReduceMin", Reduction.MIN,
          "ReduceSumSquare", Reduction.SUM_SQUARE,
          "ReduceL2", Reduction.SUM_SQUARE);

  private final Reduction reduction;
  private final boolean root;
  private final Kernels simd;
  private final Workers workers;
  private final int n;
  private Tensor x;
  private Tensor y;

  private ReduceKernel(NodeContext node, Reduction reduction, boolean root, int n) {
    this.reduction = reduction;
    this.root = root;
    simd = node.simd();
    workers = node.workers();
    this.n = n;
  }

  static Kernel create(NodeContext node) {
    Tensor axes = node.constant(1);
    int[] shape = node.shape(0);
    boolean all =
        !node.hasInput(1)
            && !((dev.sardonyx.op.reduction.Reduction) node.operator()).noopWithEmptyAxes();
    if (node.dtype(0) != DType.FLOAT
        || Tensor.sizeOf(shape) == 0
        || !all && (axes == null || axes.size() == 0)) {
      return null;
    }
    boolean[] reduced = new boolean[shape.length];
    Arrays.fill(reduced, all);
    for (int axis : all ? new int[0] : Axis.of(axes.toLongs(), shape.length)) {
      reduced[axis] = true;
    }
    // As [outer, n, columns], of which n goes.
    int n = 1;
    int columns = 1;
    boolean begun = false;
    boolean ended = false;
    for (int d = shape.length - 1; d >= 0; d--) {
      if (shape[d] == 1) {
        continue;
      }
      if (reduced[d] && ended) {
        return null;
      }
      ended |= begun && !reduced[d];
      begun |= reduced[d];
      n *= reduced[d] ? shape[d] : 1;
      columns *= begun ? 1 : shape[d];
    }
    Reduction reduction = REDUCTIONS.get(node.node().opType());
    // Nothing to be reduced: rows of one number.
    if (columns == 1 || n == 1) {
      return new ReduceKernel(node, reduction, node.node().is("ReduceL2"), n);
    }
    return reduction == Reduction.SUM_SQUARE
        ? null
        : new ColumnReduceKernel(node, reduction, n, columns);
  }

  /** For GlobalAveragePool, GlobalMaxPool and GlobalLpPool: over all pixels of a channel. */
  static Kernel createGlobal(NodeContext node) {
    GlobalPool op = (GlobalPool) node.operator();
    int[] shape = node.shape(0);
    boolean root = op.kind() == GlobalPool.Kind.LP;
    if (!node.allFloat() || Tensor.sizeOf(shape) == 0 || root && op.p() != 2) {
      return null;
    }
    Reduction reduction =
        switch (op.kind()) {
          case AVERAGE -> Reduction.MEAN;
          case MAX -> Reduction.MAX;
          case LP -> Reduction.SUM_SQUARE;
        };
    return new ReduceKernel(node, reduction, root, Tensor.sizeOf(shape) / (shape[0] * shape[1]));
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
    if (root) {
      float[] sums = y.floatArray();
      int at = y.arrayOffset() + from;
      simd.unary(UnaryFunction.SQRT, sums, at, sums, at, to - from);
    }
  }
}
