package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Im2Col;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * Convolution as GEMM: the inputs of a strip of output pixels are laid out as rows (im2col) in a
 * buffer that stays in L2, and multiplied with the packed weights. Where every output pixel reads
 * just its own input pixel (1×1, stride 1), the image itself is the left operand.
 */
final class Im2ColConvKernel implements Kernel, Workers.RangeTask {
  /** Lays out what the product reads, where that is neither an image as it stands nor im2col. */
  interface Rows {
    /**
     * Writes a row for each of some pixels of an image.
     *
     * @param strip takes the rows, one behind the other
     */
    void layOut(float[] strip, int image, int from, int to);
  }

  /** Floats of a strip: half of a small L2. */
  private static final int STRIP = 64 * 1024;

  /** The same of rows that are computed: as far as may be they stay in L1 until they are read. */
  private static final int COMPUTED_STRIP = 8 * 1024;

  /** Threads share so many output pixels at a time. */
  private static final int ROWS = 8;

  /** Fewer rows, or columns, are not worth reading the other operand once more. */
  private static final int CHUNK_ROWS = 72;

  private static final int CHUNK_PANELS = 4;

  /**
   * Fewest rows of a strip: loading the weights, once for each strip, must cost little beside
   * multiplying them with so many. Of a strip that is too large for L2, what one block of k takes
   * still fits.
   */
  private static final int FEWEST_ROWS = 96;

  /** With more channels in a group, copying them for each window costs little. */
  private static final int GROUP_CHANNELS = 48;

  /** Multiplications worth a thread of their own. */
  private static final long GRAIN = 100_000;

  private final Kernels simd;
  private final Workers workers;
  private final Window window;

  /** What lays out the rows of a convolution that is else pointwise, or null. */
  private final Rows ownRows;

  /** Whether the image itself is the left operand. */
  private final boolean pointwise;

  private final int group;
  private final int channels;
  private final int inputs;
  private final int outputs;
  private final int first;
  private final int all;
  private final int inPixels;
  private final int outPixels;
  private final int images;
  private final PackedMatrix[] weights;
  private final Epilogue[] epilogues;
  private final int stripRows;

  /** Units that threads share, {@link #ROWS} pixels or a panel of outputs, and fewest at a time. */
  private final int units;

  private final int grain;

  /** Whether threads share the output channels and not the pixels: see {@link #splitsOutputs}. */
  private final boolean byOutputs;

  /** Rows of the image of which a group's channels are laid out apart; 0 if none are. */
  private final int groupRows;

  private final Scratch scratch;
  private Tensor x;
  private Tensor y;
  private Tensor residual;
  private float[][] strips;

  /**
   * How many runs there were, and in which of them each thread has laid out the inputs last: where
   * threads share output channels, each does that once.
   */
  private int runs;

  private final int[] laidOut;

  /**
   * @param rows lays out the pixels of a 1×1 convolution; null if input 0 is what it reads
   * @param first the channel of the output that is the first of these results
   * @param all channels of the output
   */
  Im2ColConvKernel(
      NodeContext node,
      Tensor w,
      int group,
      Window window,
      Rows rows,
      Epilogue epilogue,
      int first,
      int all) {
    ownRows = rows;
    this.first = first;
    this.all = all;
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    this.window = window;
    this.group = group;
    channels = w.dim(1);
    inputs = channels * group;
    outputs = w.dim(0);
    images = node.shape(0)[0];
    inPixels = window.inHeight() * window.inWidth();
    outPixels = window.outHeight() * window.outWidth();
    int k = window.taps() * channels;
    int n = outputs / group;
    weights = packed(node, w, group);
    epilogues = new Epilogue[group];
    for (int g = 0; g < group; g++) {
      epilogues[g] = epilogue.part(g * n, (g + 1) * n);
    }
    pointwise =
        rows == null
            && window.taps() == 1
            && window.strideHeight() == 1
            && window.strideWidth() == 1
            && inPixels == outPixels
            && window.padTop() == 0
            && window.padLeft() == 0;
    int strip = rows == null ? STRIP : COMPUTED_STRIP;
    int most = Math.max(FEWEST_ROWS, strip / Math.max(1, k) / ROWS * ROWS);
    stripRows = Math.max(1, Math.min(most, outPixels));
    byOutputs = splitsOutputs();
    laidOut = new int[workers.threads()];
    units = byOutputs ? weights[0].panels() : (images * outPixels + ROWS - 1) / ROWS;
    long macs = (long) images * outPixels * k * outputs;
    int worth = byOutputs ? CHUNK_PANELS : Math.min(CHUNK_ROWS / ROWS, units / workers.threads());
    grain = (int) Math.max(worth, Math.min(units, GRAIN * units / Math.max(1, macs)));
    groupRows = group > 1 && channels <= GROUP_CHANNELS && window.taps() > 1 ? groupRows() : 0;
    int size = most(stripRows) * k + groupRows * window.inWidth() * channels;
    scratch.reserve(pointwise ? 0 : workers.threads(), pointwise ? 0 : size);
  }

  /**
   * Every thread reads all weights, or all inputs where threads share the output channels: what is
   * less is better read twice. Channels that are shared must come to whole panels for everybody.
   */
  private boolean splitsOutputs() {
    boolean inOnePiece = pointwise || images == 1 && stripRows == outPixels;
    return inOnePiece
        && group == 1
        && outputs > images * outPixels
        && weights[0].panels() >= CHUNK_PANELS * workers.threads();
  }

