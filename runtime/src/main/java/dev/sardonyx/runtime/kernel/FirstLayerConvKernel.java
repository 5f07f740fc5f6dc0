package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.ColumnStrip;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.Tensor;

/**
 * Convolution of images with few channels, such as the first of a network: the {@link ColumnStrip}s
 * that some output rows see, times the packed weights.
 */
final class FirstLayerConvKernel implements Kernel, Workers.RangeTask {
  /** With more channels than these, laying out each window for itself costs little. */
  private static final int MOST_CHANNELS = 8;

  /** Columns are multiplied by so many at least. */
  private static final int VECTOR = 16;

  /** Floats of the strips that are multiplied at once, unless one needs more. */
  private static final int STRIPS = 16 * 1024;

  /** Multiplications worth a thread of their own. */
  private static final long GRAIN = 100_000;

  private final Kernels simd;
  private final Workers workers;
  private final Window window;
  private final Epilogue epilogue;
  private final PackedMatrix weights;
  private final int channels;
  private final int images;

  /** Floats of a strip. */
  private final int stripSize;

  /** Strips that are multiplied at once. */
  private final int stripsAtOnce;

  /** Fewest output rows of a thread. */
  private final int grain;

  private final Scratch scratch;
  private Tensor x;
  private Tensor y;
  private Tensor residual;
  private float[][] strips;

  FirstLayerConvKernel(NodeContext node, Tensor w, Window window, Epilogue epilogue) {
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    this.window = window;
    this.epilogue = epilogue;
    weights = packed(node, w);
    channels = w.dim(1);
    images = node.shape(0)[0];
    // Vectors are multiplied whole.
    int columns = (weights.n() + VECTOR - 1) / VECTOR * VECTOR;
    long macs = (long) window.outWidth() * weights.k() * columns;
    grain = (int) Math.max(1, GRAIN / Math.max(1, macs));
    stripSize = ColumnStrip.size(channels, window);
    stripsAtOnce = Math.max(1, Math.min(window.outHeight(), STRIPS / Math.max(1, stripSize)));
    // The vectors of the last pixels may be longer than what is left of a strip.
    scratch.reserve(workers.threads(), stripsAtOnce * stripSize + MOST_CHANNELS);
  }

  /** Whether the convolution has few channels and windows that touch more than one pixel. */
  static boolean fits(Conv conv, Tensor w) {
    int taps = w.size() / Math.max(1, w.dim(0) * w.dim(1));
    for (int d : conv.window().dilations()) {
      if (d != 1) {
        return false;
      }
    }
    return conv.group() == 1 && taps > 1 && w.dim(1) <= MOST_CHANNELS;
  }

  /** The weights in the order of a strip: kernel column, kernel row, channel. */
  static PackedMatrix packed(NodeContext node, Tensor w) {
    return node.packed()
        .get(
            w,
            "first layer",
            PackedMatrix.class,
            () -> {
              int outputs = w.dim(0);
              int inputs = w.dim(1);
              int width = w.dim(w.rank() - 1);
              int k = w.size() / Math.max(1, outputs);
              int height = k / Math.max(1, inputs * width);
              float[] columns = new float[w.size()];
              int at = 0;
              for (int kx = 0; kx < width; kx++) {
                for (int ky = 0; ky < height; ky++) {
                  for (int c = 0; c < inputs; c++) {
                    for (int m = 0; m < outputs; m++) {
                      columns[at++] = w.getFloat(((m * inputs + c) * height + ky) * width + kx);
                    }
                  }
                }
              }
              return PackedMatrix.pack(columns, 0, outputs, 1, k, outputs);
            });
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    residual = in.length > 3 ? in[3] : null;
    y = out[0];
    strips = scratch.arrays();
    workers.runInChunks(this, images * window.outHeight(), grain);
  }

  /** Some output rows of all images. */
  @Override
  public void run(int from, int to) {
    float[] strip = strips[Workers.thread()];
    for (int row = from; row < to; row += stripsAtOnce) {
      rows(strip, row, Math.min(to, row + stripsAtOnce));
    }
  }

  private void rows(float[] strip, int from, int to) {
    int inSize = window.inHeight() * window.inWidth() * channels;
    for (int row = from; row < to; row++) {
      int image = row / window.outHeight();
      simd.columnStrip(
          x.floatArray(),
          x.arrayOffset() + image * inSize,
          channels,
          window,
          row % window.outHeight(),
          strip,
          (row - from) * stripSize);
    }
    int pixelStride = ColumnStrip.pixelStride(channels, window);
    int at = from * window.outWidth() * weights.n();
    simd.gemmInRuns(
        strip,
        0,
        pixelStride,
        window.outWidth(),
        stripSize - window.outWidth() * pixelStride,
        weights,
        y.floatArray(),
        y.arrayOffset() + at,
        (to - from) * window.outWidth(),
        epilogue,
        residual == null ? null : residual.floatArray(),
        residual == null ? 0 : residual.arrayOffset() + at);
  }
}
