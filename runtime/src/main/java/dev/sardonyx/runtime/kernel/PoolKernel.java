package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.ChannelsLastPool;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/** {@link ChannelsLastPool} of signals and images, split over rows of the output images. */
final class PoolKernel implements Kernel, Workers.RangeTask {
  private final Kernels simd;
  private final Workers workers;
  private final Window window;
  private final boolean max;
  private final boolean countIncludePad;
  private final UnaryFunction activation;
  private final int channels;
  private final int images;
  private Tensor x;
  private Tensor y;

  private PoolKernel(NodeContext node, ChannelsLastPool op, Window window) {
    simd = node.simd();
    workers = node.workers();
    this.window = window;
    max = op.max();
    countIncludePad = op.countIncludePad();
    activation = op.activation();
    int[] shape = node.shape(0);
    channels = shape[shape.length - 1];
    images = shape[0];
  }

  static Kernel create(NodeContext node) {
    ChannelsLastPool op = (ChannelsLastPool) node.operator();
    int[] shape = node.shape(0);
    if (!node.allFloat() || shape.length > 4) {
      return null;
    }
    int[] spatial = Arrays.copyOfRange(shape, 1, shape.length - 1);
    return new PoolKernel(node, op, ConvKernels.image(op.window().over(spatial)));
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    int row = Math.max(1, window.outWidth() * channels * window.taps());
    workers.runInChunks(
        this, images * window.outHeight(), Math.max(1, UnaryKernel.GRAIN * 2 / row));
  }

  @Override
  public void run(int from, int to) {
    int height = window.outHeight();
    int inSize = window.inHeight() * window.inWidth() * channels;
    int outSize = height * window.outWidth() * channels;
    int row = from;
    while (row < to) {
      int image = row / height;
      int first = row % height;
      int last = Math.min(height, first + to - row);
      int xAt = x.arrayOffset() + image * inSize;
      int yAt = y.arrayOffset() + image * outSize;
      if (max) {
        simd.maxPool(x.floatArray(), xAt, y.floatArray(), yAt, channels, window, first, last);
      } else {
        simd.averagePool(
            x.floatArray(),
            xAt,
            y.floatArray(),
            yAt,
            channels,
            window,
            first,
            last,
            countIncludePad);
      }
      if (activation.op() != UnaryFunction.Op.IDENTITY) {
        int size = window.outWidth() * channels;
        float[] results = y.floatArray();
        int at = yAt + first * size;
        simd.unary(activation, results, at, results, at, (last - first) * size);
      }
      row += last - first;
    }
  }
}
