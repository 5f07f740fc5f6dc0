package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.op.nn.LayerNormalization;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * LayerNormalization of float32 rows, with scale and bias of one row, without the optional outputs.
 */
final class LayerNormalizationKernel implements Kernel, Workers.RangeTask {
  private final float epsilon;
  private final int n;
  private final Kernels simd;
  private final Workers workers;
  private Tensor x;
  private Tensor scale;
  private Tensor bias;
  private Tensor y;

  private LayerNormalizationKernel(NodeContext node, float epsilon, int n) {
    this.epsilon = epsilon;
    this.n = n;
    simd = node.simd();
    workers = node.workers();
  }

  static Kernel create(NodeContext node) {
    LayerNormalization op = (LayerNormalization) node.operator();
    if (!node.allFloat() || node.node().hasOutput(1) || node.node().hasOutput(2)) {
      return null;
    }
    int[] shape = node.shape(0);
    int n = 1;
    for (int d = Axis.of(op.axis(), shape.length); d < shape.length; d++) {
      n *= shape[d];
    }
    int axis = Axis.of(op.axis(), shape.length);
    boolean rows = n > 0 && isRow(node.shape(1), shape, axis);
    boolean biasFits = !node.hasInput(2) || isRow(node.shape(2), shape, axis);
    return rows && biasFits ? new LayerNormalizationKernel(node, op.epsilon(), n) : null;
  }

  /**
   * Whether a scale has a number for each index of the dimensions from an axis on, and no other.
   */
  static boolean isRow(int[] scale, int[] shape, int axis) {
    int[] row = Arrays.copyOfRange(shape, axis, shape.length);
    return Tensor.sizeOf(scale) == Tensor.sizeOf(row)
        && Arrays.equals(withoutLeadingOnes(scale), withoutLeadingOnes(row));
  }

  private static int[] withoutLeadingOnes(int... shape) {
    int first = 0;
    while (first < shape.length && shape[first] == 1) {
      first++;
    }
    return Arrays.copyOfRange(shape, first, shape.length);
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    scale = in[1];
    bias = in.length > 2 ? in[2] : null;
    y = out[0];
    workers.run(this, x.size() / n, Math.max(1, UnaryKernel.GRAIN / 4 / n));
  }

  @Override
  public void run(int from, int to) {
    simd.layerNorm(
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
        bias == null ? null : bias.floatArray(),
        bias == null ? 0 : bias.arrayOffset(),
        epsilon);
  }
}
