package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Depthwise convolution, channels last, as vectors of channels; four neighbouring pixels share the
 * weights they load, and with three or five taps in a row that lie side by side, the inputs as
 * well.
 *
 * <p>The taps of a window are one loop, since C2 on JDK 17 boxes accumulators that live across
 * nested loops.
 */
final class VectorDepthwise {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  /** What a row of taps never reaches, nor the numbers just below, though C2 cannot know. */
  private static final int NEVER = 0x3ffffff0;

  private VectorDepthwise() {}

  /** Whether there is a method for three taps in a row of which neighbouring pixels share two. */
  static boolean sharesThreeTaps(Window window) {
    return window.kernelWidth() == 3 && window.strideWidth() == window.dilationWidth();
  }

  /**
   * Whether there is a method for five taps in a row, which at the edges lack two at most, of which
   * neighbouring pixels share four.
   */
  static boolean hasFiveTaps(Window window) {
    int width = window.outWidth();
    return window.kernelWidth() == 5
        && window.strideWidth() == 1
        && window.dilationWidth() == 1
        && window.padLeft() <= 2
        && width >= 4
        && window.left(width - 4) + 6 <= window.inWidth();
  }

  /**
   * The output rows from rowFrom to rowTo, without epilogue; every result is one chain of fused
   * multiply-adds over its taps inside the image, by rows, to which 0 is added, so that −0 is none.
   */
  static void rows(
      float[] x,
      int xOffset,
      float[] weights,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int rowFrom,
      int rowTo) {
    int xTap = window.dilationWidth() * channels;
    int xTapRow = window.dilationHeight() * window.inWidth() * channels;
    int wTapRow = window.kernelWidth() * channels;
    int xPixel = window.strideWidth() * channels;
    boolean three = channels >= LANES && sharesThreeTaps(window);
    for (int oy = rowFrom; oy < rowTo; oy++) {
      if (hasFiveTaps(window) && channels >= LANES) {
        fiveTapsRow(x, xOffset, weights, y, yOffset, channels, window, oy);
        continue;
      }
      int top = window.top(oy);
      int kyFrom = window.firstTapRow(top);
      int kyTo = window.endTapRow(top);
      int yRow = yOffset + oy * window.outWidth() * channels;
      int ox = 0;
      while (ox < window.outWidth()) {
        int left = window.left(ox);
        int kxFrom = window.firstTapColumn(left);
        int kxTo = window.endTapColumn(left);
        int x0 = xOffset + (top * window.inWidth() + left) * channels;
        int y0 = yRow + ox * channels;
        boolean inside =
            kxFrom == 0
                && ox + 4 <= window.outWidth()
                && window.endTapColumn(window.left(ox + 3)) == window.kernelWidth();
        if (inside && three) {
          fourPixels3(x, x0, xTap, xTapRow, weights, y, y0, channels, kyFrom, kyTo);
          ox += 4;
        } else if (inside) {
          fourPixels(
              x, x0, xTap, xTapRow, xPixel, weights, wTapRow, y, y0, channels, kyFrom, kyTo, kxTo);
          ox += 4;
        } else {
          onePixel(
              x, x0, xTap, xTapRow, weights, wTapRow, y, y0, channels, kyFrom, kyTo, kxFrom, kxTo);
          ox++;
        }
      }
    }
  }

