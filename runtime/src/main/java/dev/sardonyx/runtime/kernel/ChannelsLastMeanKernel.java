package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.ChannelsLastMean;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Tensor;

/** {@link ChannelsLastMean}: pixels are added up one after the other, all channels at once. */
final class ChannelsLastMeanKernel implements Kernel, Workers.RangeTask {
  private final Kernels simd;
  private final Workers workers;
  private final int channels;
  private final int pixels;
  private final int images;
  private Tensor x;
  private Tensor y;

  private ChannelsLastMeanKernel(NodeContext node) {
    simd = node.simd();
    workers = node.workers();
    int[] shape = node.shape(0);
    images = shape[0];
    channels = shape[shape.length - 1];
    int n = 1;
    for (int d = 1; d < shape.length - 1; d++) {
      n *= shape[d];
    }
    pixels = n;
  }

  static Kernel create(NodeContext node) {
    return node.allFloat() ? new ChannelsLastMeanKernel(node) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    workers.run(this, images * channels, Math.max(16, UnaryKernel.GRAIN / Math.max(1, pixels)));
  }

  /** Channels of all images. */
  @Override
  public void run(int from, int to) {
    int at = from;
    while (at < to) {
      int image = at / channels;
      int first = at % channels;
      int count = Math.min(channels - first, to - at);
      mean(image, first, count);
      at += count;
    }
  }

  private void mean(int image, int first, int count) {
    int xAt = x.arrayOffset() + image * pixels * channels + first;
    float[] sums = y.floatArray();
    int yAt = y.arrayOffset() + image * channels + first;
    simd.sumRows(x.floatArray(), xAt, channels, pixels, count, sums, yAt);
    simd.binaryScalar(BinaryOp.DIV, sums, yAt, pixels, sums, yAt, count);
  }
}
