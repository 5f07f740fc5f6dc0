package dev.sardonyx.runtime.simd;

import java.util.Arrays;

/**
 * The part of an image that one row of output pixels sees, column by column: the window of an
 * output pixel is then a contiguous piece, which overlaps that of the next one, and the strip is
 * the left operand of a matrix product as it stands. This takes {@code kernelWidth / strideWidth}
 * times less copying than {@link Im2Col}, for which few channels are too short to be worth a call.
 */
public final class ColumnStrip {
  private ColumnStrip() {}

  /** Floats of a strip. */
  public static int size(int channels, Window window) {
    int columns = (window.outWidth() - 1) * window.strideWidth() + window.kernelWidth();
    return columns * window.kernelHeight() * channels;
  }

  /** Floats from the window of an output pixel to that of the next. */
  public static int pixelStride(int channels, Window window) {
    return window.strideWidth() * window.kernelHeight() * channels;
  }

  /** {@link Kernels#columnStrip} as plain loops. */
  static void pack(
      float[] x, int xOffset, int channels, Window window, int oy, float[] strip, int stripOffset) {
    int top = window.top(oy);
    int left = window.left(0);
    int step = window.kernelHeight() * channels;
    int columns = size(channels, window) / step;
    int first = Math.min(columns, Math.max(0, -left));
    int end = Math.max(first, Math.min(columns, window.inWidth() - left));
    Arrays.fill(strip, stripOffset, stripOffset + first * step, 0f);
    Arrays.fill(strip, stripOffset + end * step, stripOffset + columns * step, 0f);
    for (int ky = 0; ky < window.kernelHeight(); ky++) {
      int row = top + ky;
      boolean inside = row >= 0 && row < window.inHeight();
      int from = inside ? xOffset + (row * window.inWidth() + left + first) * channels : 0;
      int to = stripOffset + first * step + ky * channels;
      if (!inside) {
        zeros(strip, to, step, end - first, channels);
      } else if (channels == 3) {
        copy3(x, from, strip, to, step, end - first);
      } else {
        copy(x, from, strip, to, step, end - first, channels);
      }
    }
  }

  static void zeros(float[] strip, int to, int step, int columns, int channels) {
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < columns; i++) {
        strip[to + c + i * step] = 0f;
      }
    }
  }

  private static void copy3(float[] x, int from, float[] strip, int to, int step, int columns) {
    for (int i = 0; i < columns; i++) {
      float r = x[from + 3 * i];
      float g = x[from + 3 * i + 1];
      float b = x[from + 3 * i + 2];
      strip[to + i * step] = r;
      strip[to + i * step + 1] = g;
      strip[to + i * step + 2] = b;
    }
  }

  static void copy(
      float[] x, int from, float[] strip, int to, int step, int columns, int channels) {
    for (int c = 0; c < channels; c++) {
      for (int i = 0; i < columns; i++) {
        strip[to + c + i * step] = x[from + c + i * channels];
      }
    }
  }
}