  private static void fourPixels(
      float[] x,
      int x0,
      int xTap,
      int xTapRow,
      int xPixel,
      float[] weights,
      int wTapRow,
      float[] y,
      int y0,
      int channels,
      int kyFrom,
      int kyTo,
      int kernelWidth) {
    int taps = (kyTo - kyFrom) * kernelWidth;
    int channel = 0;
    for (; channel + LANES <= channels; channel += LANES) {
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      int xi = x0 + kyFrom * xTapRow + channel;
      int wi = kyFrom * wTapRow + channel;
      int tapInRow = 0;
      for (int tap = 0; tap < taps; tap++) {
        FloatVector w = FloatVector.fromArray(SPECIES, weights, wi);
        acc0 = FloatVector.fromArray(SPECIES, x, xi).fma(w, acc0);
        acc1 = FloatVector.fromArray(SPECIES, x, xi + xPixel).fma(w, acc1);
        acc2 = FloatVector.fromArray(SPECIES, x, xi + 2 * xPixel).fma(w, acc2);
        acc3 = FloatVector.fromArray(SPECIES, x, xi + 3 * xPixel).fma(w, acc3);
        xi += xTap;
        wi += channels;
        if (++tapInRow == kernelWidth) {
          tapInRow = 0;
          xi += xTapRow - kernelWidth * xTap;
          wi += wTapRow - kernelWidth * channels;
        }
      }
      acc0.add(0f).intoArray(y, y0 + channel);
      acc1.add(0f).intoArray(y, y0 + channels + channel);
      acc2.add(0f).intoArray(y, y0 + 2 * channels + channel);
      acc3.add(0f).intoArray(y, y0 + 3 * channels + channel);
    }
    for (; channel < channels; channel++) {
      for (int pixel = 0; pixel < 4; pixel++) {
        y[y0 + pixel * channels + channel] =
            single(
                x,
                x0 + pixel * xPixel + channel,
                xTap,
                xTapRow,
                weights,
                wTapRow,
                channels,
                channel,
                kyFrom,
                kyTo,
                0,
                kernelWidth);
      }
    }
  }

  /**
   * As {@link #fourPixels} where a row of a kernel has three taps, and a pixel's second tap is the
   * next pixel's first. The last channels are taken together with some that have been done already.
   */
  private static void fourPixels3(
      float[] x,
      int x0,
      int xTap,
      int xTapRow,
      float[] weights,
      float[] y,
      int y0,
      int channels,
      int kyFrom,
      int kyTo) {
    for (int c = 0; c < channels; c += LANES) {
      int channel = Math.min(c, channels - LANES);
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      int xi = x0 + kyFrom * xTapRow + channel;
      int wi = kyFrom * 3 * channels + channel;
      for (int ky = kyFrom; ky < kyTo; ky++) {
        FloatVector d0 = FloatVector.fromArray(SPECIES, x, xi);
        FloatVector d1 = FloatVector.fromArray(SPECIES, x, xi + xTap);
        FloatVector d2 = FloatVector.fromArray(SPECIES, x, xi + 2 * xTap);
        FloatVector d3 = FloatVector.fromArray(SPECIES, x, xi + 3 * xTap);
        FloatVector w = FloatVector.fromArray(SPECIES, weights, wi);
        acc0 = d0.fma(w, acc0);
        acc1 = d1.fma(w, acc1);
        acc2 = d2.fma(w, acc2);
        acc3 = d3.fma(w, acc3);
        FloatVector d4 = FloatVector.fromArray(SPECIES, x, xi + 4 * xTap);
        w = FloatVector.fromArray(SPECIES, weights, wi + channels);
        acc0 = d1.fma(w, acc0);
        acc1 = d2.fma(w, acc1);
        acc2 = d3.fma(w, acc2);
        acc3 = d4.fma(w, acc3);
        FloatVector d5 = FloatVector.fromArray(SPECIES, x, xi + 5 * xTap);
        w = FloatVector.fromArray(SPECIES, weights, wi + 2 * channels);
        acc0 = d2.fma(w, acc0);
        acc1 = d3.fma(w, acc1);
        acc2 = d4.fma(w, acc2);
        acc3 = d5.fma(w, acc3);
        xi += xTapRow;
        wi += 3 * channels;
      }
      acc0.add(0f).intoArray(y, y0 + channel);
      acc1.add(0f).intoArray(y, y0 + channels + channel);
      acc2.add(0f).intoArray(y, y0 + 2 * channels + channel);
      acc3.add(0f).intoArray(y, y0 + 3 * channels + channel);
    }
  }

