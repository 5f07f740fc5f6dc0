package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.Tensor;

/** Depthwise convolution: one kernel per channel, split over rows of the output images. */
final class DepthwiseConvKernel implements Kernel, Workers.RangeTask {
  private final Kernels simd;
  private final Workers workers;
  private final Window window;
  private final Epilogue epilogue;
  private final int channels;
  private final int images;

  private final float[] weights;

  private Tensor x;
  private Tensor y;
  private Tensor residual;

  DepthwiseConvKernel(NodeContext node, Tensor w, Window window, Epilogue epilogue) {
    simd = node.simd();
    workers = node.workers();
    this.window = window;
    this.epilogue = epilogue;
    channels = w.dim(0);
    images = node.shape(0)[0];
    weights = packed(node, w);
  }

  /** The weights as [kernel position][channel]. */
  static float[] packed(NodeContext node, Tensor w) {
    int channels = w.dim(0);
    int taps = w.size() / Math.max(1, channels);
    return node.packed()
        .get(
            w,
            "depthwise",
            float[].class,
            () -> {
              float[] out = new float[taps * channels];
              for (int c = 0; c < channels; c++) {
                for (int p = 0; p < taps; p++) {
                  out[p * channels + c] = w.getFloat(c * taps + p);
                }
              }
              return out;
            });
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    residual = in.length > 3 ? in[3] : null;
    y = out[0];
    int row = window.outWidth() * channels * window.taps();
    workers.runInChunks(
        this, images * window.outHeight(), Math.max(1, UnaryKernel.GRAIN * 4 / row));
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
      simd.depthwise(
          x.floatArray(),
          x.arrayOffset() + image * inSize,
          weights,
          y.floatArray(),
          y.arrayOffset() + image * outSize,
          channels,
          window,
          first,
          last,
          epilogue,
          residual == null ? null : residual.floatArray(),
          residual == null ? 0 : residual.arrayOffset() + image * outSize);
      row += last - first;
    }
  }
}
