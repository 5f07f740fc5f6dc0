package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.Reduction;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * Convolution of images with few channels, such as the first of a network: the rows of the image
 * that some output rows see are copied to a band, each channel for itself, with zeros around them
 * and the columns in such an order that neighbouring windows see neighbouring columns. There {@link
 * Kernels#indirectGemm} reads the taps where they are. With few output channels, {@link
 * PixelsAsChannels}.
 */
final class FirstLayerConvKernel implements Kernel, Workers.RangeTask {
  /** With more channels than these, laying out each window for itself costs little. */
  private static final int MOST_CHANNELS = 8;

  /** Columns are multiplied by so many at least. */
  private static final int VECTOR = 16;

  /**
   * Floats of a band, unless one output row needs more: what a row or two see of it stays in L1.
   */
  private static final int BAND = 12 * 1024;

  /** Floats of a band that no image has: one that is mostly padding. */
  private static final double LARGEST_BAND = 1 << 26;

  /** Multiplications worth a thread of their own. */
  private static final long GRAIN = 100_000;

  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;
  private final Window window;
  private final Epilogue epilogue;
  private final PackedMatrix weights;
  private final int channels;
  private final int images;

  /** Whether images have their channels first. */
  private final boolean isPlanes;

  /** Input rows that an output row sees, and those of a band. */
  private final int span;

  private final int bandRows;

  /** Output rows of a band. */
  private final int rowsAtOnce;

  /** Floats of every {@code strideWidth}th column of a row of a band, and of all. */
  private final int part;

  private final int rowSize;

  /** The places in a band of the taps of the first window, in the order of the weights. */
  private final int[] taps;

  /** Fewest output rows of a thread. */
  private final int grain;

  /**
   * Convolves pixels each for itself, where some together are none for a number that is not finite;
   * null if that is what this does.
   */
  private final FirstLayerConvKernel single;

  private Tensor x;
  private Tensor y;
  private Tensor residual;
  private float[][] bands;

  private FirstLayerConvKernel(
      NodeContext node,
      int channels,
      Window window,
      boolean isPlanes,
      PackedMatrix weights,
      Epilogue epilogue,
      FirstLayerConvKernel single) {
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    this.window = window;
    this.epilogue = epilogue;
    this.weights = weights;
    this.channels = channels;
    images = node.shape(0)[0];
    this.isPlanes = isPlanes;
    this.single = single;
    span = (window.kernelHeight() - 1) * window.dilationHeight() + 1;
    int stride = window.strideWidth();
    part = window.outWidth() + (window.kernelWidth() - 1) * window.dilationWidth() / stride;
    rowSize = stride * part;
    int fitting = BAND / Math.max(1, channels * rowSize);
    rowsAtOnce =
        Math.max(1, Math.min(window.outHeight(), (fitting - span) / window.strideHeight() + 1));
    bandRows = (rowsAtOnce - 1) * window.strideHeight() + span;
    taps = taps();
    // Vectors are multiplied whole.
    int columns = (weights.n() + VECTOR - 1) / VECTOR * VECTOR;
    long macs = (long) window.outWidth() * weights.k() * columns;
    grain = (int) Math.max(1, GRAIN / Math.max(1, macs));
    // Behind the rows are their sums.
    scratch.reserve(workers.threads(), channels * (bandRows * rowSize + 1));
  }

  /**
   * @param isPlanes whether images have their channels first
   */
  static Kernel create(
      NodeContext node, Tensor w, Window window, boolean isPlanes, Epilogue epilogue) {
    PackedMatrix weights = Im2ColConvKernel.packed(node, w, 1)[0];
    int channels = w.dim(1);
    FirstLayerConvKernel single =
        new FirstLayerConvKernel(node, channels, window, isPlanes, weights, epilogue, null);
    PixelsAsChannels some = PixelsAsChannels.of(node, w, window, weights, epilogue);
    return some == null
        ? single
        : new FirstLayerConvKernel(
            node, channels, some.window(), isPlanes, some.weights(), some.epilogue(), single);
  }

  /** Whether there is memory for the rows that an output row sees. */
  static boolean fits(Window window, int channels) {
    double width =
        (double) window.outWidth() * window.strideWidth()
            + (double) window.kernelWidth() * window.dilationWidth();
    return width * window.kernelHeight() * window.dilationHeight() * channels < LARGEST_BAND;
  }

  /** Whether the convolution has few channels and windows that touch more than one pixel. */
  static boolean fits(Conv conv, Tensor w) {
    int taps = w.size() / Math.max(1, w.dim(0) * w.dim(1));
    return conv.group() == 1 && taps > 1 && w.dim(1) <= MOST_CHANNELS;
  }