  /** One output row for {@link #hasFiveTaps}. */
  private static void fiveTapsRow(
      float[] x,
      int xOffset,
      float[] weights,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int oy) {
    float[] none = VectorDepthwise3.zeros(channels);
    int top = window.top(oy);
    int kyFrom = window.firstTapRow(top);
    int kyTo = window.endTapRow(top);
    int xTapRow = window.dilationHeight() * window.inWidth() * channels;
    int firstRow = xOffset + (top * window.inWidth()) * channels + kyFrom * xTapRow;
    int whole = channels & -LANES;
    for (int pixel = 0; pixel < window.outWidth(); pixel += 4) {
      int ox = Math.min(pixel, window.outWidth() - 4);
      int left = window.left(ox);
      boolean has0 = left >= 0;
      boolean has1 = left + 1 >= 0;
      boolean has6 = left + 6 < window.inWidth();
      boolean has7 = left + 7 < window.inWidth();
      int at = firstRow + left * channels;
      int y0 = yOffset + (oy * window.outWidth() + ox) * channels;
      // The channels that do not fill a vector are taken together with some that were done before.
      for (int from = 0; from < channels; from = from < whole ? whole : channels) {
        fourPixels5(
            has0 ? x : none,
            has0 ? at : 0,
            has0 ? xTapRow : 0,
            has1 ? x : none,
            has1 ? at + channels : 0,
            has1 ? xTapRow : 0,
            x,
            at + 2 * channels,
            xTapRow,
            has6 ? x : none,
            has6 ? at + 6 * channels : 0,
            has6 ? xTapRow : 0,
            has7 ? x : none,
            has7 ? at + 7 * channels : 0,
            has7 ? xTapRow : 0,
            weights,
            kyFrom * 5 * channels,
            kyTo - kyFrom,
            y,
            y0,
            channels,
            from < whole ? from : channels - LANES,
            from < whole ? whole : channels);
      }
    }
  }

  /**
   * Four pixels where a row of a kernel has five taps, and a pixel's second tap is the next pixel's
   * first. The outer four of the eight input columns may be zeros. The branches that are never
   * taken keep C2 on JDK 17 from loading everything before the first multiplication.
   */
  private static void fourPixels5(
      float[] x0,
      int first0,
      int step0,
      float[] x1,
      int first1,
      int step1,
      float[] x,
      int xFirst,
      int xStep,
      float[] x6,
      int first6,
      int step6,
      float[] x7,
      int first7,
      int step7,
      float[] weights,
      int w0,
      int tapRows,
      float[] y,
      int y0,
      int channels,
      int from,
      int to) {
    for (int channel = from; channel < to; channel += LANES) {
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      int i0 = first0;
      int i1 = first1;
      int xi = xFirst;
      int i6 = first6;
      int i7 = first7;
      int wi = w0 + channel;
      for (int ky = 0; ky < tapRows; ky++) {
        FloatVector d0 = FloatVector.fromArray(SPECIES, x0, i0 + channel);
        FloatVector d1 = FloatVector.fromArray(SPECIES, x1, i1 + channel);
        FloatVector d2 = FloatVector.fromArray(SPECIES, x, xi + channel);
        FloatVector d3 = FloatVector.fromArray(SPECIES, x, xi + channels + channel);
        FloatVector w = FloatVector.fromArray(SPECIES, weights, wi);
        acc0 = d0.fma(w, acc0);
        acc1 = d1.fma(w, acc1);
        acc2 = d2.fma(w, acc2);
        acc3 = d3.fma(w, acc3);
        if (ky == NEVER) {
          break;
        }
        FloatVector d4 = FloatVector.fromArray(SPECIES, x, xi + 2 * channels + channel);
        w = FloatVector.fromArray(SPECIES, weights, wi + channels);
        acc0 = d1.fma(w, acc0);
        acc1 = d2.fma(w, acc1);
        acc2 = d3.fma(w, acc2);
        acc3 = d4.fma(w, acc3);
        if (ky == NEVER - 1) {
          break;
        }
        FloatVector d5 = FloatVector.fromArray(SPECIES, x, xi + 3 * channels + channel);
        w = FloatVector.fromArray(SPECIES, weights, wi + 2 * channels);
        acc0 = d2.fma(w, acc0);
        acc1 = d3.fma(w, acc1);
        acc2 = d4.fma(w, acc2);
        acc3 = d5.fma(w, acc3);
        if (ky == NEVER - 2) {
          break;
        }
        FloatVector d6 = FloatVector.fromArray(SPECIES, x6, i6 + channel);
        w = FloatVector.fromArray(SPECIES, weights, wi + 3 * channels);
        acc0 = d3.fma(w, acc0);
        acc1 = d4.fma(w, acc1);
        acc2 = d5.fma(w, acc2);
        acc3 = d6.fma(w, acc3);
        if (ky == NEVER - 3) {
          break;
        }
        FloatVector d7 = FloatVector.fromArray(SPECIES, x7, i7 + channel);
        w = FloatVector.fromArray(SPECIES, weights, wi + 4 * channels);
        acc0 = d4.fma(w, acc0);
        acc1 = d5.fma(w, acc1);
        acc2 = d6.fma(w, acc2);
        acc3 = d7.fma(w, acc3);
        if (ky == NEVER - 4) {
          break;
        }
        i0 += step0;
        i1 += step1;
        xi += xStep;
        i6 += step6;
        i7 += step7;
        wi += 5 * channels;
      }
      acc0.add(0f).intoArray(y, y0 + channel);
      acc1.add(0f).intoArray(y, y0 + channels + channel);
      acc2.add(0f).intoArray(y, y0 + 2 * channels + channel);
      acc3.add(0f).intoArray(y, y0 + 3 * channels + channel);
    }
  }

