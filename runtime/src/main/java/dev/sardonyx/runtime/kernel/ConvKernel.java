package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.op.nn.Window.Run;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * Conv with channels first, of any number of spatial dimensions and with weights that may change:
 * what was not lowered to channels last. The weights as they are, [M, C/group · taps], times the
 * inputs that each of a strip of output pixels sees, [C/group · taps, pixels]. Where every output
 * pixel reads just its own input pixel (1×1, stride 1), these are the image as it stands.
 */
final class ConvKernel implements Kernel, Workers.RangeTask {
  /** Floats of a strip: half of a small L2. */
  private static final int STRIP = 64 * 1024;

  /**
   * Floats of a strip of an image as it stands that a product reads at a time, and its channels: a
   * wider strip, since all the weights are prepared anew for each.
   */
  private static final int IMAGE_STRIP = 96 * 1024;

  private static final int DEPTH = 384;

  /** Fewest panels of a strip: loading the weights must cost little beside multiplying them. */
  private static final int FEWEST_PANELS = 4;

  /** Strips are of whole vectors, of any length. */
  private static final int VECTOR = 16;

  /** Multiplications worth a thread of their own. */
  private static final long GRAIN = 100_000;

  private final Kernels simd;
  private final Workers workers;
  private final List<Run> runs;

  /** Where the runs of each tap begin, and their number. */
  private final int[] firstRuns;

  private final boolean pointwise;
  private final int step;
  private final int taps;
  private final int inPixels;
  private final int outPixels;
  private final int group;
  private final int channels;
  private final int outputs;
  private final int images;
  private final int width;
  private final Scratch[] scratches;
  private Tensor x;
  private Tensor w;
  private Tensor bias;
  private Tensor y;

  /**
   * What one thread needs: a strip's inputs row by row, and packed, for all strips and the last.
   */
  private static final class Scratch {
    private final float[] rows;
    private final PackedMatrix full;
    private final PackedMatrix last;

    Scratch(int k, int width, int lastWidth, boolean pointwise) {
      rows = pointwise ? null : new float[k * width];
      float[] packed = new float[PackedMatrix.size(k, width)];
      full = PackedMatrix.over(packed, 0, k, width);
      last = PackedMatrix.over(packed, 0, k, lastWidth);
    }
  }

  private ConvKernel(NodeContext node, Conv op, int[] xShape, int[] wShape) {
    simd = node.simd();
    workers = node.workers();
    Geometry geometry = op.geometry(xShape, wShape);
    runs = geometry.runs();
    step = geometry.runStep();
    taps = geometry.kernelSize();
    firstRuns = new int[taps + 1];
    runs.forEach(r -> firstRuns[r.kernel() + 1]++);
    for (int tap = 0; tap < taps; tap++) {
      firstRuns[tap + 1] += firstRuns[tap];
    }
    inPixels = geometry.inputSize();
    outPixels = geometry.outputSize();
    group = op.group();
    channels = wShape[1];
    outputs = wShape[0] / group;
    images = xShape[0];
    pointwise =
        taps == 1
            && step == 1
            && runs.stream().allMatch(r -> r.input() == r.output())
            && runs.stream().mapToInt(Run::count).sum() == outPixels;
    int k = channels * taps;
    long macs = (long) images * outPixels * k * wShape[0];
    int threads = (int) Math.max(1, Math.min(workers.threads(), macs / GRAIN));
    width = Math.min(outPixels, width(k, threads));
    scratches = new Scratch[Math.min(threads, units())];
    int last = outPixels - (strips() - 1) * width;
    Arrays.setAll(scratches, i -> new Scratch(k, width, last, pointwise));
  }

  static Kernel create(NodeContext node) {
    int[] xShape = node.shape(0);
    int[] wShape = node.shape(1);
    Conv op = (Conv) node.operator();
    boolean supported =
        node.allFloat()
            && wShape.length > 2
            && Tensor.sizeOf(wShape) > 0
            && Tensor.sizeOf(node.outputShape(0)) > 0
            && wShape[1] * op.group() == xShape[1];
    return supported ? new ConvKernel(node, op, xShape, wShape) : null;
  }

