package dev.sardonyx.runtime.simd;

import dev.sardonyx.runtime.simd.UnaryFunction.Op;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Depthwise convolution with kernels of 3×3 and 5×5, channels last: one vector of channels after
 * the other, row by row, all taps of some neighbouring pixels at a time; then bias and clipping
 * while the results are in registers.
 *
 * <p>The input rows that an output row sees are copied before, for the vector of channels alone,
 * with zeros around them: so they stay in the nearest cache, pixels are a constant distance apart,
 * and none is an exception. Zeros change a sum only if it is −0; so 0 is added in the end, by the
 * other implementations as well.
 */
final class VectorDepthwiseRows {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());
  private static final int LANES = SPECIES.length();

  /** Where rows begin, so that no vector is part of two cache lines. */
  private static final int FIRST = CacheLine.first(Float.BYTES);

  /** Pixels that are computed together: the widths of most images are multiples. */
  private static final int PIXELS = 7;

  /** With as many channels, 3×3 taps are better computed where they are. */
  static final int MANY_CHANNELS = 96;

  /** Floats of copied rows, which leave room in the nearest cache. */
  private static final int CACHED = 6144;

  /**
   * What a row of taps never reaches, nor a column, or the numbers just below, though C2 cannot
   * know: on JDK 17 it would load everything before the first multiplication.
   */
  private static final int NEVER = 0x3ffffff0;

  private static final ThreadLocal<VectorDepthwiseRows> OF_THREAD =
      ThreadLocal.withInitial(VectorDepthwiseRows::new);

  /** Copied input rows, then one of zeros, then output rows. */
  private float[] rows = new float[0];

  /** Where the rows begin that a group of output rows sees. */
  private int[] at = new int[0];

  /** See {@link IntegerClip}. */
  private final float[] check = new float[LANES];

  /** For no bias. */
  private float[] noBias = new float[0];

  private VectorDepthwiseRows() {}

  /**
   * Whether this class is made for the window: 5×5, and 3×3 with stride 1 and so few channels that
   * {@link VectorDepthwise3} would spend much of its time before its loop over them.
   */
  static boolean knows(Window w, int channels) {
    boolean three = w.kernelWidth() == 3 && w.strideWidth() == 1 && channels < MANY_CHANNELS;
    boolean five = w.kernelWidth() == 5 && w.strideWidth() <= 2;
    return channels >= LANES
        && w.kernelHeight() == w.kernelWidth()
        && (three || five)
        && w.dilationHeight() == 1
        && w.dilationWidth() == 1;
  }

  /** {@link Kernels#depthwise} for windows that this class knows. */
  static void apply(
      Kernels kernels,
      float[] x,
      int xOffset,
      float[] weights,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int rowFrom,
      int rowTo,
      Epilogue epilogue,
      float[] residual,
      int residualOffset) {
    UnaryFunction f = epilogue.activation();
    boolean clips = residual == null && IntegerClip.knows(f);
    UnaryFunction inTiles = clips ? f : UnaryFunction.IDENTITY;
    UnaryFunction behind = residual == null && !clips ? f : UnaryFunction.IDENTITY;
    VectorDepthwiseRows buffer = OF_THREAD.get();
    buffer.prepare(channels, window);
    float[] bias = epilogue.bias() == null ? buffer.noBias : epilogue.bias();
    for (int c = 0; c < channels; c += LANES) {
      // The channels that do not fill a vector are taken together with some done before.
      int channel = Math.min(c, channels - LANES);
      buffer.channels(
          kernels, x, xOffset, weights, bias, inTiles, behind, y, yOffset, channels, channel,
          window, rowFrom, rowTo);
    }
    if (!IntegerClip.isRight(inTiles, buffer.check)) {
      PortableKernels.INSTANCE.depthwise(
          x, xOffset, weights, y, yOffset, channels, window, rowFrom, rowTo, epilogue, null, 0);
      return;
    }
    int size = window.outWidth() * channels;
    for (int row = rowFrom; row < rowTo; row++) {
      int to = yOffset + row * size;
      if (residual != null) {
        kernels.binary(BinaryOp.ADD, y, to, residual, residualOffset + row * size, y, to, size);
        if (f.op() != Op.IDENTITY) {
          kernels.unary(f, y, to, y, to, size);
        }
      }
      epilogue.prelu(kernels, y, to, channels, window.outWidth(), channels, 0);
    }
  }

  /** Columns of a copied row: what a whole number of groups of pixels sees. */
  private static int columns(Window w) {
    int pixels = Math.max(w.outWidth(), PIXELS);
    return Math.max((pixels - 1) * w.strideWidth() + w.kernelWidth(), w.padLeft() + w.inWidth());
  }

  /** Places for copied rows: as many as fit or are needed, but all that an output row sees. */
  private static int places(Window w) {
    int fit = CACHED / (columns(w) * LANES);
    int all = (w.outHeight() - 1) * w.strideHeight() + w.kernelHeight();
    return Math.max(w.kernelHeight(), Math.min(fit, all));
  }

  /** Output rows that see no more than those. */
  private static int group(Window w) {
    return (places(w) - w.kernelHeight()) / w.strideHeight() + 1;
  }

  private void prepare(int channels, Window w) {
    int places = places(w);
    int inputs = FIRST + (places + 1) * columns(w) * LANES;
    int size = inputs + group(w) * Math.max(w.outWidth(), PIXELS) * LANES;
    if (rows.length < size) {
      rows = new float[size];
    }
    Arrays.fill(rows, FIRST, inputs, 0f);
    if (at.length < places) {
      at = new int[places];
    }
    if (noBias.length < channels) {
      noBias = new float[channels];
    }
  }

  /** The output rows for one vector of channels. */
  private void channels(
      Kernels kernels,
      float[] x,
      int xOffset,
      float[] weights,
      float[] bias,
      UnaryFunction inTiles,
      UnaryFunction behind,
      float[] y,
      int yOffset,
      int channels,
      int channel,
      Window w,
      int rowFrom,
      int rowTo) {
    int columns = columns(w) * LANES;
    int places = places(w);
    int group = group(w);
    int zeros = FIRST + places * columns;
    int result = zeros + columns;
    int width = w.outWidth();
    boolean direct = behind.op() == Op.IDENTITY && width >= PIXELS;
    int low = IntegerClip.lowest(inTiles);
    int high = IntegerClip.highest(inTiles);
    int copied = Math.max(0, w.top(rowFrom));
    for (int row = rowFrom; row < rowTo; row += group) {
      int count = Math.min(group, rowTo - row);
      int top = w.top(row);
      int end = top + (count - 1) * w.strideHeight() + w.kernelHeight();
      for (int from = Math.max(copied, top); from < Math.min(end, w.inHeight()); from++) {
        int first = xOffset + from * w.inWidth() * channels + channel;
        int place = FIRST + from % places * columns;
        copy(x, first, channels, rows, place + w.padLeft() * LANES, LANES, w.inWidth());
      }
      copied = end;
      for (int from = top; from < end; from++) {
        boolean inside = from >= 0 && from < w.inHeight();
        at[from - top] = inside ? FIRST + from % places * columns : zeros;
      }
      int to = yOffset + row * width * channels + channel;
      if (direct) {
        pixels(w, count, weights, channels, channel, bias, low, high, y, to, channels);
      } else {
        pixels(w, count, weights, channels, channel, bias, low, high, rows, result, LANES);
        if (behind.op() != Op.IDENTITY) {
          kernels.unary(behind, rows, result, rows, result, count * width * LANES);
        }
        copy(rows, result, LANES, y, to, channels, count * width);
      }
    }
  }

  /** One vector of each pixel. */
  private static void copy(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int pixels) {
    int xi = x0;
    int yi = y0;
    for (int i = 0; i < pixels; i++) {
      FloatVector.fromArray(SPECIES, x, xi).intoArray(y, yi);
      xi += xStep;
      yi += yStep;
    }
  }

  /** So many output rows; y has pixels yStep apart, and no gaps between rows. */
  private void pixels(
      Window w,
      int count,
      float[] weights,
      int channels,
      int channel,
      float[] bias,
      int lowest,
      int highest,
      float[] y,
      int y0,
      int yStep) {
    int step = w.strideHeight();
    int yRow = w.outWidth() * yStep;
    int width = w.outWidth();
    if (w.kernelWidth() == 3) {
      three(
          rows, at, count, step, weights, channels, channel, bias, lowest, highest, y, y0, yStep,
          yRow, width, check);
    } else if (w.strideWidth() == 1) {
      five1(
          rows, at, count, step, weights, channels, channel, bias, lowest, highest, y, y0, yStep,
          yRow, width, check);
    } else {
      five2(
          rows, at, count, step, weights, channels, channel, bias, lowest, highest, y, y0, yStep,
          yRow, width, check);
    }
  }

  /** 3×3 taps: pixels that are one column apart. */
  private static void three(
      float[] rows,
      int[] at,
      int outRows,
      int strideHeight,
      float[] weights,
      int channels,
      int channel,
      float[] bias,
      int lowest,
      int highest,
      float[] y,
      int y0,
      int yStep,
      int yRow,
      int width,
      float[] check) {
    IntVector low = IntVector.broadcast(INTS, lowest);
    IntVector high = IntVector.broadcast(INTS, highest);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector zeros = FloatVector.fromArray(SPECIES, check, 0);
    // The 0 that is added in the end: with a bias that is never −0 this is one addition.
    FloatVector b = FloatVector.fromArray(SPECIES, bias, channel).add(0f);
    FloatVector w0 = FloatVector.fromArray(SPECIES, weights, channel);
    FloatVector w1 = FloatVector.fromArray(SPECIES, weights, channel + channels);
    FloatVector w2 = FloatVector.fromArray(SPECIES, weights, channel + 2 * channels);
    FloatVector w3 = FloatVector.fromArray(SPECIES, weights, channel + 3 * channels);
    FloatVector w4 = FloatVector.fromArray(SPECIES, weights, channel + 4 * channels);
    FloatVector w5 = FloatVector.fromArray(SPECIES, weights, channel + 5 * channels);
    FloatVector w6 = FloatVector.fromArray(SPECIES, weights, channel + 6 * channels);
    FloatVector w7 = FloatVector.fromArray(SPECIES, weights, channel + 7 * channels);
    FloatVector w8 = FloatVector.fromArray(SPECIES, weights, channel + 8 * channels);
    int row = 0;
    int to = y0;
    int next = 0;
    for (int end = y0 + outRows * yRow; to < end; ) {
      // The last pixels are taken together with some that were done before.
      int pixel = Math.max(0, Math.min(next, width - PIXELS));
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      FloatVector acc4 = FloatVector.zero(SPECIES);
      FloatVector acc5 = FloatVector.zero(SPECIES);
      FloatVector acc6 = FloatVector.zero(SPECIES);
      int i = at[row] + pixel * LANES;
      FloatVector v = FloatVector.fromArray(SPECIES, rows, i);
      acc0 = w0.fma(v, acc0);
      v = FloatVector.fromArray(SPECIES, rows, i + LANES);
      acc0 = w1.fma(v, acc0);
      acc1 = w0.fma(v, acc1);
      v = FloatVector.fromArray(SPECIES, rows, i + 2 * LANES);
      acc0 = w2.fma(v, acc0);
      acc1 = w1.fma(v, acc1);
      acc2 = w0.fma(v, acc2);
      v = FloatVector.fromArray(SPECIES, rows, i + 3 * LANES);
      acc1 = w2.fma(v, acc1);
      acc2 = w1.fma(v, acc2);
      acc3 = w0.fma(v, acc3);
      v = FloatVector.fromArray(SPECIES, rows, i + 4 * LANES);
      acc2 = w2.fma(v, acc2);
      acc3 = w1.fma(v, acc3);
      acc4 = w0.fma(v, acc4);
      v = FloatVector.fromArray(SPECIES, rows, i + 5 * LANES);
      acc3 = w2.fma(v, acc3);
      acc4 = w1.fma(v, acc4);
      acc5 = w0.fma(v, acc5);
      v = FloatVector.fromArray(SPECIES, rows, i + 6 * LANES);
      acc4 = w2.fma(v, acc4);
      acc5 = w1.fma(v, acc5);
      acc6 = w0.fma(v, acc6);
      v = FloatVector.fromArray(SPECIES, rows, i + 7 * LANES);
      acc5 = w2.fma(v, acc5);
      acc6 = w1.fma(v, acc6);
      v = FloatVector.fromArray(SPECIES, rows, i + 8 * LANES);
      acc6 = w2.fma(v, acc6);
      if (next == NEVER) {
        break;
      }
      i = at[row + 1] + pixel * LANES;
      v = FloatVector.fromArray(SPECIES, rows, i);
      acc0 = w3.fma(v, acc0);
      v = FloatVector.fromArray(SPECIES, rows, i + LANES);
      acc0 = w4.fma(v, acc0);
      acc1 = w3.fma(v, acc1);
      v = FloatVector.fromArray(SPECIES, rows, i + 2 * LANES);
      acc0 = w5.fma(v, acc0);
      acc1 = w4.fma(v, acc1);
      acc2 = w3.fma(v, acc2);
      v = FloatVector.fromArray(SPECIES, rows, i + 3 * LANES);
      acc1 = w5.fma(v, acc1);
      acc2 = w4.fma(v, acc2);
      acc3 = w3.fma(v, acc3);
      v = FloatVector.fromArray(SPECIES, rows, i + 4 * LANES);
      acc2 = w5.fma(v, acc2);
      acc3 = w4.fma(v, acc3);
      acc4 = w3.fma(v, acc4);
      v = FloatVector.fromArray(SPECIES, rows, i + 5 * LANES);
      acc3 = w5.fma(v, acc3);
      acc4 = w4.fma(v, acc4);
      acc5 = w3.fma(v, acc5);
      v = FloatVector.fromArray(SPECIES, rows, i + 6 * LANES);
      acc4 = w5.fma(v, acc4);
      acc5 = w4.fma(v, acc5);
      acc6 = w3.fma(v, acc6);
      v = FloatVector.fromArray(SPECIES, rows, i + 7 * LANES);
      acc5 = w5.fma(v, acc5);
      acc6 = w4.fma(v, acc6);
      v = FloatVector.fromArray(SPECIES, rows, i + 8 * LANES);
      acc6 = w5.fma(v, acc6);
      if (next == NEVER - 1) {
        break;
      }
      i = at[row + 2] + pixel * LANES;
      v = FloatVector.fromArray(SPECIES, rows, i);
      acc0 = w6.fma(v, acc0);
      v = FloatVector.fromArray(SPECIES, rows, i + LANES);
      acc0 = w7.fma(v, acc0);
      acc1 = w6.fma(v, acc1);
      v = FloatVector.fromArray(SPECIES, rows, i + 2 * LANES);
      acc0 = w8.fma(v, acc0);
      acc1 = w7.fma(v, acc1);
      acc2 = w6.fma(v, acc2);
      v = FloatVector.fromArray(SPECIES, rows, i + 3 * LANES);
      acc1 = w8.fma(v, acc1);
      acc2 = w7.fma(v, acc2);
      acc3 = w6.fma(v, acc3);
      v = FloatVector.fromArray(SPECIES, rows, i + 4 * LANES);
      acc2 = w8.fma(v, acc2);
      acc3 = w7.fma(v, acc3);
      acc4 = w6.fma(v, acc4);
      v = FloatVector.fromArray(SPECIES, rows, i + 5 * LANES);
      acc3 = w8.fma(v, acc3);
      acc4 = w7.fma(v, acc4);
      acc5 = w6.fma(v, acc5);
      v = FloatVector.fromArray(SPECIES, rows, i + 6 * LANES);
      acc4 = w8.fma(v, acc4);
      acc5 = w7.fma(v, acc5);
      acc6 = w6.fma(v, acc6);
      v = FloatVector.fromArray(SPECIES, rows, i + 7 * LANES);
      acc5 = w8.fma(v, acc5);
      acc6 = w7.fma(v, acc6);
      v = FloatVector.fromArray(SPECIES, rows, i + 8 * LANES);
      acc6 = w8.fma(v, acc6);
      if (next == NEVER - 2) {
        break;
      }
      int yi = to + pixel * yStep;
      acc0 = acc0.add(b);
      zeros = acc0.fma(zero, zeros);
      acc0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc1 = acc1.add(b);
      zeros = acc1.fma(zero, zeros);
      acc1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc2 = acc2.add(b);
      zeros = acc2.fma(zero, zeros);
      acc2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc3 = acc3.add(b);
      zeros = acc3.fma(zero, zeros);
      acc3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc4 = acc4.add(b);
      zeros = acc4.fma(zero, zeros);
      acc4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc5 = acc5.add(b);
      zeros = acc5.fma(zero, zeros);
      acc5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc6 = acc6.add(b);
      zeros = acc6.fma(zero, zeros);
      acc6.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      next += PIXELS;
      if (next >= width) {
        next = 0;
        row += strideHeight;
        to += yRow;
      }
    }
    zeros.intoArray(check, 0);
  }

  /** 5×5 taps: pixels that are one column apart. */
  private static void five1(
      float[] rows,
      int[] at,
      int outRows,
      int strideHeight,
      float[] weights,
      int channels,
      int channel,
      float[] bias,
      int lowest,
      int highest,
      float[] y,
      int y0,
      int yStep,
      int yRow,
      int width,
      float[] check) {
    IntVector low = IntVector.broadcast(INTS, lowest);
    IntVector high = IntVector.broadcast(INTS, highest);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector zeros = FloatVector.fromArray(SPECIES, check, 0);
    // The 0 that is added in the end: with a bias that is never −0 this is one addition.
    FloatVector b = FloatVector.fromArray(SPECIES, bias, channel).add(0f);
    int row = 0;
    int to = y0;
    int next = 0;
    for (int end = y0 + outRows * yRow; to < end; ) {
      // The last pixels are taken together with some that were done before.
      int pixel = Math.max(0, Math.min(next, width - PIXELS));
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      FloatVector acc4 = FloatVector.zero(SPECIES);
      FloatVector acc5 = FloatVector.zero(SPECIES);
      FloatVector acc6 = FloatVector.zero(SPECIES);
      int wi = channel;
      for (int ky = 0; ky < 5; ky++) {
        FloatVector w0 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        FloatVector w1 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        FloatVector w2 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        FloatVector w3 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        FloatVector w4 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        int i = at[row + ky] + pixel * LANES;
        FloatVector v = FloatVector.fromArray(SPECIES, rows, i);
        acc0 = w0.fma(v, acc0);
        v = FloatVector.fromArray(SPECIES, rows, i + LANES);
        acc0 = w1.fma(v, acc0);
        acc1 = w0.fma(v, acc1);
        v = FloatVector.fromArray(SPECIES, rows, i + 2 * LANES);
        acc0 = w2.fma(v, acc0);
        acc1 = w1.fma(v, acc1);
        acc2 = w0.fma(v, acc2);
        v = FloatVector.fromArray(SPECIES, rows, i + 3 * LANES);
        acc0 = w3.fma(v, acc0);
        acc1 = w2.fma(v, acc1);
        acc2 = w1.fma(v, acc2);
        acc3 = w0.fma(v, acc3);
        v = FloatVector.fromArray(SPECIES, rows, i + 4 * LANES);
        acc0 = w4.fma(v, acc0);
        acc1 = w3.fma(v, acc1);
        acc2 = w2.fma(v, acc2);
        acc3 = w1.fma(v, acc3);
        acc4 = w0.fma(v, acc4);
        v = FloatVector.fromArray(SPECIES, rows, i + 5 * LANES);
        acc1 = w4.fma(v, acc1);
        acc2 = w3.fma(v, acc2);
        acc3 = w2.fma(v, acc3);
        acc4 = w1.fma(v, acc4);
        acc5 = w0.fma(v, acc5);
        v = FloatVector.fromArray(SPECIES, rows, i + 6 * LANES);
        acc2 = w4.fma(v, acc2);
        acc3 = w3.fma(v, acc3);
        acc4 = w2.fma(v, acc4);
        acc5 = w1.fma(v, acc5);
        acc6 = w0.fma(v, acc6);
        v = FloatVector.fromArray(SPECIES, rows, i + 7 * LANES);
        acc3 = w4.fma(v, acc3);
        acc4 = w3.fma(v, acc4);
        acc5 = w2.fma(v, acc5);
        acc6 = w1.fma(v, acc6);
        v = FloatVector.fromArray(SPECIES, rows, i + 8 * LANES);
        acc4 = w4.fma(v, acc4);
        acc5 = w3.fma(v, acc5);
        acc6 = w2.fma(v, acc6);
        v = FloatVector.fromArray(SPECIES, rows, i + 9 * LANES);
        acc5 = w4.fma(v, acc5);
        acc6 = w3.fma(v, acc6);
        v = FloatVector.fromArray(SPECIES, rows, i + 10 * LANES);
        acc6 = w4.fma(v, acc6);
        if (ky == NEVER) {
          break;
        }
      }
      int yi = to + pixel * yStep;
      acc0 = acc0.add(b);
      zeros = acc0.fma(zero, zeros);
      acc0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc1 = acc1.add(b);
      zeros = acc1.fma(zero, zeros);
      acc1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc2 = acc2.add(b);
      zeros = acc2.fma(zero, zeros);
      acc2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc3 = acc3.add(b);
      zeros = acc3.fma(zero, zeros);
      acc3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc4 = acc4.add(b);
      zeros = acc4.fma(zero, zeros);
      acc4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc5 = acc5.add(b);
      zeros = acc5.fma(zero, zeros);
      acc5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc6 = acc6.add(b);
      zeros = acc6.fma(zero, zeros);
      acc6.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      next += PIXELS;
      if (next >= width) {
        next = 0;
        row += strideHeight;
        to += yRow;
      }
    }
    zeros.intoArray(check, 0);
  }

  /** 5×5 taps: pixels that are two columns apart. */
  private static void five2(
      float[] rows,
      int[] at,
      int outRows,
      int strideHeight,
      float[] weights,
      int channels,
      int channel,
      float[] bias,
      int lowest,
      int highest,
      float[] y,
      int y0,
      int yStep,
      int yRow,
      int width,
      float[] check) {
    IntVector low = IntVector.broadcast(INTS, lowest);
    IntVector high = IntVector.broadcast(INTS, highest);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector zeros = FloatVector.fromArray(SPECIES, check, 0);
    // The 0 that is added in the end: with a bias that is never −0 this is one addition.
    FloatVector b = FloatVector.fromArray(SPECIES, bias, channel).add(0f);
    int row = 0;
    int to = y0;
    int next = 0;
    for (int end = y0 + outRows * yRow; to < end; ) {
      // The last pixels are taken together with some that were done before.
      int pixel = Math.max(0, Math.min(next, width - PIXELS));
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      FloatVector acc4 = FloatVector.zero(SPECIES);
      FloatVector acc5 = FloatVector.zero(SPECIES);
      FloatVector acc6 = FloatVector.zero(SPECIES);
      int wi = channel;
      for (int ky = 0; ky < 5; ky++) {
        FloatVector w0 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        FloatVector w1 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        FloatVector w2 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        FloatVector w3 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        FloatVector w4 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        int i = at[row + ky] + pixel * 2 * LANES;
        FloatVector v = FloatVector.fromArray(SPECIES, rows, i);
        acc0 = w0.fma(v, acc0);
        v = FloatVector.fromArray(SPECIES, rows, i + LANES);
        acc0 = w1.fma(v, acc0);
        v = FloatVector.fromArray(SPECIES, rows, i + 2 * LANES);
        acc0 = w2.fma(v, acc0);
        acc1 = w0.fma(v, acc1);
        v = FloatVector.fromArray(SPECIES, rows, i + 3 * LANES);
        acc0 = w3.fma(v, acc0);
        acc1 = w1.fma(v, acc1);
        v = FloatVector.fromArray(SPECIES, rows, i + 4 * LANES);
        acc0 = w4.fma(v, acc0);
        acc1 = w2.fma(v, acc1);
        acc2 = w0.fma(v, acc2);
        v = FloatVector.fromArray(SPECIES, rows, i + 5 * LANES);
        acc1 = w3.fma(v, acc1);
        acc2 = w1.fma(v, acc2);
        v = FloatVector.fromArray(SPECIES, rows, i + 6 * LANES);
        acc1 = w4.fma(v, acc1);
        acc2 = w2.fma(v, acc2);
        acc3 = w0.fma(v, acc3);
        v = FloatVector.fromArray(SPECIES, rows, i + 7 * LANES);
        acc2 = w3.fma(v, acc2);
        acc3 = w1.fma(v, acc3);
        v = FloatVector.fromArray(SPECIES, rows, i + 8 * LANES);
        acc2 = w4.fma(v, acc2);
        acc3 = w2.fma(v, acc3);
        acc4 = w0.fma(v, acc4);
        v = FloatVector.fromArray(SPECIES, rows, i + 9 * LANES);
        acc3 = w3.fma(v, acc3);
        acc4 = w1.fma(v, acc4);
        v = FloatVector.fromArray(SPECIES, rows, i + 10 * LANES);
        acc3 = w4.fma(v, acc3);
        acc4 = w2.fma(v, acc4);
        acc5 = w0.fma(v, acc5);
        v = FloatVector.fromArray(SPECIES, rows, i + 11 * LANES);
        acc4 = w3.fma(v, acc4);
        acc5 = w1.fma(v, acc5);
        v = FloatVector.fromArray(SPECIES, rows, i + 12 * LANES);
        acc4 = w4.fma(v, acc4);
        acc5 = w2.fma(v, acc5);
        acc6 = w0.fma(v, acc6);
        v = FloatVector.fromArray(SPECIES, rows, i + 13 * LANES);
        acc5 = w3.fma(v, acc5);
        acc6 = w1.fma(v, acc6);
        v = FloatVector.fromArray(SPECIES, rows, i + 14 * LANES);
        acc5 = w4.fma(v, acc5);
        acc6 = w2.fma(v, acc6);
        v = FloatVector.fromArray(SPECIES, rows, i + 15 * LANES);
        acc6 = w3.fma(v, acc6);
        v = FloatVector.fromArray(SPECIES, rows, i + 16 * LANES);
        acc6 = w4.fma(v, acc6);
        if (ky == NEVER) {
          break;
        }
      }
      int yi = to + pixel * yStep;
      acc0 = acc0.add(b);
      zeros = acc0.fma(zero, zeros);
      acc0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc1 = acc1.add(b);
      zeros = acc1.fma(zero, zeros);
      acc1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc2 = acc2.add(b);
      zeros = acc2.fma(zero, zeros);
      acc2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc3 = acc3.add(b);
      zeros = acc3.fma(zero, zeros);
      acc3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc4 = acc4.add(b);
      zeros = acc4.fma(zero, zeros);
      acc4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc5 = acc5.add(b);
      zeros = acc5.fma(zero, zeros);
      acc5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += yStep;
      acc6 = acc6.add(b);
      zeros = acc6.fma(zero, zeros);
      acc6.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      next += PIXELS;
      if (next >= width) {
        next = 0;
        row += strideHeight;
        to += yRow;
      }
    }
    zeros.intoArray(check, 0);
  }
}