  private static void onePixel(
      float[] x,
      int x0,
      int xTap,
      int xTapRow,
      float[] weights,
      int wTapRow,
      float[] y,
      int y0,
      int channels,
      int kyFrom,
      int kyTo,
      int kxFrom,
      int kxTo) {
    int width = kxTo - kxFrom;
    int taps = (kyTo - kyFrom) * width;
    int channel = 0;
    for (; channel + LANES <= channels; channel += LANES) {
      FloatVector acc = FloatVector.zero(SPECIES);
      int xi = x0 + kyFrom * xTapRow + kxFrom * xTap + channel;
      int wi = kyFrom * wTapRow + kxFrom * channels + channel;
      int tapInRow = 0;
      for (int tap = 0; tap < taps; tap++) {
        FloatVector w = FloatVector.fromArray(SPECIES, weights, wi);
        acc = FloatVector.fromArray(SPECIES, x, xi).fma(w, acc);
        xi += xTap;
        wi += channels;
        if (++tapInRow == width) {
          tapInRow = 0;
          xi += xTapRow - width * xTap;
          wi += wTapRow - width * channels;
        }
      }
      acc.add(0f).intoArray(y, y0 + channel);
    }
    for (; channel < channels; channel++) {
      y[y0 + channel] =
          single(
              x,
              x0 + channel,
              xTap,
              xTapRow,
              weights,
              wTapRow,
              channels,
              channel,
              kyFrom,
              kyTo,
              kxFrom,
              kxTo);
    }
  }

  private static float single(
      float[] x,
      int x0,
      int xTap,
      int xTapRow,
      float[] weights,
      int wTapRow,
      int wTap,
      int channel,
      int kyFrom,
      int kyTo,
      int kxFrom,
      int kxTo) {
    float acc = 0f;
    for (int ky = kyFrom; ky < kyTo; ky++) {
      int xi = x0 + ky * xTapRow;
      int wi = ky * wTapRow + channel;
      for (int kx = kxFrom; kx < kxTo; kx++) {
        acc = Math.fma(x[xi + kx * xTap], weights[wi + kx * wTap], acc);
      }
    }
    return acc + 0f;
  }
}
