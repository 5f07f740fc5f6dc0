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
    for (int pixel = pixelFrom; pixel < pixelTo; pixel++) {
      int top = window.top(pixel / window.outWidth());
      int left = window.left(pixel % window.outWidth());
      int first = window.firstTapColumn(left);
      int end = window.endTapColumn(left);
      for (int ky = 0; ky < window.kernelHeight(); ky++, to += tapRowSize) {
        int row = top + ky * window.dilationHeight();
        if (row < 0 || row >= window.inHeight() || first == end) {
          Arrays.fill(strip, to, to + tapRowSize, 0f);
          continue;
        }
        int from = xOffset + (row * window.inWidth() + left) * pixelStride;
        Arrays.fill(strip, to, to + first * channels, 0f);
        if (contiguous) {
          System.arraycopy(
              x, from + first * channels, strip, to + first * channels, (end - first) * channels);
        } else {
          for (int kx = first; kx < end; kx++) {
            System.arraycopy(
                x,
                from + kx * window.dilationWidth() * pixelStride,
                strip,
                to + kx * channels,
                channels);
          }
        }
        Arrays.fill(strip, to + end * channels, to + tapRowSize, 0f);
      }
    }
  }
}
