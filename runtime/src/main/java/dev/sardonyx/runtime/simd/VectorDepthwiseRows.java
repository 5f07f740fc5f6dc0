package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import dev.sardonyx.runtime.simd.UnaryFunction.Op;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Depthwise convolution with kernels of 5×5, and of 3×3 over few channels, channels last: all taps
 * of eight neighbouring pixels, for one vector of channels after the other, then bias and a
 * clipping activation while the results are in registers.
 *
 * <p>The input rows of an output row are copied to arrays of their own, with zeros at both ends, so
 * that no pixel is an exception. Zeros change a sum only if it is −0; so 0 is added in the end, by
 * the other implementations as well.
 */
final class VectorDepthwiseRows {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  /** Where rows begin, so that no vector is part of two cache lines if a pixel's first is not. */
  private static final int FIRST = CacheLine.first(Float.BYTES);

  /**
   * Pixels that are computed together: fewer sums than these would wait for one another. Where
   * there are fewer pixels, the superfluous results are written to the last one's place before its
   * own.
   */
  private static final int PIXELS = 8;

  /** Fewer channels than these are few for kernels of 3×3. */
  static final int FEW_CHANNELS = 64;

  /** What a row of taps never reaches, though C2 cannot know: so it does not unroll that loop. */
  private static final int NEVER = 0x3ffffff0;

  private static final ThreadLocal<VectorDepthwiseRows> ROWS =
      ThreadLocal.withInitial(VectorDepthwiseRows::new);

  /** Input rows; row r is in array r modulo their number. They grow as needed. */
  private final float[][] rows = new float[5][0];

  /** The row that is in each array, or one that there is not. */
  private final int[] present = new int[5];

  /** The rows that an output row sees. */
  private final float[][] seen = new float[5][];

  /** A row of zeros. */
  private float[] none = new float[0];

  /** For no bias. */
  private float[] noBias = new float[0];

  private VectorDepthwiseRows() {}

  /**
   * Whether this class is made for the window: 5×5, and 3×3 with stride 1 and so few channels that
   * {@link VectorDepthwise3} would spend much of its time before its loop over them.
   */
  static boolean knows(Window w, int channels) {
    boolean three = w.kernelWidth() == 3 && w.strideWidth() == 1 && channels < FEW_CHANNELS;
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
    boolean clips = residual == null && f.clips();
    float lowest = clips ? f.lowest() : Float.NEGATIVE_INFINITY;
    float highest = clips ? f.highest() : Float.POSITIVE_INFINITY;
    VectorDepthwiseRows buffer = ROWS.get();
    buffer.prepare(channels, window);
    float[] bias = epilogue.bias() == null ? buffer.noBias : epilogue.bias();
    int size = window.outWidth() * channels;
    for (int row = rowFrom; row < rowTo; row++) {
      buffer.row(
          x,
          xOffset,
          weights,
          bias,
          lowest,
          highest,
          y,
          yOffset + row * size,
          channels,
          window,
          row);
      int at = yOffset + row * size;
      if (residual != null) {
        kernels.binary(BinaryOp.ADD, y, at, residual, residualOffset + row * size, y, at, size);
      }
      if (!clips && f.op() != Op.IDENTITY) {
        kernels.unary(f, y, at, y, at, size);
      }
      epilogue.prelu(kernels, y, at, channels, window.outWidth(), channels, 0);
    }
  }

  /** Columns of a row: what a whole number of groups of pixels sees. */
  private static int columns(Window w) {
    int pixels = (w.outWidth() + PIXELS - 1) / PIXELS * PIXELS;
    return Math.max((pixels - 1) * w.strideWidth() + w.kernelWidth(), w.padLeft() + w.inWidth());
  }

  private void prepare(int channels, Window w) {
    int size = FIRST + columns(w) * channels;
    int begin = FIRST + w.padLeft() * channels;
    int end = begin + w.inWidth() * channels;
    for (int i = 0; i < w.kernelHeight(); i++) {
      if (rows[i].length < size) {
        rows[i] = new float[size];
      }
      Arrays.fill(rows[i], FIRST, begin, 0f);
      Arrays.fill(rows[i], end, size, 0f);
      present[i] = -1;
    }
    if (none.length < size) {
      none = new float[size];
    }
    if (noBias.length < channels) {
      noBias = new float[channels];
    }
  }

