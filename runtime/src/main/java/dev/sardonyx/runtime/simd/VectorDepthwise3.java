package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import dev.sardonyx.runtime.simd.UnaryFunction.Op;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Depthwise convolution with kernels of 3×3, channels last: all nine taps of four neighbouring
 * pixels, for one vector of channels after the other, then bias and a clipping activation while the
 * results are in registers.
 *
 * <p>Rows and columns outside the image are read from an array of zeros, which changes a sum only
 * if it is −0; so 0 is added in the end, by the other implementations as well. The branches that
 * are never taken keep C2 on JDK 17 from loading everything before the first multiplication.
 */
final class VectorDepthwise3 {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  /** What a channel never reaches, nor the numbers just below, though C2 cannot know. */
  private static final int NEVER = 0x3ffffff0;

  /** Grows when more channels come along. */
  private static float[] zeros = new float[1024];

  /** Adding −0 changes nothing, not even 0. */
  private static float[] noBias = minusZeros(1024);

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
        && window.outWidth() >= 4
        // The last pixel lacks at most its last tap, and the one before none.
        && window.left(window.outWidth() - 1) + 2 <= window.inWidth()
        && window.left(window.outWidth() - 2) + 3 <= window.inWidth();
  }

  /** One output row of {@link Kernels#depthwise}. */
  static void row(
      Kernels kernels,
      float[] x,
      int xOffset,
      float[] weights,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int row,
      Epilogue epilogue,
      float[] residual,
      int residualOffset) {
    UnaryFunction f = epilogue.activation();
    boolean clips = residual == null && f.clips();
    float lowest = clips ? f.lowest() : Float.NEGATIVE_INFINITY;
    float highest = clips ? f.highest() : Float.POSITIVE_INFINITY;
    row(x, xOffset, weights, y, yOffset, channels, window, row, epilogue.bias(), lowest, highest);
    int n = window.outWidth() * channels;
    int at = yOffset + row * n;
    if (residual != null) {
      kernels.binary(BinaryOp.ADD, y, at, residual, residualOffset + row * n, y, at, n);
    }
    if (!clips && f.op() != Op.IDENTITY) {
      kernels.unary(f, y, at, y, at, n);
    }
    epilogue.prelu(kernels, y, at, channels, window.outWidth(), channels, 0);
  }

  /**
   * One output row: {@code clip(sum + bias)}.
   *
   * @param bias by channel, or null for none
   */
  private static void row(
      float[] x,
      int xOffset,
      float[] weights,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int row,
      float[] bias,
      float lowest,
      float highest) {
    float[] none = zeros(channels);
    float[] b = bias == null ? noBias(channels) : bias;
    int top = window.top(row);
    int mid = top + window.dilationHeight();
    int low = mid + window.dilationHeight();
    boolean hasTop = top >= 0 && top < window.inHeight();
    boolean hasMid = mid >= 0 && mid < window.inHeight();
    boolean hasLow = low >= 0 && low < window.inHeight();
    int rowSize = window.inWidth() * channels;
    int whole = channels & -LANES;
    for (int pixel = 0; pixel < window.outWidth(); pixel += 4) {
      int ox = Math.min(pixel, window.outWidth() - 4);
      int left = window.left(ox);
      int right = window.left(ox + 3) + 2;
      boolean hasLeft = left >= 0;
      boolean hasRight = right < window.inWidth();
      int leftAt = xOffset + left * channels;
      int rightAt = xOffset + right * channels;
      int y0 = yOffset + (row * window.outWidth() + ox) * channels;
      // The channels that do not fill a vector are taken together with some that were done before.
      for (int from = 0; from < channels; from = from < whole ? whole : channels) {
        int first = from < whole ? from : channels - LANES;
        int to = from < whole ? whole : channels;
        if (window.strideWidth() == 1) {
          stride1(
              hasTop && hasLeft ? x : none,
              hasTop && hasLeft ? leftAt + top * rowSize : 0,
              hasTop ? x : none,
              hasTop ? leftAt + channels + top * rowSize : 0,
              hasTop ? channels : 0,
              hasTop && hasRight ? x : none,
              hasTop && hasRight ? rightAt + top * rowSize : 0,
              hasMid && hasLeft ? x : none,
              hasMid && hasLeft ? leftAt + mid * rowSize : 0,
              hasMid ? x : none,
              hasMid ? leftAt + channels + mid * rowSize : 0,
              hasMid ? channels : 0,
              hasMid && hasRight ? x : none,
              hasMid && hasRight ? rightAt + mid * rowSize : 0,
              hasLow && hasLeft ? x : none,
              hasLow && hasLeft ? leftAt + low * rowSize : 0,
              hasLow ? x : none,
              hasLow ? leftAt + channels + low * rowSize : 0,
              hasLow ? channels : 0,
              hasLow && hasRight ? x : none,
              hasLow && hasRight ? rightAt + low * rowSize : 0,
              weights,
              channels,
              b,
              lowest,
              highest,
              y,
              y0,
              first,
              to);
        } else {
          stride2(
              hasTop && hasLeft ? x : none,
              hasTop && hasLeft ? leftAt + top * rowSize : 0,
              hasTop ? x : none,
              hasTop ? leftAt + channels + top * rowSize : 0,
              hasTop ? channels : 0,
              hasTop && hasRight ? x : none,
              hasTop && hasRight ? rightAt + top * rowSize : 0,
              hasMid && hasLeft ? x : none,
              hasMid && hasLeft ? leftAt + mid * rowSize : 0,
              hasMid ? x : none,
              hasMid ? leftAt + channels + mid * rowSize : 0,
              hasMid ? channels : 0,
              hasMid && hasRight ? x : none,
              hasMid && hasRight ? rightAt + mid * rowSize : 0,
              hasLow && hasLeft ? x : none,
              hasLow && hasLeft ? leftAt + low * rowSize : 0,
              hasLow ? x : none,
              hasLow ? leftAt + channels + low * rowSize : 0,
              hasLow ? channels : 0,
              hasLow && hasRight ? x : none,
              hasLow && hasRight ? rightAt + low * rowSize : 0,
              weights,
              channels,
              b,
              lowest,
              highest,
              y,
              y0,
              first,
              to);
        }
      }
    }
  }

  /** At least so many zeros. */
  private static float[] zeros(int n) {
    if (zeros.length < n) {
      zeros = new float[n];
    }
    return zeros;
  }

  private static float[] noBias(int n) {
    if (noBias.length < n) {
      noBias = minusZeros(n);
    }
    return noBias;
  }

  private static float[] minusZeros(int n) {
    float[] a = new float[n];
    Arrays.fill(a, -0f);
    return a;
  }

  /**
   * Four pixels, each a column right of the one before. Of each of the three input rows: the first
   * of six columns, the four in the middle, and the last; each may be zeros.
   */
  private static void stride1(
      float[] topLeft,
      int topLeft0,
      float[] top,
      int top0,
      int topStep,
      float[] topRight,
      int topRight0,
      float[] midLeft,
      int midLeft0,
      float[] mid,
      int mid0,
      int midStep,
      float[] midRight,
      int midRight0,
      float[] lowLeft,
      int lowLeft0,
      float[] low,
      int low0,
      int lowStep,
      float[] lowRight,
      int lowRight0,
      float[] weights,
      int channels,
      float[] bias,
      float lowest,
      float highest,
      float[] y,
      int y0,
      int from,
      int to) {
    for (int c = from; c < to; c += LANES) {
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      FloatVector w = FloatVector.fromArray(SPECIES, weights, c);
      FloatVector topA = FloatVector.fromArray(SPECIES, topLeft, topLeft0 + c);
      FloatVector topB = FloatVector.fromArray(SPECIES, top, top0 + c);
      FloatVector topC = FloatVector.fromArray(SPECIES, top, top0 + topStep + c);
      FloatVector topD = FloatVector.fromArray(SPECIES, top, top0 + 2 * topStep + c);
      acc0 = topA.fma(w, acc0);
      acc1 = topB.fma(w, acc1);
      acc2 = topC.fma(w, acc2);
      acc3 = topD.fma(w, acc3);
      if (c == NEVER) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, channels + c);
      FloatVector topE = FloatVector.fromArray(SPECIES, top, top0 + 3 * topStep + c);
      acc0 = topB.fma(w, acc0);
      acc1 = topC.fma(w, acc1);
      acc2 = topD.fma(w, acc2);
      acc3 = topE.fma(w, acc3);
      if (c == NEVER - 1) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 2 * channels + c);
      FloatVector topF = FloatVector.fromArray(SPECIES, topRight, topRight0 + c);
      acc0 = topC.fma(w, acc0);
      acc1 = topD.fma(w, acc1);
      acc2 = topE.fma(w, acc2);
      acc3 = topF.fma(w, acc3);
      if (c == NEVER - 2) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 3 * channels + c);
      FloatVector midA = FloatVector.fromArray(SPECIES, midLeft, midLeft0 + c);
      FloatVector midB = FloatVector.fromArray(SPECIES, mid, mid0 + c);
      FloatVector midC = FloatVector.fromArray(SPECIES, mid, mid0 + midStep + c);
      FloatVector midD = FloatVector.fromArray(SPECIES, mid, mid0 + 2 * midStep + c);
      acc0 = midA.fma(w, acc0);
      acc1 = midB.fma(w, acc1);
      acc2 = midC.fma(w, acc2);
      acc3 = midD.fma(w, acc3);
      if (c == NEVER - 3) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 4 * channels + c);
      FloatVector midE = FloatVector.fromArray(SPECIES, mid, mid0 + 3 * midStep + c);
      acc0 = midB.fma(w, acc0);
      acc1 = midC.fma(w, acc1);
      acc2 = midD.fma(w, acc2);
      acc3 = midE.fma(w, acc3);
      if (c == NEVER - 4) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 5 * channels + c);
      FloatVector midF = FloatVector.fromArray(SPECIES, midRight, midRight0 + c);
      acc0 = midC.fma(w, acc0);
      acc1 = midD.fma(w, acc1);
      acc2 = midE.fma(w, acc2);
      acc3 = midF.fma(w, acc3);
      if (c == NEVER - 5) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 6 * channels + c);
      FloatVector lowA = FloatVector.fromArray(SPECIES, lowLeft, lowLeft0 + c);
      FloatVector lowB = FloatVector.fromArray(SPECIES, low, low0 + c);
      FloatVector lowC = FloatVector.fromArray(SPECIES, low, low0 + lowStep + c);
      FloatVector lowD = FloatVector.fromArray(SPECIES, low, low0 + 2 * lowStep + c);
      acc0 = lowA.fma(w, acc0);
      acc1 = lowB.fma(w, acc1);
      acc2 = lowC.fma(w, acc2);
      acc3 = lowD.fma(w, acc3);
      if (c == NEVER - 6) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 7 * channels + c);
      FloatVector lowE = FloatVector.fromArray(SPECIES, low, low0 + 3 * lowStep + c);
      acc0 = lowB.fma(w, acc0);
      acc1 = lowC.fma(w, acc1);
      acc2 = lowD.fma(w, acc2);
      acc3 = lowE.fma(w, acc3);
      if (c == NEVER - 7) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 8 * channels + c);
      FloatVector lowF = FloatVector.fromArray(SPECIES, lowRight, lowRight0 + c);
      acc0 = lowC.fma(w, acc0);
      acc1 = lowD.fma(w, acc1);
      acc2 = lowE.fma(w, acc2);
      acc3 = lowF.fma(w, acc3);
      if (c == NEVER - 8) {
        break;
      }
      // VectorMath.clip written out, since C2 does not inline it here.
      FloatVector b = FloatVector.fromArray(SPECIES, bias, c);
      acc0 = acc0.add(0f).add(b);
      acc0 = acc0.blend(lowest, acc0.compare(LE, lowest));
      acc0.blend(highest, acc0.compare(GT, highest)).intoArray(y, y0 + c);
      acc1 = acc1.add(0f).add(b);
      acc1 = acc1.blend(lowest, acc1.compare(LE, lowest));
      acc1.blend(highest, acc1.compare(GT, highest)).intoArray(y, y0 + channels + c);
      acc2 = acc2.add(0f).add(b);
      acc2 = acc2.blend(lowest, acc2.compare(LE, lowest));
      acc2.blend(highest, acc2.compare(GT, highest)).intoArray(y, y0 + 2 * channels + c);
      acc3 = acc3.add(0f).add(b);
      acc3 = acc3.blend(lowest, acc3.compare(LE, lowest));
      acc3.blend(highest, acc3.compare(GT, highest)).intoArray(y, y0 + 3 * channels + c);
    }
  }

  /**
   * Four pixels, each two columns right of the one before. Of each of the three input rows: the
   * first of nine columns, the seven in the middle, and the last; each may be zeros.
   */
  private static void stride2(
      float[] topLeft,
      int topLeft0,
      float[] top,
      int top0,
      int topStep,
      float[] topRight,
      int topRight0,
      float[] midLeft,
      int midLeft0,
      float[] mid,
      int mid0,
      int midStep,
      float[] midRight,
      int midRight0,
      float[] lowLeft,
      int lowLeft0,
      float[] low,
      int low0,
      int lowStep,
      float[] lowRight,
      int lowRight0,
      float[] weights,
      int channels,
      float[] bias,
      float lowest,
      float highest,
      float[] y,
      int y0,
      int from,
      int to) {
    for (int c = from; c < to; c += LANES) {
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      FloatVector w = FloatVector.fromArray(SPECIES, weights, c);
      acc0 = FloatVector.fromArray(SPECIES, topLeft, topLeft0 + c).fma(w, acc0);
      acc1 = FloatVector.fromArray(SPECIES, top, top0 + topStep + c).fma(w, acc1);
      acc2 = FloatVector.fromArray(SPECIES, top, top0 + 3 * topStep + c).fma(w, acc2);
      acc3 = FloatVector.fromArray(SPECIES, top, top0 + 5 * topStep + c).fma(w, acc3);
      if (c == NEVER) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, channels + c);
      acc0 = FloatVector.fromArray(SPECIES, top, top0 + c).fma(w, acc0);
      acc1 = FloatVector.fromArray(SPECIES, top, top0 + 2 * topStep + c).fma(w, acc1);
      acc2 = FloatVector.fromArray(SPECIES, top, top0 + 4 * topStep + c).fma(w, acc2);
      acc3 = FloatVector.fromArray(SPECIES, top, top0 + 6 * topStep + c).fma(w, acc3);
      if (c == NEVER - 1) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 2 * channels + c);
      acc0 = FloatVector.fromArray(SPECIES, top, top0 + topStep + c).fma(w, acc0);
      acc1 = FloatVector.fromArray(SPECIES, top, top0 + 3 * topStep + c).fma(w, acc1);
      acc2 = FloatVector.fromArray(SPECIES, top, top0 + 5 * topStep + c).fma(w, acc2);
      acc3 = FloatVector.fromArray(SPECIES, topRight, topRight0 + c).fma(w, acc3);
      if (c == NEVER - 2) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 3 * channels + c);
      acc0 = FloatVector.fromArray(SPECIES, midLeft, midLeft0 + c).fma(w, acc0);
      acc1 = FloatVector.fromArray(SPECIES, mid, mid0 + midStep + c).fma(w, acc1);
      acc2 = FloatVector.fromArray(SPECIES, mid, mid0 + 3 * midStep + c).fma(w, acc2);
      acc3 = FloatVector.fromArray(SPECIES, mid, mid0 + 5 * midStep + c).fma(w, acc3);
      if (c == NEVER - 3) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 4 * channels + c);
      acc0 = FloatVector.fromArray(SPECIES, mid, mid0 + c).fma(w, acc0);
      acc1 = FloatVector.fromArray(SPECIES, mid, mid0 + 2 * midStep + c).fma(w, acc1);
      acc2 = FloatVector.fromArray(SPECIES, mid, mid0 + 4 * midStep + c).fma(w, acc2);
      acc3 = FloatVector.fromArray(SPECIES, mid, mid0 + 6 * midStep + c).fma(w, acc3);
      if (c == NEVER - 4) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 5 * channels + c);
      acc0 = FloatVector.fromArray(SPECIES, mid, mid0 + midStep + c).fma(w, acc0);
      acc1 = FloatVector.fromArray(SPECIES, mid, mid0 + 3 * midStep + c).fma(w, acc1);
      acc2 = FloatVector.fromArray(SPECIES, mid, mid0 + 5 * midStep + c).fma(w, acc2);
      acc3 = FloatVector.fromArray(SPECIES, midRight, midRight0 + c).fma(w, acc3);
      if (c == NEVER - 5) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 6 * channels + c);
      acc0 = FloatVector.fromArray(SPECIES, lowLeft, lowLeft0 + c).fma(w, acc0);
      acc1 = FloatVector.fromArray(SPECIES, low, low0 + lowStep + c).fma(w, acc1);
      acc2 = FloatVector.fromArray(SPECIES, low, low0 + 3 * lowStep + c).fma(w, acc2);
      acc3 = FloatVector.fromArray(SPECIES, low, low0 + 5 * lowStep + c).fma(w, acc3);
      if (c == NEVER - 6) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 7 * channels + c);
      acc0 = FloatVector.fromArray(SPECIES, low, low0 + c).fma(w, acc0);
      acc1 = FloatVector.fromArray(SPECIES, low, low0 + 2 * lowStep + c).fma(w, acc1);
      acc2 = FloatVector.fromArray(SPECIES, low, low0 + 4 * lowStep + c).fma(w, acc2);
      acc3 = FloatVector.fromArray(SPECIES, low, low0 + 6 * lowStep + c).fma(w, acc3);
      if (c == NEVER - 7) {
        break;
      }
      w = FloatVector.fromArray(SPECIES, weights, 8 * channels + c);
      acc0 = FloatVector.fromArray(SPECIES, low, low0 + lowStep + c).fma(w, acc0);
      acc1 = FloatVector.fromArray(SPECIES, low, low0 + 3 * lowStep + c).fma(w, acc1);
      acc2 = FloatVector.fromArray(SPECIES, low, low0 + 5 * lowStep + c).fma(w, acc2);
      acc3 = FloatVector.fromArray(SPECIES, lowRight, lowRight0 + c).fma(w, acc3);
      if (c == NEVER - 8) {
        break;
      }
      // VectorMath.clip written out, since C2 does not inline it here.
      FloatVector b = FloatVector.fromArray(SPECIES, bias, c);
      acc0 = acc0.add(0f).add(b);
      acc0 = acc0.blend(lowest, acc0.compare(LE, lowest));
      acc0.blend(highest, acc0.compare(GT, highest)).intoArray(y, y0 + c);
      acc1 = acc1.add(0f).add(b);
      acc1 = acc1.blend(lowest, acc1.compare(LE, lowest));
      acc1.blend(highest, acc1.compare(GT, highest)).intoArray(y, y0 + channels + c);
      acc2 = acc2.add(0f).add(b);
      acc2 = acc2.blend(lowest, acc2.compare(LE, lowest));
      acc2.blend(highest, acc2.compare(GT, highest)).intoArray(y, y0 + 2 * channels + c);
      acc3 = acc3.add(0f).add(b);
      acc3 = acc3.blend(lowest, acc3.compare(LE, lowest));
      acc3.blend(highest, acc3.compare(GT, highest)).intoArray(y, y0 + 3 * channels + c);
    }
  }
}
