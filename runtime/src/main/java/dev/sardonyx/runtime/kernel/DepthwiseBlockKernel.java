package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.ChannelsLastConv;
import dev.sardonyx.runtime.lowering.DepthwiseBlock;
import dev.sardonyx.runtime.simd.CacheLine;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * {@link DepthwiseBlock}: for a band of output rows at a time, the rows that the depthwise
 * convolution reads are computed into a buffer, its results into another, and these are multiplied
 * once more. Both buffers stay in L2. What the next band reads as well is moved to the front.
 */
final class DepthwiseBlockKernel implements Kernel, Workers.RangeTask {
  /** Floats of both buffers, unless one output row needs more. */
  private static final int BUFFERS = 96 * 1024;

  /**
   * Some output rows.
   *
   * @param row the first
   * @param inputRow the first row that the depthwise convolution reads
   * @param window over those that it reads
   */
  private record Band(int row, int inputRow, Window window) {
    int inputEnd() {
      return inputRow + window.inHeight();
    }
  }

  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;
  private final Window window;
  private final int images;
  private final int inputs;

  /** Channels of the depthwise convolution. */
  private final int channels;

  private final int outputs;
  private final PackedMatrix expand;
  private final Epilogue expandEpilogue;
  private final float[] weights;
  private final Epilogue epilogue;
  private final PackedMatrix project;
  private final Epilogue projectEpilogue;
  private final Band[] bands;

  /** By thread: which band of all images has its rows in the thread's buffer, or −1. */
  private final int[] loaded;

  /** Where the results of the depthwise convolution begin, behind the rows that it reads. */
  private final int filteredAt;

  private Tensor x;
  private Tensor y;
  private Tensor residual;
  private float[][] buffers;

  private DepthwiseBlockKernel(NodeContext node, DepthwiseBlock op) {
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    Tensor w = node.constant(DepthwiseBlock.DEPTHWISE);
    int[] shape = node.shape(0);
    images = shape[0];
    inputs = shape[3];
    channels = w.dim(0);
    shape[3] = channels;
    window = ConvKernels.window(op.depthwise(), shape, w.shape());
    weights = DepthwiseConvKernel.packed(node, w);
    epilogue = epilogue(node, op.depthwise(), DepthwiseBlock.DEPTHWISE);
    expand = packed(node, op.expand(), DepthwiseBlock.EXPAND);
    expandEpilogue = epilogue(node, op.expand(), DepthwiseBlock.EXPAND);
    project = packed(node, op.project(), DepthwiseBlock.PROJECT);
    projectEpilogue = epilogue(node, op.project(), DepthwiseBlock.PROJECT);
    outputs = project == null ? channels : project.n();
    bands = bands();
    loaded = new int[workers.threads()];
    int highest = 0;
    int mostRows = 0;
    for (Band b : bands) {
      highest = Math.max(highest, b.window.inHeight());
      mostRows = Math.max(mostRows, b.window.outHeight());
    }
    filteredAt = CacheLine.first(Float.BYTES) + (expand == null ? 0 : highest * expandedRow());
    scratch.reserve(
        workers.threads(), filteredAt + (project == null ? 0 : mostRows * filteredRow()));
  }

  static Kernel create(NodeContext node) {
    return supports(node) ? new DepthwiseBlockKernel(node, (DepthwiseBlock) node.operator()) : null;
  }

  /** See {@link KernelTable#prepack}. */
  static boolean prepack(NodeContext node, int input) {
    if (!supports(node)) {
      return false;
    }
    Im2ColConvKernel.packed(node, node.constant(input), 1);
    return true;
  }

  private static boolean supports(NodeContext node) {
    if (!node.allFloat() || node.shape(0).length != 4) {
      return false;
    }
    for (int i = DepthwiseBlock.DEPTHWISE; i < node.inputs().size(); i++) {
      if (i != DepthwiseBlock.RESIDUAL && node.hasInput(i) && node.constant(i) == null) {
        return false;
      }
    }
    return true;
  }

  private static PackedMatrix packed(NodeContext node, ChannelsLastConv conv, int weights) {
    return conv == null ? null : Im2ColConvKernel.packed(node, node.constant(weights), 1)[0];
  }

  private static Epilogue epilogue(NodeContext node, ChannelsLastConv conv, int weights) {
    if (conv == null) {
      return Epilogue.NONE;
    }
    Tensor bias = node.constant(weights + 1);
    return Epilogue.of(bias == null ? null : bias.toFloats(), conv.activation());
  }

  private int expandedRow() {
    return window.inWidth() * channels;
  }

