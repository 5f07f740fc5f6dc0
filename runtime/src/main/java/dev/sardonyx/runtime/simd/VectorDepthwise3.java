package dev.sardonyx.runtime.simd;

import dev.sardonyx.runtime.simd.UnaryFunction.Op;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Depthwise convolution with kernels of 3×3, channels last: all nine taps of some neighbouring
 * pixels, for one vector of channels after the other, then bias and clipping while the results are
 * in registers.
 *
 * <p>Rows and columns outside the image are read from an array of zeros, which changes a sum only
 * if it is −0; so 0 is added in the end, by the other implementations as well.
 */
final class VectorDepthwise3 {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());
  private static final int LANES = SPECIES.length();

  /**
   * Pixels that are computed together, one column apart or two: as many as C2 bears in a method,
   * and such that the widths of most images are multiples.
   */
  private static final int PIXELS = 7;

  private static final int PIXELS_APART = 4;

  /** Where zeros begin, so that no vector is part of two cache lines. */
  private static final int FIRST = CacheLine.first(Float.BYTES);

  /**
   * What a channel never reaches, nor the numbers just below, though C2 cannot know: on JDK 17 it
   * would load everything before the first multiplication.
   */
  private static final int NEVER = 0x3ffffff0;

  private static final ThreadLocal<VectorDepthwise3> OF_THREAD =
      ThreadLocal.withInitial(VectorDepthwise3::new);

  /**
   * For each of the three input rows: the array of the first column that some pixels see, of those
   * in the middle, and of the last one. By whether the first column lies in the image, and the
   * last; and kept from row to row, since storing a reference costs more than some vectors.
   */
  private final float[][][] sources = new float[4][9][];

  /** Where the columns of {@link #sources} begin. */
  private final int[] at = new int[9];

  /** See {@link IntegerClip}. */
  private final float[] check = new float[LANES];

  /** Rows and columns outside the image, and no bias. */
  private float[] zeros = new float[0];

  private VectorDepthwise3() {}

  /** Whether this class knows the window, and there are enough channels for a vector. */
  static boolean knows(Window window, int channels) {
    int stride = window.strideWidth();
    return channels >= LANES
        && window.kernelHeight() == 3
        && window.kernelWidth() == 3
        && window.dilationWidth() == 1
        && window.padLeft() < 2
        && (stride == 1 || stride == 2)
        && window.outWidth() >= pixels(window)
        // The last pixel lacks at most its last tap, and the one before none.
        && window.left(window.outWidth() - 1) + 2 <= window.inWidth()
        && window.left(window.outWidth() - 2) + 3 <= window.inWidth();
  }

  private static int pixels(Window window) {
    return window.strideWidth() == 1 ? PIXELS : PIXELS_APART;
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
    int lowest = IntegerClip.lowest(inTiles);
    int highest = IntegerClip.highest(inTiles);
    VectorDepthwise3 tiles = OF_THREAD.get();
    int columns = window.left(pixels(window)) - window.left(0);
    if (tiles.zeros.length < FIRST + columns * channels) {
      tiles.zeros = new float[FIRST + columns * channels];
    }
    float[] bias = epilogue.bias() == null ? tiles.zeros : epilogue.bias();
    int size = window.outWidth() * channels;
    for (int row = rowFrom; row < rowTo; row++) {
      int to = yOffset + row * size;
      tiles.row(x, xOffset, weights, bias, lowest, highest, y, to, channels, window, row);
      if (!IntegerClip.isRight(inTiles, tiles.check)) {
        PortableKernels.INSTANCE.depthwise(
            x, xOffset, weights, y, yOffset, channels, window, row, row + 1, epilogue, null, 0);
        continue;
      }
      if (residual != null) {
        kernels.binary(BinaryOp.ADD, y, to, residual, residualOffset + row * size, y, to, size);
      }
      if (!clips && f.op() != Op.IDENTITY) {
        kernels.unary(f, y, to, y, to, size);
      }
      epilogue.prelu(kernels, y, to, channels, window.outWidth(), channels, 0);
    }
    // A thread may live longer than the array.
    for (float[][] source : tiles.sources) {
      Arrays.fill(source, null);
    }
  }

  /** One output row: {@code clip(sum + bias)}. */
  private void row(
      float[] x,
      int xOffset,
      float[] weights,
      float[] bias,
      int lowest,
      int highest,
      float[] y,
      int y0,
      int channels,
      Window window,
      int row) {
    for (int edge = 0; edge < 4; edge++) {
      look(sources[edge], x, window, window.top(row), (edge & 1) != 0, (edge & 2) != 0);
    }
    int whole = channels & -LANES;
    int pixels = pixels(window);
    for (int pixel = 0; pixel < window.outWidth(); pixel += pixels) {
      int ox = Math.min(pixel, window.outWidth() - pixels);
      int left = window.left(ox);
      int right = window.left(ox + pixels - 1) + 2;
      float[][] source = sources[(left < 0 ? 0 : 1) + (right < window.inWidth() ? 2 : 0)];
      int step = window.dilationHeight() * window.inWidth() * channels;
      int first = xOffset + (window.top(row) * window.inWidth() + left) * channels;
      for (int i = 0; i < 9; i += 3, first += step) {
        at[i] = source[i] == x ? first : FIRST;
        at[i + 1] = source[i + 1] == x ? first + channels : FIRST;
        at[i + 2] = source[i + 2] == x ? first + (right - left) * channels : FIRST;
      }
      int to = y0 + ox * channels;
      tile(window, source, weights, channels, bias, lowest, highest, y, to, 0, whole);
      if (whole < channels) {
        // The channels that do not fill a vector are taken together with some done before.
        tile(
            window,
            source,
            weights,
            channels,
            bias,
            lowest,
            highest,
            y,
            to,
            channels - LANES,
            channels);
      }
    }
  }

  /** Says which arrays have the rows that a tile sees, the first of them at {@code top}. */
  private void look(
      float[][] source, float[] x, Window window, int top, boolean hasLeft, boolean hasRight) {
    for (int i = 0; i < 9; i += 3) {
      int row = top + i / 3 * window.dilationHeight();
      boolean inside = row >= 0 && row < window.inHeight();
      put(source, i, inside && hasLeft ? x : zeros);
      put(source, i + 1, inside ? x : zeros);
      put(source, i + 2, inside && hasRight ? x : zeros);
    }
  }

  @SuppressWarnings("ReferenceEquality") // Which array it is is the question.
  private static void put(float[][] source, int i, float[] array) {
    if (source[i] != array) {
      source[i] = array;
    }
  }

  private void tile(
      Window window,
      float[][] source,
      float[] weights,
      int channels,
      float[] bias,
      int lowest,
      int highest,
      float[] y,
      int y0,
      int from,
      int to) {
    if (window.strideWidth() == 1) {
      stride1(source, at, weights, channels, bias, lowest, highest, y, y0, from, to, check);
    } else {
      stride2(source, at, weights, channels, bias, lowest, highest, y, y0, from, to, check);
    }
  }

  /** Pixels that are one column apart. */
  private static void stride1(
      float[][] source,
      int[] at,
      float[] weights,
      int channels,
      float[] bias,
      int lowest,
      int highest,
      float[] y,
      int y0,
      int from,
      int to,
      float[] check) {
    IntVector low = IntVector.broadcast(INTS, lowest);
    IntVector high = IntVector.broadcast(INTS, highest);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector zeros = FloatVector.fromArray(SPECIES, check, 0);
    for (int c = from; c < to; c += LANES) {
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      FloatVector acc4 = FloatVector.zero(SPECIES);
      FloatVector acc5 = FloatVector.zero(SPECIES);
      FloatVector acc6 = FloatVector.zero(SPECIES);
      int wi = c;
      FloatVector w0 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      FloatVector w1 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      FloatVector w2 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      FloatVector v = FloatVector.fromArray(SPECIES, source[0], at[0] + c);
      acc0 = w0.fma(v, acc0);
      float[] x = source[1];
      int i = at[1] + c;
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
      v = FloatVector.fromArray(SPECIES, source[2], at[2] + c);
      acc6 = w2.fma(v, acc6);
      if (c == NEVER) {
        break;
      }
      w0 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      w1 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      w2 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      v = FloatVector.fromArray(SPECIES, source[3], at[3] + c);
      acc0 = w0.fma(v, acc0);
      x = source[4];
      i = at[4] + c;
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
      v = FloatVector.fromArray(SPECIES, source[5], at[5] + c);
      acc6 = w2.fma(v, acc6);
      if (c == NEVER - 1) {
        break;
      }
      w0 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      w1 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      w2 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      v = FloatVector.fromArray(SPECIES, source[6], at[6] + c);
      acc0 = w0.fma(v, acc0);
      x = source[7];
      i = at[7] + c;
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
      v = FloatVector.fromArray(SPECIES, source[8], at[8] + c);
      acc6 = w2.fma(v, acc6);
      if (c == NEVER - 2) {
        break;
      }
      // The 0 that is added in the end: with a bias that is never −0 this is one addition.
      FloatVector b = FloatVector.fromArray(SPECIES, bias, c).add(0f);
      int yi = y0 + c;
      acc0 = acc0.add(b);
      zeros = acc0.fma(zero, zeros);
      acc0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += channels;
      acc1 = acc1.add(b);
      zeros = acc1.fma(zero, zeros);
      acc1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += channels;
      acc2 = acc2.add(b);
      zeros = acc2.fma(zero, zeros);
      acc2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += channels;
      acc3 = acc3.add(b);
      zeros = acc3.fma(zero, zeros);
      acc3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += channels;
      acc4 = acc4.add(b);
      zeros = acc4.fma(zero, zeros);
      acc4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += channels;
      acc5 = acc5.add(b);
      zeros = acc5.fma(zero, zeros);
      acc5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += channels;
      acc6 = acc6.add(b);
      zeros = acc6.fma(zero, zeros);
      acc6.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
    }
    zeros.intoArray(check, 0);
  }

  /** Pixels that are two columns apart. */
  private static void stride2(
      float[][] source,
      int[] at,
      float[] weights,
      int channels,
      float[] bias,
      int lowest,
      int highest,
      float[] y,
      int y0,
      int from,
      int to,
      float[] check) {
    IntVector low = IntVector.broadcast(INTS, lowest);
    IntVector high = IntVector.broadcast(INTS, highest);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector zeros = FloatVector.fromArray(SPECIES, check, 0);
    for (int c = from; c < to; c += LANES) {
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      int wi = c;
      FloatVector w0 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      FloatVector w1 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      FloatVector w2 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      FloatVector v = FloatVector.fromArray(SPECIES, source[0], at[0] + c);
      acc0 = w0.fma(v, acc0);
      float[] x = source[1];
      int i = at[1] + c;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc0 = w1.fma(v, acc0);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc0 = w2.fma(v, acc0);
      acc1 = w0.fma(v, acc1);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc1 = w1.fma(v, acc1);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc1 = w2.fma(v, acc1);
      acc2 = w0.fma(v, acc2);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc2 = w1.fma(v, acc2);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc2 = w2.fma(v, acc2);
      acc3 = w0.fma(v, acc3);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc3 = w1.fma(v, acc3);
      v = FloatVector.fromArray(SPECIES, source[2], at[2] + c);
      acc3 = w2.fma(v, acc3);
      if (c == NEVER) {
        break;
      }
      w0 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      w1 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      w2 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      v = FloatVector.fromArray(SPECIES, source[3], at[3] + c);
      acc0 = w0.fma(v, acc0);
      x = source[4];
      i = at[4] + c;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc0 = w1.fma(v, acc0);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc0 = w2.fma(v, acc0);
      acc1 = w0.fma(v, acc1);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc1 = w1.fma(v, acc1);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc1 = w2.fma(v, acc1);
      acc2 = w0.fma(v, acc2);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc2 = w1.fma(v, acc2);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc2 = w2.fma(v, acc2);
      acc3 = w0.fma(v, acc3);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc3 = w1.fma(v, acc3);
      v = FloatVector.fromArray(SPECIES, source[5], at[5] + c);
      acc3 = w2.fma(v, acc3);
      if (c == NEVER - 1) {
        break;
      }
      w0 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      w1 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      w2 = FloatVector.fromArray(SPECIES, weights, wi);
      wi += channels;
      v = FloatVector.fromArray(SPECIES, source[6], at[6] + c);
      acc0 = w0.fma(v, acc0);
      x = source[7];
      i = at[7] + c;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc0 = w1.fma(v, acc0);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc0 = w2.fma(v, acc0);
      acc1 = w0.fma(v, acc1);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc1 = w1.fma(v, acc1);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc1 = w2.fma(v, acc1);
      acc2 = w0.fma(v, acc2);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc2 = w1.fma(v, acc2);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc2 = w2.fma(v, acc2);
      acc3 = w0.fma(v, acc3);
      i += channels;
      v = FloatVector.fromArray(SPECIES, x, i);
      acc3 = w1.fma(v, acc3);
      v = FloatVector.fromArray(SPECIES, source[8], at[8] + c);
      acc3 = w2.fma(v, acc3);
      if (c == NEVER - 2) {
        break;
      }
      // The 0 that is added in the end: with a bias that is never −0 this is one addition.
      FloatVector b = FloatVector.fromArray(SPECIES, bias, c).add(0f);
      int yi = y0 + c;
      acc0 = acc0.add(b);
      zeros = acc0.fma(zero, zeros);
      acc0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += channels;
      acc1 = acc1.add(b);
      zeros = acc1.fma(zero, zeros);
      acc1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += channels;
      acc2 = acc2.add(b);
      zeros = acc2.fma(zero, zeros);
      acc2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
      yi += channels;
      acc3 = acc3.add(b);
      zeros = acc3.fma(zero, zeros);
      acc3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(y, yi);
    }
    zeros.intoArray(check, 0);
  }
}
