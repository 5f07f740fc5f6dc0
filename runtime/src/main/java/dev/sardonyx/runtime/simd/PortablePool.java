package dev.sardonyx.runtime.simd;

/** Maximum and average pooling, channels last, as plain loops; taps are taken by rows. */
final class PortablePool {

  private PortablePool() {}

  static void max(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int rowFrom,
      int rowTo) {
    int xTap = window.dilationWidth() * channels;
    int xTapRow = window.dilationHeight() * window.inWidth() * channels;
    for (int oy = rowFrom; oy < rowTo; oy++) {
      int top = window.top(oy);
      int kyFrom = window.firstTapRow(top);
      int kyTo = window.endTapRow(top);
      for (int ox = 0; ox < window.outWidth(); ox++) {
        int left = window.left(ox);
        int kxFrom = window.firstTapColumn(left);
        int kxTo = window.endTapColumn(left);
        int x0 = xOffset + (top * window.inWidth() + left) * channels;
        int y0 = yOffset + (oy * window.outWidth() + ox) * channels;
        max(x, x0, xTap, xTapRow, y, y0, channels, kyFrom, kyTo, kxFrom, kxTo);
      }
    }
  }

  static void average(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int rowFrom,
      int rowTo,
      boolean countIncludePad) {
    int xTap = window.dilationWidth() * channels;
    int xTapRow = window.dilationHeight() * window.inWidth() * channels;
    for (int oy = rowFrom; oy < rowTo; oy++) {
      int top = window.top(oy);
      int kyFrom = window.firstTapRow(top);
      int kyTo = window.endTapRow(top);
      for (int ox = 0; ox < window.outWidth(); ox++) {
        int left = window.left(ox);
        int kxFrom = window.firstTapColumn(left);
        int kxTo = window.endTapColumn(left);
        int x0 = xOffset + (top * window.inWidth() + left) * channels;
        int y0 = yOffset + (oy * window.outWidth() + ox) * channels;
        int count =
            countIncludePad
                ? window.tapsInsidePadding(top, left)
                : (kyTo - kyFrom) * (kxTo - kxFrom);
        mean(x, x0, xTap, xTapRow, y, y0, channels, kyFrom, kyTo, kxFrom, kxTo, count);
      }
    }
  }

  private static void max(
      float[] x,
      int x0,
      int xTap,
      int xTapRow,
      float[] y,
      int y0,
      int channels,
      int kyFrom,
      int kyTo,
      int kxFrom,
      int kxTo) {
    for (int channel = 0; channel < channels; channel++) {
      float acc = Float.NEGATIVE_INFINITY;
      for (int ky = kyFrom; ky < kyTo; ky++) {
        int xi = x0 + ky * xTapRow + channel;
        for (int kx = kxFrom; kx < kxTo; kx++) {
          float v = x[xi + kx * xTap];
          acc = Math.max(acc, v);
        }
      }
      y[y0 + channel] = acc;
    }
  }

  private static void mean(
      float[] x,
      int x0,
      int xTap,
      int xTapRow,
      float[] y,
      int y0,
      int channels,
      int kyFrom,
      int kyTo,
      int kxFrom,
      int kxTo,
      float count) {
    for (int channel = 0; channel < channels; channel++) {
      float acc = 0f;
      for (int ky = kyFrom; ky < kyTo; ky++) {
        int xi = x0 + ky * xTapRow + channel;
        for (int kx = kxFrom; kx < kxTo; kx++) {
          float v = x[xi + kx * xTap];
          acc = acc + v;
        }
      }
      y[y0 + channel] = acc / count;
    }
  }
}
