package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Depthwise convolution, channels last, as vectors of channels; four neighbouring pixels share the
 * weights they load.
 *
 * <p>The taps of a window are one loop, since C2 on JDK 17 boxes accumulators that live across
 * nested loops.
 */
final class VectorDepthwise {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private VectorDepthwise() {}

  /**
   * The output rows from rowFrom to rowTo, without epilogue; every result is one chain of fused
   * multiply-adds over its taps inside the image, by rows.
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
        if (inside) {
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
      acc0.intoArray(y, y0 + channel);
      acc1.intoArray(y, y0 + channels + channel);
      acc2.intoArray(y, y0 + 2 * channels + channel);
      acc3.intoArray(y, y0 + 3 * channels + channel);
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
      acc.intoArray(y, y0 + channel);
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
    return acc;
  }
}