  /** Pixels of a strip: all strips have the same size, and all threads as many strips. */
  private int width(int k, int threads) {
    int fitting = pointwise ? IMAGE_STRIP / Math.min(k, DEPTH) : STRIP / k;
    int most = Math.max(FEWEST_PANELS, fitting / PackedMatrix.PANEL) * PackedMatrix.PANEL;
    int rows = images * group;
    int count = (outPixels + most - 1) / most;
    while (rows % threads != 0 && count * rows % threads != 0) {
      count++;
    }
    int equal = (outPixels + count - 1) / count;
    return (equal + VECTOR - 1) / VECTOR * VECTOR;
  }

  private int strips() {
    return (outPixels + width - 1) / width;
  }

  /** Strips of all groups of all images. */
  private int units() {
    return images * group * strips();
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    w = in[1];
    bias = in.length > 2 ? in[2] : null;
    y = out[0];
    workers.run(this, scratches.length, 1);
  }

  /** Parts of the units. */
  @Override
  public void run(int from, int to) {
    for (int part = from; part < to; part++) {
      int end = (int) ((long) units() * (part + 1) / scratches.length);
      for (int u = (int) ((long) units() * part / scratches.length); u < end; u++) {
        int strip = u % strips();
        int g = u / strips() % group;
        strip(scratches[part], u / strips() / group, g, strip * width);
      }
    }
  }

  private void strip(Scratch scratch, int image, int g, int from) {
    PackedMatrix inputs = from + width <= outPixels ? scratch.full : scratch.last;
    int n = inputs.n();
    int k = inputs.k();
    int first = (image * group + g) * channels * inPixels;
    if (pointwise) {
      simd.pack(x.floatArray(), x.arrayOffset() + first + from, inPixels, inputs);
    } else {
      gather(scratch.rows, first, from, n);
      simd.pack(scratch.rows, 0, n, inputs);
    }
    int wAt = w.arrayOffset() + g * outputs * k;
    int yAt = y.arrayOffset() + (image * group + g) * outputs * outPixels + from;
    float[] results = y.floatArray();
    simd.gemm(w.floatArray(), wAt, k, inputs, results, yAt, outPixels, outputs, Epilogue.NONE);
    for (int m = 0; bias != null && m < outputs; m++) {
      int at = yAt + m * outPixels;
      float b = bias.getFloat(g * outputs + m);
      simd.binaryScalar(BinaryOp.ADD, results, at, b, results, at, n);
    }
  }

  /** Lays out the inputs of {@code n} output pixels: row (channel, tap), column pixel. */
  private void gather(float[] rows, int first, int from, int n) {
    Arrays.fill(rows, 0, channels * taps * n, 0f);
    float[] in = x.floatArray();
    for (int tap = 0; tap < taps; tap++) {
      int end = firstRuns[tap + 1];
      for (int i = firstRun(tap, from); i < end && runs.get(i).output() < from + n; i++) {
        Run r = runs.get(i);
        int begin = Math.max(r.output(), from);
        int count = Math.min(r.output() + r.count(), from + n) - begin;
        int xAt = x.arrayOffset() + first + r.input() + (begin - r.output()) * step;
        int at = tap * n + begin - from;
        copy(in, xAt, rows, at, n, count);
      }
    }
  }

  /** The first run of a tap that ends after an output pixel. */
  private int firstRun(int tap, int pixel) {
    int low = firstRuns[tap];
    int high = firstRuns[tap + 1];
    while (low < high) {
      int middle = (low + high) / 2;
      Run r = runs.get(middle);
      if (r.output() + r.count() <= pixel) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Copies pixels of all channels. */
  private void copy(float[] from, int fromAt, float[] to, int toAt, int n, int count) {
    if (step == 1) {
      simd.copyRows(from, fromAt, inPixels, to, toAt, taps * n, channels, count);
      return;
    }
    if (step == 2) {
      simd.everySecond(from, fromAt, inPixels, to, toAt, taps * n, channels, count);
      return;
    }
    for (int c = 0; c < channels; c++) {
      for (int j = 0; j < count; j++) {
        to[toAt + c * taps * n + j] = from[fromAt + c * inPixels + j * step];
      }
    }
  }
}