  /** Most rows of the image that a strip sees. */
  private int groupRows() {
    int outRows = (most(stripRows) + window.outWidth() - 1) / Math.max(1, window.outWidth()) + 1;
    int reach = (window.kernelHeight() - 1) * window.dilationHeight() + 1;
    return Math.min(window.inHeight(), (outRows - 1) * window.strideHeight() + reach);
  }

  /** Most rows of a strip where {@code rows} are aimed at. */
  private static int most(int rows) {
    return rows + (rows + 1) / 2;
  }

  /** The weights of every group. */
  static PackedMatrix[] packed(NodeContext node, Tensor w, int group) {
    return node.packed()
        .get(
            w,
            "im2col/" + group,
            PackedMatrix[].class,
            () -> {
              PackedMatrix[] p = new PackedMatrix[group];
              Arrays.setAll(p, g -> ConvKernels.pack(node.packed().reader(), w, group, g));
              return p;
            });
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    residual = in.length > 3 ? in[3] : null;
    y = out[0];
    strips = scratch.arrays();
    runs++;
    workers.runInChunks(this, units, grain);
  }

  /** Some panels of output channels, or some output pixels of all images. */
  @Override
  public void run(int from, int to) {
    if (byOutputs) {
      if (pointwise) {
        gemm(x.floatArray(), x.arrayOffset(), inputs, 0, images * outPixels, 0, from, to);
      } else {
        byOutputs(Workers.thread(), from, to);
      }
      return;
    }
    int next = from * ROWS;
    int last = Math.min(images * outPixels, to * ROWS);
    while (next < last) {
      int image = next / outPixels;
      int pixel = next % outPixels;
      int end = Math.min(outPixels, pixel + last - next);
      if (pointwise) {
        pointwise(image, pixel, end);
      } else {
        im2col(strips[Workers.thread()], image, pixel, end);
      }
      next += end - pixel;
    }
  }

  /** Some panels of output channels of the only strip. */
  private void byOutputs(int thread, int from, int to) {
    if (laidOut[thread] != runs) {
      layOut(strips[thread], 0, 0, 0, outPixels);
      laidOut[thread] = runs;
    }
    gemm(strips[thread], 0, window.taps() * channels, 0, outPixels, 0, from, to);
  }

  private void pointwise(int image, int from, int to) {
    for (int g = 0; g < group; g++) {
      gemm(
          x.floatArray(),
          x.arrayOffset() + (image * inPixels + from) * inputs + g * channels,
          inputs,
          image * outPixels + from,
          to - from,
          g);
    }
  }

  private void im2col(float[] strip, int image, int from, int to) {
    int k = window.taps() * channels;
    // Strips of equal size: a small rest would have to wait for all the weights once more.
    int count = Math.max(1, (to - from + stripRows / 2) / stripRows);
    int rows = (to - from + count - 1) / count;
    for (int pixel = from; pixel < to; pixel += rows) {
      int end = Math.min(to, pixel + rows);
      for (int g = 0; g < group; g++) {
        layOut(strip, image, g, pixel, end);
        gemm(strip, 0, k, image * outPixels + pixel, end - pixel, g);
      }
    }
  }

  private void layOut(float[] strip, int image, int g, int from, int to) {
    if (ownRows != null) {
      ownRows.layOut(strip, image, from, to);
      return;
    }
    if (groupRows > 0) {
      layOutGroup(strip, image, g, from, to);
      return;
    }
    Im2Col.pack(
        x.floatArray(),
        x.arrayOffset() + image * inPixels * inputs + g * channels,
        inputs,
        channels,
        window,
        from,
        to,
        strip,
        0);
  }

  /**
   * Of few channels, each pixel that the strip sees is taken out of the others' channels once, so
   * that the rows of a window are in one piece.
   */
  private void layOutGroup(float[] strip, int image, int g, int from, int to) {
    int top = Math.max(0, top(from));
    int reach = (window.kernelHeight() - 1) * window.dilationHeight() + 1;
    int bottom = Math.min(window.inHeight(), top(to - 1) + reach);
    int first = top * window.inWidth();
    int count = Math.max(0, bottom - top) * window.inWidth();
    int apart = most(stripRows) * window.taps() * channels;
    int at = x.arrayOffset() + (image * inPixels + first) * inputs + g * channels;
    simd.copyRows(x.floatArray(), at, inputs, strip, apart, channels, count, channels);
    Im2Col.pack(strip, apart - first * channels, channels, channels, window, from, to, strip, 0);
  }

  /** The input row of the first tap of an output pixel; may be negative. */
  private int top(int pixel) {
    return pixel / window.outWidth() * window.strideHeight() - window.padTop();
  }

  private void gemm(float[] a, int aOffset, int lda, int outPixel, int rows, int g) {
    gemm(a, aOffset, lda, outPixel, rows, g, 0, weights[g].panels());
  }

  private void gemm(
      float[] a, int aOffset, int lda, int outPixel, int rows, int g, int panelFrom, int panelTo) {
    int at = outPixel * all + first + g * (outputs / group);
    simd.gemm(
        a,
        aOffset,
        lda,
        weights[g],
        y.floatArray(),
        y.arrayOffset() + at,
        all,
        0,
        rows,
        panelFrom,
        panelTo,
        epilogues[g],
        residual == null ? null : residual.floatArray(),
        residual == null ? 0 : residual.arrayOffset() + at);
  }
}