  /** The input row with a number, which may lie outside the image. */
  private float[] input(float[] x, int xOffset, int channels, Window w, int row) {
    if (row < 0 || row >= w.inHeight()) {
      return none;
    }
    int i = row % w.kernelHeight();
    if (present[i] != row) {
      int size = w.inWidth() * channels;
      System.arraycopy(x, xOffset + row * size, rows[i], FIRST + w.padLeft() * channels, size);
      present[i] = row;
    }
    return rows[i];
  }

  private void row(
      float[] x,
      int xOffset,
      float[] weights,
      float[] bias,
      float lowest,
      float highest,
      float[] y,
      int yOffset,
      int channels,
      Window w,
      int row) {
    for (int ky = 0; ky < w.kernelHeight(); ky++) {
      seen[ky] = input(x, xOffset, channels, w, w.top(row) + ky);
    }
    int last = w.outWidth() - 1;
    for (int pixel = 0; pixel <= last; pixel += PIXELS) {
      // The last pixels are taken together with some that were done before.
      int first = Math.max(0, Math.min(pixel, w.outWidth() - PIXELS));
      int at = FIRST + first * w.strideWidth() * channels;
      int y0 = yOffset + first * channels;
      if (w.kernelWidth() == 3) {
        three(seen, at, weights, channels, bias, lowest, highest, y, y0, last);
      } else if (w.strideWidth() == 1) {
        five1(seen, at, weights, channels, bias, lowest, highest, y, y0, last);
      } else {
        five2(seen, at, weights, channels, bias, lowest, highest, y, y0, last);
      }
    }
  }

  /** 3×3 taps: pixels that are one column apart. */
  private static void three(
      float[][] rows,
      int at,
      float[] weights,
      int channels,
      float[] bias,
      float lowest,
      float highest,
      float[] y,
      int y0,
      int last) {
    int y1 = y0 + Math.min(1, last) * channels;
    int y2 = y0 + Math.min(2, last) * channels;
    int y3 = y0 + Math.min(3, last) * channels;
    int y4 = y0 + Math.min(4, last) * channels;
    int y5 = y0 + Math.min(5, last) * channels;
    int y6 = y0 + Math.min(6, last) * channels;
    int y7 = y0 + Math.min(7, last) * channels;
    for (int c = 0; c < channels; c += LANES) {
      // The channels that do not fill a vector are taken together with some done before.
      int channel = Math.min(c, channels - LANES);
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      FloatVector acc4 = FloatVector.zero(SPECIES);
      FloatVector acc5 = FloatVector.zero(SPECIES);
      FloatVector acc6 = FloatVector.zero(SPECIES);
      FloatVector acc7 = FloatVector.zero(SPECIES);
      int wi = channel;
      for (int ky = 0; ky < 3; ky++) {
        float[] x = rows[ky];
        FloatVector w0 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        FloatVector w1 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        FloatVector w2 = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        int i = at + channel;
        FloatVector v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w0.fma(v, acc0);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w1.fma(v, acc0);
        acc1 = w0.fma(v, acc1);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w2.fma(v, acc0);
        acc1 = w1.fma(v, acc1);
        acc2 = w0.fma(v, acc2);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc1 = w2.fma(v, acc1);
        acc2 = w1.fma(v, acc2);
        acc3 = w0.fma(v, acc3);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc2 = w2.fma(v, acc2);
        acc3 = w1.fma(v, acc3);
        acc4 = w0.fma(v, acc4);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc3 = w2.fma(v, acc3);
        acc4 = w1.fma(v, acc4);
        acc5 = w0.fma(v, acc5);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc4 = w2.fma(v, acc4);
        acc5 = w1.fma(v, acc5);
        acc6 = w0.fma(v, acc6);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc5 = w2.fma(v, acc5);
        acc6 = w1.fma(v, acc6);
        acc7 = w0.fma(v, acc7);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc6 = w2.fma(v, acc6);
        acc7 = w1.fma(v, acc7);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc7 = w2.fma(v, acc7);
        if (ky == NEVER) {
          break;
        }
      }
      // The 0 that is added in the end: with a bias that is never −0 this is one addition.
      FloatVector b = FloatVector.fromArray(SPECIES, bias, channel).add(0f);
      acc7 = acc7.add(b);
      acc7 = acc7.blend(lowest, acc7.compare(LE, lowest));
      acc7 = acc7.blend(highest, acc7.compare(GT, highest));
      acc7.intoArray(y, y7 + channel);
      acc6 = acc6.add(b);
      acc6 = acc6.blend(lowest, acc6.compare(LE, lowest));
      acc6 = acc6.blend(highest, acc6.compare(GT, highest));
      acc6.intoArray(y, y6 + channel);
      acc5 = acc5.add(b);
      acc5 = acc5.blend(lowest, acc5.compare(LE, lowest));
      acc5 = acc5.blend(highest, acc5.compare(GT, highest));
      acc5.intoArray(y, y5 + channel);
      acc4 = acc4.add(b);
      acc4 = acc4.blend(lowest, acc4.compare(LE, lowest));
      acc4 = acc4.blend(highest, acc4.compare(GT, highest));
      acc4.intoArray(y, y4 + channel);
      acc3 = acc3.add(b);
      acc3 = acc3.blend(lowest, acc3.compare(LE, lowest));
      acc3 = acc3.blend(highest, acc3.compare(GT, highest));
      acc3.intoArray(y, y3 + channel);
      acc2 = acc2.add(b);
      acc2 = acc2.blend(lowest, acc2.compare(LE, lowest));
      acc2 = acc2.blend(highest, acc2.compare(GT, highest));
      acc2.intoArray(y, y2 + channel);
      acc1 = acc1.add(b);
      acc1 = acc1.blend(lowest, acc1.compare(LE, lowest));
      acc1 = acc1.blend(highest, acc1.compare(GT, highest));
      acc1.intoArray(y, y1 + channel);
      acc0 = acc0.add(b);
      acc0 = acc0.blend(lowest, acc0.compare(LE, lowest));
      acc0 = acc0.blend(highest, acc0.compare(GT, highest));
      acc0.intoArray(y, y0 + channel);
    }
  }

