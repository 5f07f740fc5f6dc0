package dev.sardonyx.runtime.simd;

import java.util.Arrays;

/**
 * Lays the inputs of convolution windows side by side, so that a convolution becomes a matrix
 * product.
 */
public final class Im2Col {
  private Im2Col() {}

  /**
   * Writes, for each output pixel in {@code [pixelFrom, pixelTo)}, a row of {@code taps × channels}
   * values: tap by tap (ky, then kx), channel by channel, zeros for taps in the padding. Pixel p
   * stands at ({@code p / outWidth}, {@code p % outWidth}). A convolution takes as many pixels at a
   * time as keep the strip in the second-level cache.
   *
   * @param xOffset the first channel of interest of the first input pixel; a group of channels is
   *     chosen by it
   * @param pixelStride floats from one input pixel to the next: all channels
   * @param channels how many channels to take
   */
  public static void pack(
      float[] x,
      int xOffset,
      int pixelStride,
      int channels,
      Window window,
      int pixelFrom,
      int pixelTo,
      float[] strip,
      int stripOffset) {
    int tapRowSize = window.kernelWidth() * channels;
    boolean contiguous = window.dilationWidth() == 1 && pixelStride == channels;
    int to = stripOffset;
    int oy = pixelFrom / Math.max(1, window.outWidth());
    int ox = pixelFrom % Math.max(1, window.outWidth());
    for (int pixel = pixelFrom; pixel < pixelTo; pixel++) {
      int top = window.top(oy);
      int left = window.left(ox);
      int first = window.firstTapColumn(left);
      int end = window.endTapColumn(left);
      for (int ky = 0; ky < window.kernelHeight(); ky++, to += tapRowSize) {
        int row = top + ky * window.dilationHeight();
        if (row < 0 || row >= window.inHeight() || first == end) {
          Arrays.fill(strip, to, to + tapRowSize, 0f);
          continue;
        }
        int from = xOffset + (row * window.inWidth() + left) * pixelStride;
        if (contiguous && end - first == window.kernelWidth()) {
          copy(x, from, strip, to, tapRowSize);
          continue;
        }
        Arrays.fill(strip, to, to + first * channels, 0f);
        if (contiguous) {
          System.arraycopy(
              x, from + first * channels, strip, to + first * channels, (end - first) * channels);
        } else {
          for (int kx = first; kx < end; kx++) {
            int pixelAt = from + kx * window.dilationWidth() * pixelStride;
            copy(x, pixelAt, strip, to + kx * channels, channels);
          }
        }
        Arrays.fill(strip, to + end * channels, to + tapRowSize, 0f);
      }
      ox++;
      if (ox == window.outWidth()) {
        ox = 0;
        oy++;
      }
    }
  }

  /** By hand where a call of arraycopy would take longer than the copying. */
  private static void copy(float[] x, int from, float[] y, int to, int n) {
    if (n > 32) {
      System.arraycopy(x, from, y, to, n);
      return;
    }
    int j = 0;
    while (j + 4 <= n) {
      float a = x[from + j];
      float b = x[from + j + 1];
      float c = x[from + j + 2];
      float d = x[from + j + 3];
      y[to + j] = a;
      y[to + j + 1] = b;
      y[to + j + 2] = c;
      y[to + j + 3] = d;
      j += 4;
    }
    while (j < n) {
      y[to + j] = x[from + j];
      j++;
    }
  }
}
