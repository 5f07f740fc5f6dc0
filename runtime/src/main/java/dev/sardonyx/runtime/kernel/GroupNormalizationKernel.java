package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.GroupNormalization;
import dev.sardonyx.op.nn.InstanceNormalization;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * GroupNormalization of float32, and InstanceNormalization, whose groups are single channels: each
 * group is a row that is normalized, then each of its channels is scaled and moved.
 */
final class GroupNormalizationKernel implements Kernel, Workers.RangeTask {
  private final Kernels simd;
  private final Workers workers;
  private final float epsilon;
  private final int groups;
  private final int channels;

  /** Numbers in a channel. */
  private final int size;

  /** Numbers in a group. */
  private final int n;

  private final float[] ones;
  private Tensor x;
  private Tensor scale;
  private Tensor bias;
  private Tensor y;

  private GroupNormalizationKernel(NodeContext node, int groups, float epsilon) {
    simd = node.simd();
    workers = node.workers();
    this.groups = groups;
    this.epsilon = epsilon;
    int[] shape = node.shape(0);
    channels = shape[1];
    size = Tensor.sizeOf(shape) / (shape[0] * channels);
    n = size * (channels / groups);
    ones = new float[n];
    Arrays.fill(ones, 1);
  }

  static Kernel create(NodeContext node) {
    int[] shape = node.shape(0);
    if (!node.allFloat() || shape.length < 2 || Tensor.sizeOf(shape) == 0) {
      return null;
    }
    int groups = shape[1];
    float epsilon;
    if (node.operator() instanceof GroupNormalization op) {
      groups = op.groups();
      epsilon = op.epsilon();
    } else {
      epsilon = ((InstanceNormalization) node.operator()).epsilon();
    }
    boolean fits =
        shape[1] % groups == 0
            && Tensor.sizeOf(node.shape(1)) == shape[1]
            && Tensor.sizeOf(node.shape(2)) == shape[1];
    return fits ? new GroupNormalizationKernel(node, groups, epsilon) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    scale = in[1];
    bias = in[2];
    y = out[0];
    workers.run(this, x.size() / n, Math.max(1, UnaryKernel.GRAIN / 4 / n));
  }

  /** Groups of all images. */
  @Override
  public void run(int from, int to) {
    float[] out = y.floatArray();
    for (int group = from; group < to; group++) {
      int at = y.arrayOffset() + group * n;
      simd.layerNorm(
          x.floatArray(),
          x.arrayOffset() + group * n,
          n,
          out,
          at,
          n,
          1,
          n,
          ones,
          0,
          null,
          0,
          epsilon);
      int first = group % groups * (channels / groups);
      for (int c = 0; c < channels / groups; c++) {
        int channel = at + c * size;
        simd.binaryScalar(
            BinaryOp.MUL, out, channel, scale.getFloat(first + c), out, channel, size);
        simd.binaryScalar(BinaryOp.ADD, out, channel, bias.getFloat(first + c), out, channel, size);
      }
    }
  }
}