  /** 5×5 taps: pixels that are one column apart. */
  private static void five1(
      float[][] rows,
      int at,
      float[] weights,
      int channels,
      float[] bias,
      float lowest,
      float highest,
      float[] y,
      int y0,
      int last) {
    int y1 = y0 + Math.min(1, last) * channels;
    int y2 = y0 + Math.min(2, last) * channels;
    int y3 = y0 + Math.min(3, last) * channels;
    int y4 = y0 + Math.min(4, last) * channels;
    int y5 = y0 + Math.min(5, last) * channels;
    int y6 = y0 + Math.min(6, last) * channels;
    int y7 = y0 + Math.min(7, last) * channels;
    for (int c = 0; c < channels; c += LANES) {
      // The channels that do not fill a vector are taken together with some done before.
      int channel = Math.min(c, channels - LANES);
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      FloatVector acc4 = FloatVector.zero(SPECIES);
      FloatVector acc5 = FloatVector.zero(SPECIES);
      FloatVector acc6 = FloatVector.zero(SPECIES);
      FloatVector acc7 = FloatVector.zero(SPECIES);
      int wi = channel;
      for (int ky = 0; ky < 5; ky++) {
        float[] x = rows[ky];
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
        int i = at + channel;
        FloatVector v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w0.fma(v, acc0);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w1.fma(v, acc0);
        acc1 = w0.fma(v, acc1);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w2.fma(v, acc0);
        acc1 = w1.fma(v, acc1);
        acc2 = w0.fma(v, acc2);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w3.fma(v, acc0);
        acc1 = w2.fma(v, acc1);
        acc2 = w1.fma(v, acc2);
        acc3 = w0.fma(v, acc3);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w4.fma(v, acc0);
        acc1 = w3.fma(v, acc1);
        acc2 = w2.fma(v, acc2);
        acc3 = w1.fma(v, acc3);
        acc4 = w0.fma(v, acc4);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc1 = w4.fma(v, acc1);
        acc2 = w3.fma(v, acc2);
        acc3 = w2.fma(v, acc3);
        acc4 = w1.fma(v, acc4);
        acc5 = w0.fma(v, acc5);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc2 = w4.fma(v, acc2);
        acc3 = w3.fma(v, acc3);
        acc4 = w2.fma(v, acc4);
        acc5 = w1.fma(v, acc5);
        acc6 = w0.fma(v, acc6);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc3 = w4.fma(v, acc3);
        acc4 = w3.fma(v, acc4);
        acc5 = w2.fma(v, acc5);
        acc6 = w1.fma(v, acc6);
        acc7 = w0.fma(v, acc7);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc4 = w4.fma(v, acc4);
        acc5 = w3.fma(v, acc5);
        acc6 = w2.fma(v, acc6);
        acc7 = w1.fma(v, acc7);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc5 = w4.fma(v, acc5);
        acc6 = w3.fma(v, acc6);
        acc7 = w2.fma(v, acc7);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc6 = w4.fma(v, acc6);
        acc7 = w3.fma(v, acc7);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc7 = w4.fma(v, acc7);
        if (ky == NEVER) {
          break;
        }
      }
      // The 0 that is added in the end: with a bias that is never −0 this is one addition.
      FloatVector b = FloatVector.fromArray(SPECIES, bias, channel).add(0f);
      acc7 = acc7.add(b);
      acc7 = acc7.blend(lowest, acc7.compare(LE, lowest));
      acc7 = acc7.blend(highest, acc7.compare(GT, highest));
      acc7.intoArray(y, y7 + channel);
      acc6 = acc6.add(b);
      acc6 = acc6.blend(lowest, acc6.compare(LE, lowest));
      acc6 = acc6.blend(highest, acc6.compare(GT, highest));
      acc6.intoArray(y, y6 + channel);
      acc5 = acc5.add(b);
      acc5 = acc5.blend(lowest, acc5.compare(LE, lowest));
      acc5 = acc5.blend(highest, acc5.compare(GT, highest));
      acc5.intoArray(y, y5 + channel);
      acc4 = acc4.add(b);
      acc4 = acc4.blend(lowest, acc4.compare(LE, lowest));
      acc4 = acc4.blend(highest, acc4.compare(GT, highest));
      acc4.intoArray(y, y4 + channel);
      acc3 = acc3.add(b);
      acc3 = acc3.blend(lowest, acc3.compare(LE, lowest));
      acc3 = acc3.blend(highest, acc3.compare(GT, highest));
      acc3.intoArray(y, y3 + channel);
      acc2 = acc2.add(b);
      acc2 = acc2.blend(lowest, acc2.compare(LE, lowest));
      acc2 = acc2.blend(highest, acc2.compare(GT, highest));
      acc2.intoArray(y, y2 + channel);
      acc1 = acc1.add(b);
      acc1 = acc1.blend(lowest, acc1.compare(LE, lowest));
      acc1 = acc1.blend(highest, acc1.compare(GT, highest));
      acc1.intoArray(y, y1 + channel);
      acc0 = acc0.add(b);
      acc0 = acc0.blend(lowest, acc0.compare(LE, lowest));
      acc0 = acc0.blend(highest, acc0.compare(GT, highest));
      acc0.intoArray(y, y0 + channel);
    }
  }

