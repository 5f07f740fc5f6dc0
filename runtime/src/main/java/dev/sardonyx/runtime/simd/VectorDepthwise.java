package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Depthwise convolution, channels last, as vectors of channels; four neighbouring pixels share the
 * weights they load, and with three taps in a row that lie side by side, the inputs as well.
 *
 * <p>The taps of a window are one loop, since C2 on JDK 17 boxes accumulators that live across
 * nested loops.
 */
final class VectorDepthwise {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private VectorDepthwise() {}

  /** Whether there is a method for three taps in a row of which neighbouring pixels share two. */
  static boolean sharesThreeTaps(Window window) {
    return window.kernelWidth() == 3 && window.strideWidth() == window.dilationWidth();
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
