package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.ColumnStrip;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.Reduction;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.Tensor;

/**
 * Convolution of images with few channels, such as the first of a network: row by row, the {@link
 * ColumnStrip} that an output row sees times the packed weights.
 */
final class FirstLayerConvKernel implements Kernel, Workers.RangeTask {
  /** With more channels than these, laying out each window for itself costs little. */
  private static final int MOST_CHANNELS = 8;

  /** Multiplications worth a thread of their own. */
  private static final long GRAIN = 100_000;

  private final Kernels simd;
  private final Workers workers;
  private final Window window;
  private final Epilogue epilogue;
  private final PackedMatrix weights;

  /**
   * The weights and, if sums have odd length, one zero more, for what lies behind a window: the
   * tiles for sums of even length are faster.
   */
  private final PackedMatrix evenWeights;

  private final int stripSize;
  private final int channels;
  private final int images;

  /** Fewest output rows at a time. */
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
    PackedMatrix[] packed = packed(node, w);
    weights = packed[0];
    evenWeights = packed[1];
    channels = w.dim(1);
    images = node.shape(0)[0];
    long macs = (long) window.outWidth() * weights.k() * weights.n();
    grain = (int) Math.max(1, GRAIN / Math.max(1, macs));
    stripSize = ColumnStrip.size(channels, window);
    // And what lies behind the last window, and a sum.
    scratch.reserve(workers.threads(), stripSize + 2);
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

  /**
   * The weights in the order of a strip: kernel column, kernel row, channel; and for sums of even
   * length.
   */
  static PackedMatrix[] packed(NodeContext node, Tensor w) {
    return node.packed()
        .get(
            w,
            "first layer",
            PackedMatrix[].class,
            () -> {
              int outputs = w.dim(0);
              int inputs = w.dim(1);
              int width = w.dim(w.rank() - 1);
              int k = w.size() / Math.max(1, outputs);
              int height = k / Math.max(1, inputs * width);
              int even = k + k % 2;
              float[] columns = new float[even * outputs];
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
              PackedMatrix packed = PackedMatrix.pack(columns, 0, outputs, 1, k, outputs);
              return new PackedMatrix[] {
                packed,
                even == k ? packed : PackedMatrix.pack(columns, 0, outputs, 1, even, outputs)
              };
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
    for (int row = from; row < to; row++) {
      row(strip, row);
    }
  }

  private void row(float[] strip, int row) {
    int image = row / window.outHeight();
    int inSize = window.inHeight() * window.inWidth() * channels;
    simd.columnStrip(
        x.floatArray(),
        x.arrayOffset() + image * inSize,
        channels,
        window,
        row % window.outHeight(),
        strip);
    strip[stripSize] = 0f;
    int n = weights.n();
    int at = row * window.outWidth() * n;
    simd.gemm(
        strip,
        0,
        ColumnStrip.pixelStride(channels, window),
        isFinite(strip) ? evenWeights : weights,
        y.floatArray(),
        y.arrayOffset() + at,
        n,
        0,
        window.outWidth(),
        0,
        weights.panels(),
        epilogue,
        residual == null ? null : residual.floatArray(),
        residual == null ? 0 : residual.arrayOffset() + at);
  }

  /** Whether what lies behind a window may be multiplied by zero: then its sum is a number, too. */
  private boolean isFinite(float[] strip) {
    if (weights == evenWeights) {
      return true;
    }
    simd.reduce(Reduction.SUM, strip, 0, stripSize, 1, stripSize, strip, stripSize + 1);
    return Float.isFinite(strip[stripSize + 1]);
  }
}