  /** 5×5 taps: pixels that are two columns apart. */
  private static void five2(
      float[][] rows,
      int at,
      float[] weights,
      int channels,
      float[] bias,
      float lowest,
      float highest,
      float[] y,
      int y0,
      int last) {
    int y1 = y0 + Math.min(1, last) * channels;
    int y2 = y0 + Math.min(2, last) * channels;
    int y3 = y0 + Math.min(3, last) * channels;
    int y4 = y0 + Math.min(4, last) * channels;
    int y5 = y0 + Math.min(5, last) * channels;
    int y6 = y0 + Math.min(6, last) * channels;
    int y7 = y0 + Math.min(7, last) * channels;
    for (int c = 0; c < channels; c += LANES) {
      // The channels that do not fill a vector are taken together with some done before.
      int channel = Math.min(c, channels - LANES);
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      FloatVector acc4 = FloatVector.zero(SPECIES);
      FloatVector acc5 = FloatVector.zero(SPECIES);
      FloatVector acc6 = FloatVector.zero(SPECIES);
      FloatVector acc7 = FloatVector.zero(SPECIES);
      int wi = channel;
      for (int ky = 0; ky < 5; ky++) {
        float[] x = rows[ky];
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
        int i = at + channel;
        FloatVector v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w0.fma(v, acc0);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w1.fma(v, acc0);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w2.fma(v, acc0);
        acc1 = w0.fma(v, acc1);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w3.fma(v, acc0);
        acc1 = w1.fma(v, acc1);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc0 = w4.fma(v, acc0);
        acc1 = w2.fma(v, acc1);
        acc2 = w0.fma(v, acc2);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc1 = w3.fma(v, acc1);
        acc2 = w1.fma(v, acc2);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc1 = w4.fma(v, acc1);
        acc2 = w2.fma(v, acc2);
        acc3 = w0.fma(v, acc3);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc2 = w3.fma(v, acc2);
        acc3 = w1.fma(v, acc3);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc2 = w4.fma(v, acc2);
        acc3 = w2.fma(v, acc3);
        acc4 = w0.fma(v, acc4);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc3 = w3.fma(v, acc3);
        acc4 = w1.fma(v, acc4);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc3 = w4.fma(v, acc3);
        acc4 = w2.fma(v, acc4);
        acc5 = w0.fma(v, acc5);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc4 = w3.fma(v, acc4);
        acc5 = w1.fma(v, acc5);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc4 = w4.fma(v, acc4);
        acc5 = w2.fma(v, acc5);
        acc6 = w0.fma(v, acc6);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc5 = w3.fma(v, acc5);
        acc6 = w1.fma(v, acc6);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc5 = w4.fma(v, acc5);
        acc6 = w2.fma(v, acc6);
        acc7 = w0.fma(v, acc7);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc6 = w3.fma(v, acc6);
        acc7 = w1.fma(v, acc7);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc6 = w4.fma(v, acc6);
        acc7 = w2.fma(v, acc7);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc7 = w3.fma(v, acc7);
        i += channels;
        v = FloatVector.fromArray(SPECIES, x, i);
        acc7 = w4.fma(v, acc7);
        if (ky == NEVER) {
          break;
        }
      }
      // The 0 that is added in the end: with a bias that is never −0 this is one addition.
      FloatVector b = FloatVector.fromArray(SPECIES, bias, channel).add(0f);
      acc7 = acc7.add(b);
      acc7 = acc7.blend(lowest, acc7.compare(LE, lowest));
      acc7 = acc7.blend(highest, acc7.compare(GT, highest));
      acc7.intoArray(y, y7 + channel);
      acc6 = acc6.add(b);
      acc6 = acc6.blend(lowest, acc6.compare(LE, lowest));
      acc6 = acc6.blend(highest, acc6.compare(GT, highest));
      acc6.intoArray(y, y6 + channel);
      acc5 = acc5.add(b);
      acc5 = acc5.blend(lowest, acc5.compare(LE, lowest));
      acc5 = acc5.blend(highest, acc5.compare(GT, highest));
      acc5.intoArray(y, y5 + channel);
      acc4 = acc4.add(b);
      acc4 = acc4.blend(lowest, acc4.compare(LE, lowest));
      acc4 = acc4.blend(highest, acc4.compare(GT, highest));
      acc4.intoArray(y, y4 + channel);
      acc3 = acc3.add(b);
      acc3 = acc3.blend(lowest, acc3.compare(LE, lowest));
      acc3 = acc3.blend(highest, acc3.compare(GT, highest));
      acc3.intoArray(y, y3 + channel);
      acc2 = acc2.add(b);
      acc2 = acc2.blend(lowest, acc2.compare(LE, lowest));
      acc2 = acc2.blend(highest, acc2.compare(GT, highest));
      acc2.intoArray(y, y2 + channel);
      acc1 = acc1.add(b);
      acc1 = acc1.blend(lowest, acc1.compare(LE, lowest));
      acc1 = acc1.blend(highest, acc1.compare(GT, highest));
      acc1.intoArray(y, y1 + channel);
      acc0 = acc0.add(b);
      acc0 = acc0.blend(lowest, acc0.compare(LE, lowest));
      acc0 = acc0.blend(highest, acc0.compare(GT, highest));
      acc0.intoArray(y, y0 + channel);
    }
  }
}
