package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Maximum and average pooling, channels last, as vectors of channels; taps are taken by rows, in
 * one loop as in {@link VectorDepthwise}. Channels that do not fill a vector are taken together
 * with the next pixel's, whose results are written afterwards.
 *
 * <p>A maximum over at most 3×3 taps, as nearly all are, has them written out.
 */
final class VectorPool {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private VectorPool() {}

  /** Which method takes the maximum: of at most 2×2 taps, of at most 3×3, or of any number. */
  static int variant(Window window) {
    int taps = Math.max(window.kernelHeight(), window.kernelWidth());
    return taps <= 2 ? 0 : taps == 3 ? 1 : 2;
  }

  static void max(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int rowFrom,
      int rowTo) {
    if (channels == 0) {
      return;
    }
    int xTap = window.dilationWidth() * channels;
    int xTapRow = window.dilationHeight() * window.inWidth() * channels;
    int step = window.strideWidth() * channels;
    int whole = channels & -LANES;
    int padded = (channels + LANES - 1) & -LANES;
    int yEnd = yOffset + rowTo * window.outWidth() * channels;
    int farthest =
        (window.kernelHeight() - 1) * xTapRow + (window.kernelWidth() - 1) * xTap + padded;
    int variant = variant(window);
    int inner = window.inWidth() - (window.kernelWidth() - 1) * window.dilationWidth();
    for (int oy = rowFrom; oy < rowTo; oy++) {
      int top = window.top(oy);
      int kyFrom = window.firstTapRow(top);
      int kyTo = window.endTapRow(top);
      int pixels;
      for (int ox = 0; ox < window.outWidth(); ox += pixels) {
        int left = window.left(ox);
        int kxFrom = window.firstTapColumn(left);
        int kxTo = window.endTapColumn(left);
        int x0 = xOffset + (top * window.inWidth() + left) * channels;
        int y0 = yOffset + (oy * window.outWidth() + ox) * channels;
        // Pixels that lack no column are taken together.
        boolean lacks = kxTo - kxFrom < window.kernelWidth();
        int last = lacks ? ox : (inner - 1 + window.padLeft()) / window.strideWidth();
        pixels = Math.min(last, window.outWidth() - 1) - ox + 1;
        int fits =
            Math.min(
                Math.floorDiv(yEnd - padded - y0, channels),
                Math.floorDiv(x.length - farthest - x0, step));
        if (variant == 2 || fits < 0 || kyFrom == kyTo || kxFrom == kxTo) {
          pixels = 1;
          int end = fits < 0 ? whole : channels;
          max(x, x0, xTap, xTapRow, y, y0, channels, end, kyFrom, kyTo, kxFrom, kxTo);
          continue;
        }
        pixels = Math.min(pixels, fits + 1);
        // A row or column that lies outside is replaced by one inside, which does not matter.
        int at = x0 + kyFrom * xTapRow + kxFrom * xTap;
        int low = (kyTo - 1 - kyFrom) * xTapRow;
        int right = (kxTo - 1 - kxFrom) * xTap;
        if (variant == 0) {
          max4(x, at, low, right, step, y, y0, channels, padded, pixels);
        } else {
          int mid = Math.min(low, xTapRow);
          max9(
              x, at, mid, low, Math.min(right, xTap), right, step, y, y0, channels, padded, pixels);
        }
      }
    }
  }

  /** Pixels side by side: two rows of two taps. */
  private static void max4(
      float[] x,
      int x0,
      int low,
      int right,
      int step,
      float[] y,
      int y0,
      int channels,
      int padded,
      int pixels) {
    int vectors = pixels * (padded / LANES);
    int xi = x0;
    int yi = y0;
    int channel = 0;
    for (int i = 0; i < vectors; i++) {
      FloatVector a = FloatVector.fromArray(SPECIES, x, xi);
      FloatVector b = FloatVector.fromArray(SPECIES, x, xi + low);
      a = a.max(FloatVector.fromArray(SPECIES, x, xi + right));
      b = b.max(FloatVector.fromArray(SPECIES, x, xi + low + right));
      a.max(b).intoArray(y, yi);
      xi += LANES;
      yi += LANES;
      channel += LANES;
      if (channel == padded) {
        channel = 0;
        xi += step - padded;
        yi += channels - padded;
      }
    }
  }

  /** Pixels side by side: three rows of three taps. */
  private static void max9(
      float[] x,
      int x0,
      int mid,
      int low,
      int second,
      int third,
      int step,
      float[] y,
      int y0,
      int channels,
      int padded,
      int pixels) {
    int vectors = pixels * (padded / LANES);
    int xi = x0;
    int yi = y0;
    int channel = 0;
    for (int i = 0; i < vectors; i++) {
      FloatVector a = FloatVector.fromArray(SPECIES, x, xi);
      FloatVector b = FloatVector.fromArray(SPECIES, x, xi + mid);
      FloatVector c = FloatVector.fromArray(SPECIES, x, xi + low);
      a = a.max(FloatVector.fromArray(SPECIES, x, xi + second));
      b = b.max(FloatVector.fromArray(SPECIES, x, xi + mid + second));
      c = c.max(FloatVector.fromArray(SPECIES, x, xi + low + second));
      a = a.max(FloatVector.fromArray(SPECIES, x, xi + third));
      b = b.max(FloatVector.fromArray(SPECIES, x, xi + mid + third));
      c = c.max(FloatVector.fromArray(SPECIES, x, xi + low + third));
      a.max(b).max(c).intoArray(y, yi);
      xi += LANES;
      yi += LANES;
      channel += LANES;
      if (channel == padded) {
        channel = 0;
        xi += step - padded;
        yi += channels - padded;
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