  private int[] taps() {
    int[] places = new int[weights.k()];
    int stride = window.strideWidth();
    int at = 0;
    for (int ky = 0; ky < window.kernelHeight(); ky++) {
      for (int kx = 0; kx < window.kernelWidth(); kx++) {
        int column = kx * window.dilationWidth();
        int place = column % stride * part + column / stride;
        for (int c = 0; c < channels; c++) {
          places[at++] = (c * bandRows + ky * window.dilationHeight()) * rowSize + place;
        }
      }
    }
    return places;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    residual = in.length > 3 ? in[3] : null;
    y = out[0];
    bands = scratch.arrays();
    if (single != null) {
      single.x = x;
      single.residual = residual;
      single.y = y;
      single.bands = bands;
    }
    if (window.outWidth() > 0) {
      workers.runInChunks(this, images * window.outHeight(), grain);
    }
  }

  /** Some output rows of all images. */
  @Override
  public void run(int from, int to) {
    float[] band = bands[Workers.thread()];
    int row = from;
    while (row < to) {
      int image = row / window.outHeight();
      int first = row % window.outHeight();
      int rows = Math.min(rowsAtOnce, Math.min(to - row, window.outHeight() - first));
      load(image, first, rows, band);
      if (single == null || isFinite(band, rows)) {
        convolve(band, row, rows);
      } else {
        single.run(row, row + rows);
      }
      row += rows;
    }
  }

  /** Whether what some output rows see is, as its sum tells. */
  private boolean isFinite(float[] band, int rows) {
    int seen = ((rows - 1) * window.strideHeight() + span) * rowSize;
    int sums = channels * bandRows * rowSize;
    simd.reduce(Reduction.SUM, band, 0, bandRows * rowSize, channels, seen, band, sums);
    float sum = 0;
    for (int c = 0; c < channels; c++) {
      sum += band[sums + c];
    }
    return Float.isFinite(sum);
  }

  private void convolve(float[] band, int row, int rows) {
    int at = row * window.outWidth() * weights.n();
    simd.indirectGemm(
        band,
        0,
        window.strideHeight() * rowSize,
        taps,
        weights,
        y.floatArray(),
        y.arrayOffset() + at,
        rows,
        window.outWidth(),
        epilogue,
        residual == null ? null : residual.floatArray(),
        residual == null ? 0 : residual.arrayOffset() + at);
  }

  /** Copies what some output rows see. */
  private void load(int image, int first, int rows, float[] band) {
    int top = first * window.strideHeight() - window.padTop();
    int count = (rows - 1) * window.strideHeight() + span;
    // The rows of the band that are rows of the image.
    int from = Math.max(0, Math.min(count, -top));
    int to = Math.max(from, Math.min(count, window.inHeight() - top));
    int apart = isPlanes ? 1 : channels;
    int inRow = window.inWidth() * apart;
    for (int c = 0; c < channels; c++) {
      int plane = isPlanes ? image * channels + c : image;
      int x0 = x.arrayOffset() + (isPlanes ? 0 : c);
      int at = c * bandRows * rowSize;
      Arrays.fill(band, at, at + from * rowSize, 0f);
      x0 += (plane * window.inHeight() + top + from) * inRow;
      loadRows(x0, apart, to - from, band, at + from * rowSize);
      Arrays.fill(band, at + to * rowSize, at + count * rowSize, 0f);
    }
  }

  /** Copies rows of a channel, the columns of each remainder of the stride by themselves. */
  private void loadRows(int from, int apart, int rows, float[] band, int at) {
    int stride = window.strideWidth();
    for (int r = 0; r < stride; r++) {
      int begin = at + r * part;
      int first = columns(-r);
      int end = columns(window.inWidth() - r);
      for (int row = 0; row < rows; row++) {
        zero(band, begin + row * rowSize, first);
        zero(band, begin + row * rowSize + end, part - end);
      }
      if (first < end) {
        int x0 = from + (first * stride + r - window.padLeft()) * apart;
        copy(x0, window.inWidth() * apart, stride * apart, band, begin + first, rows, end - first);
      }
    }
  }

  /** A loop, since mostly it is a single column, or none. */
  private static void zero(float[] band, int from, int n) {
    for (int i = 0; i < n; i++) {
      band[from + i] = 0f;
    }
  }

  /** How many columns, a stride apart, begin before an input column. */
  private int columns(int before) {
    int distance = before + window.padLeft() + window.strideWidth() - 1;
    return Math.max(0, Math.min(part, distance / window.strideWidth()));
  }

  private void copy(int from, int step, int apart, float[] to, int at, int rows, int n) {
    float[] pixels = x.floatArray();
    if (apart == 1) {
      simd.copyRows(pixels, from, step, to, at, rowSize, rows, n);
      return;
    }
    if (apart == 2) {
      simd.everySecond(pixels, from, step, to, at, rowSize, rows, n);
      return;
    }
    // Rows without anything between them are one row.
    boolean isOneRow = n == rowSize && n * apart == step;
    int length = isOneRow ? rows * n : n;
    for (int row = 0; row < (isOneRow ? 1 : rows); row++) {
      for (int i = 0; i < length; i++) {
        to[at + row * rowSize + i] = pixels[from + row * step + i * apart];
      }
    }
  }
}
