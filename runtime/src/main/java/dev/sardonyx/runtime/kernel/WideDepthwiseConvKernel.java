package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * Depthwise convolution with seven taps in a row. So many pixels lack some of them at the edges of
 * the image that it is worth a copy with zeros to the left and right, for a band of output rows at
 * a time, in a buffer that stays in L2.
 */
final class WideDepthwiseConvKernel implements Kernel, Workers.RangeTask {
  /** Taps in a row. */
  static final int WIDTH = 7;

  /** Floats of the copy, unless one output row needs more. */
  private static final int STRIP = 128 * 1024;

  /**
   * Some output rows.
   *
   * @param row the first
   * @param inputRow the first that is copied
   * @param window over the copy
   */
  private record Band(int row, int inputRow, Window window) {}

  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;
  private final Window window;
  private final Epilogue epilogue;
  private final int channels;
  private final int images;
  private final float[] weights;
  private final Band[] bands;

  private Tensor x;
  private Tensor y;
  private Tensor residual;
  private float[][] strips;

  WideDepthwiseConvKernel(NodeContext node, Tensor w, Window window, Epilogue epilogue) {
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    this.window = window;
    this.epilogue = epilogue;
    channels = w.dim(0);
    images = node.shape(0)[0];
    weights = DepthwiseConvKernel.packed(node, w);
    int reach = (window.kernelHeight() - 1) * window.dilationHeight();
    int rowSize = width() * channels;
    int most = Math.max(1, STRIP / rowSize - reach);
    int height = window.outHeight();
    bands = new Band[Math.min(height, Math.max(workers.threads(), (height + most - 1) / most))];
    int highest = 0;
    for (int i = 0; i < bands.length; i++) {
      int row = height * i / bands.length;
      bands[i] = band(row, height * (i + 1) / bands.length - row, reach);
      highest = Math.max(highest, bands[i].window.inHeight());
    }
    scratch.reserve(workers.threads(), highest * rowSize);
  }

  /** Whether a convolution is of the kind that this computes. */
  static boolean fits(Window window) {
    return window.kernelWidth() == WIDTH
        && window.strideHeight() == 1
        && window.strideWidth() == 1
        && window.dilationWidth() == 1
        && window.outHeight() > 0
        && window.outWidth() >= WIDTH;
  }

  /** Pixels in a row of the copy. */
  private int width() {
    return window.outWidth() + window.kernelWidth() - 1;
  }

  /** Rows outside the image are not copied. */
  private Band band(int row, int rows, int reach) {
    int first = Math.max(0, Math.min(window.inHeight(), row - window.padTop()));
    int end = Math.min(window.inHeight(), row + rows + reach - window.padTop());
    return new Band(
        row,
        first,
        new Window(
            Math.max(0, end - first),
            width(),
            rows,
            window.outWidth(),
            window.kernelHeight(),
            window.kernelWidth(),
            1,
            1,
            window.dilationHeight(),
            1,
            first - row + window.padTop(),
            0,
            0,
            0));
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    residual = in.length > 3 ? in[3] : null;
    y = out[0];
    strips = scratch.arrays();
    workers.runInChunks(this, images * bands.length, 1);
  }

  /** Some bands of all images. */
  @Override
  public void run(int from, int to) {
    float[] strip = strips[Workers.thread()];
    for (int i = from; i < to; i++) {
      band(strip, i / bands.length, bands[i % bands.length]);
    }
  }

  private void band(float[] strip, int image, Band band) {
    int before = window.padLeft() * channels;
    int inRow = window.inWidth() * channels;
    int stripRow = width() * channels;
    int copied = Math.max(0, Math.min(inRow, stripRow - before));
    int xAt = x.arrayOffset() + (image * window.inHeight() + band.inputRow) * inRow;
    for (int row = 0; row < band.window.inHeight(); row++) {
      int at = row * stripRow;
      Arrays.fill(strip, at, at + Math.min(before, stripRow), 0f);
      System.arraycopy(x.floatArray(), xAt + row * inRow, strip, at + before, copied);
      Arrays.fill(strip, at + before + copied, at + stripRow, 0f);
    }
    int first = (image * window.outHeight() + band.row) * window.outWidth() * channels;
    simd.depthwise(
        strip,
        0,
        weights,
        y.floatArray(),
        y.arrayOffset() + first,
        channels,
        band.window,
        0,
        band.window.outHeight(),
        epilogue,
        residual == null ? null : residual.floatArray(),
        residual == null ? 0 : residual.arrayOffset() + first);
  }
}
