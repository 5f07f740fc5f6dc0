package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Maximum and average pooling, channels last, as vectors of channels; taps are taken by rows, in
 * one loop as in {@link VectorDepthwise}. Channels that do not fill a vector are taken together
 * with the next pixel's, whose results are written afterwards.
 */
final class VectorPool {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private VectorPool() {}

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
    int whole = channels & -LANES;
    int padded = (channels + LANES - 1) & -LANES;
    int yEnd = yOffset + rowTo * window.outWidth() * channels;
    int farthest =
        (window.kernelHeight() - 1) * xTapRow + (window.kernelWidth() - 1) * xTap + padded;
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
        int end = y0 + padded <= yEnd && x0 + farthest <= x.length ? channels : whole;
        max(x, x0, xTap, xTapRow, y, y0, channels, end, kyFrom, kyTo, kxFrom, kxTo);
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
    int whole = channels & -LANES;
    int padded = (channels + LANES - 1) & -LANES;
    int yEnd = yOffset + rowTo * window.outWidth() * channels;
    int farthest =
        (window.kernelHeight() - 1) * xTapRow + (window.kernelWidth() - 1) * xTap + padded;
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
        int end = y0 + padded <= yEnd && x0 + farthest <= x.length ? channels : whole;
        mean(x, x0, xTap, xTapRow, y, y0, channels, end, kyFrom, kyTo, kxFrom, kxTo, count);
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
      int end,
      int kyFrom,
      int kyTo,
      int kxFrom,
      int kxTo) {
    int width = kxTo - kxFrom;
    int taps = (kyTo - kyFrom) * width;
    int channel = 0;
    for (; channel < end; channel += LANES) {
      FloatVector acc = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
      int xi = x0 + kyFrom * xTapRow + kxFrom * xTap + channel;
      int tapInRow = 0;
      for (int tap = 0; tap < taps; tap++) {
        acc = acc.max(FloatVector.fromArray(SPECIES, x, xi));
        xi += xTap;
        if (++tapInRow == width) {
          tapInRow = 0;
          xi += xTapRow - width * xTap;
        }
      }
      acc.intoArray(y, y0 + channel);
    }
    for (; channel < channels; channel++) {
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
      int end,
      int kyFrom,
      int kyTo,
      int kxFrom,
      int kxTo,
      float count) {
    int width = kxTo - kxFrom;
    int taps = (kyTo - kyFrom) * width;
    int channel = 0;
    for (; channel < end; channel += LANES) {
      FloatVector acc = FloatVector.broadcast(SPECIES, 0f);
      int xi = x0 + kyFrom * xTapRow + kxFrom * xTap + channel;
      int tapInRow = 0;
      for (int tap = 0; tap < taps; tap++) {
        acc = acc.add(FloatVector.fromArray(SPECIES, x, xi));
        xi += xTap;
        if (++tapInRow == width) {
          tapInRow = 0;
          xi += xTapRow - width * xTap;
        }
      }
      acc.div(count).intoArray(y, y0 + channel);
    }
    for (; channel < channels; channel++) {
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