  private int filteredRow() {
    return window.outWidth() * channels;
  }

  /** Bands of about the same height, as many for each thread. */
  private Band[] bands() {
    int height = window.outHeight();
    int reach = (window.kernelHeight() - 1) * window.dilationHeight();
    long perRow =
        (expand == null ? 0L : (long) window.strideHeight() * expandedRow())
            + (project == null ? 0 : filteredRow());
    long atLeast =
        expand == null ? 0 : (long) Math.max(0, reach + 1 - window.strideHeight()) * expandedRow();
    long most = Math.max(1, (BUFFERS - atLeast) / Math.max(1, perRow));
    long perThread = (height + most * workers.threads() - 1) / (most * workers.threads());
    int count = (int) Math.min(height, Math.max(1, perThread) * workers.threads());
    Band[] bands = new Band[count];
    for (int i = 0; i < count; i++) {
      int row = (int) ((long) height * i / count);
      bands[i] = band(row, (int) ((long) height * (i + 1) / count) - row, reach);
    }
    return bands;
  }

  private Band band(int row, int rows, int reach) {
    int top = row * window.strideHeight() - window.padTop();
    int bottom = (row + rows - 1) * window.strideHeight() - window.padTop() + reach + 1;
    int first = Math.max(0, Math.min(window.inHeight(), top));
    int end = Math.max(first, Math.min(window.inHeight(), bottom));
    return new Band(
        row,
        first,
        new Window(
            end - first,
            window.inWidth(),
            rows,
            window.outWidth(),
            window.kernelHeight(),
            window.kernelWidth(),
            window.strideHeight(),
            window.strideWidth(),
            window.dilationHeight(),
            window.dilationWidth(),
            first - top,
            window.padLeft(),
            0,
            0));
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    residual = in[DepthwiseBlock.RESIDUAL];
    y = out[0];
    buffers = scratch.arrays();
    Arrays.fill(loaded, -1);
    workers.runInChunks(this, images * bands.length, 1);
  }

  /** Some bands of all images. */
  @Override
  public void run(int from, int to) {
    float[] buffer = buffers[Workers.thread()];
    for (int i = from; i < to; i++) {
      int image = i / bands.length;
      int b = i % bands.length;
      Band band = bands[b];
      if (expand == null) {
        int at = (image * window.inHeight() + band.inputRow) * expandedRow();
        filter(x.floatArray(), x.arrayOffset() + at, buffer, image, band);
      } else {
        int thread = Workers.thread();
        expand(buffer, image, band, b > 0 && loaded[thread] == i - 1 ? bands[b - 1] : null);
        loaded[thread] = i;
        filter(buffer, CacheLine.first(Float.BYTES), buffer, image, band);
      }
    }
  }

  /**
   * Computes the rows that the depthwise convolution reads.
   *
   * @param before the band whose rows are in the buffer, or null
   */
  private void expand(float[] buffer, int image, Band band, Band before) {
    int first = CacheLine.first(Float.BYTES);
    int there = before == null ? 0 : Math.max(0, before.inputEnd() - band.inputRow);
    if (there > 0) {
      int from = first + (band.inputRow - before.inputRow) * expandedRow();
      System.arraycopy(buffer, from, buffer, first, there * expandedRow());
    }
    int row = image * window.inHeight() + band.inputRow + there;
    simd.gemm(
        x.floatArray(),
        x.arrayOffset() + row * window.inWidth() * inputs,
        inputs,
        expand,
        buffer,
        first + there * expandedRow(),
        channels,
        0,
        (band.window.inHeight() - there) * window.inWidth(),
        0,
        expand.panels(),
        expandEpilogue,
        null,
        0);
  }

  /** The depthwise convolution of a band, and what follows it. */
  private void filter(float[] from, int at, float[] buffer, int image, Band band) {
    int pixel = (image * window.outHeight() + band.row) * window.outWidth();
    int to = y.arrayOffset() + pixel * outputs;
    simd.depthwise(
        from,
        at,
        weights,
        project == null ? y.floatArray() : buffer,
        project == null ? to : filteredAt,
        channels,
        band.window,
        0,
        band.window.outHeight(),
        epilogue,
        null,
        0);
    if (project == null) {
      return;
    }
    simd.gemm(
        buffer,
        filteredAt,
        channels,
        project,
        y.floatArray(),
        to,
        outputs,
        0,
        band.window.outHeight() * window.outWidth(),
        0,
        project.panels(),
        projectEpilogue,
        residual == null ? null : residual.floatArray(),
        residual == null ? 0 : residual.arrayOffset() + pixel * outputs);
  }
}
