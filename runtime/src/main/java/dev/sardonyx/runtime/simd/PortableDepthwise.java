package dev.sardonyx.runtime.simd;

/** Depthwise convolution, channels last, as plain loops. */
final class PortableDepthwise {

  private PortableDepthwise() {}

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
    for (int oy = rowFrom; oy < rowTo; oy++) {
      int top = window.top(oy);
      int kyFrom = window.firstTapRow(top);
      int kyTo = window.endTapRow(top);
      int yRow = yOffset + oy * window.outWidth() * channels;
      for (int ox = 0; ox < window.outWidth(); ox++) {
        int left = window.left(ox);
        int kxFrom = window.firstTapColumn(left);
        int kxTo = window.endTapColumn(left);
        int x0 = xOffset + (top * window.inWidth() + left) * channels;
        int y0 = yRow + ox * channels;
        onePixel(
            x, x0, xTap, xTapRow, weights, wTapRow, y, y0, channels, kyFrom, kyTo, kxFrom, kxTo);
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
    for (int channel = 0; channel < channels; channel++) {
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
