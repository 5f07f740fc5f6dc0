package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Depthwise convolution with seven taps in a row, channels last, of an image that has been padded
 * already: seven neighbouring pixels at a time, which share weights and inputs, for one vector of
 * channels after the other. Fifteen registers: sums, inputs and a weight.
 */
final class VectorDepthwise7 {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  /** Pixels at a time. */
  private static final int PIXELS = 7;

  private VectorDepthwise7() {}

  /** Whether this class knows the window, and there are enough channels for a vector. */
  static boolean knows(Window window, int channels) {
    return channels >= LANES
        && window.kernelWidth() == 7
        && window.strideWidth() == 1
        && window.dilationWidth() == 1
        && window.padLeft() == 0
        && window.outWidth() >= PIXELS
        && window.outWidth() + 6 <= window.inWidth();
  }

  /** One output row as {@link VectorDepthwise#rows} computes it. */
  static void row(
      float[] x,
      int xOffset,
      float[] weights,
      float[] y,
      int yOffset,
      int channels,
      Window window,
      int row) {
    int top = window.top(row);
    int kyFrom = window.firstTapRow(top);
    int rows = window.endTapRow(top) - kyFrom;
    int xRow = window.inWidth() * channels;
    int xStep = window.dilationHeight() * xRow;
    int x0 = xOffset + top * xRow + kyFrom * xStep;
    int w0 = kyFrom * 7 * channels;
    for (int pixel = 0; pixel < window.outWidth(); pixel += PIXELS) {
      int ox = Math.min(pixel, window.outWidth() - PIXELS);
      int y0 = yOffset + (row * window.outWidth() + ox) * channels;
      pixels(x, x0 + ox * channels, xStep, weights, w0, rows, y, y0, channels);
    }
  }

  /** The channels that do not fill a vector are taken together with some that were done before. */
  private static void pixels(
      float[] x,
      int x0,
      int xStep,
      float[] weights,
      int w0,
      int rows,
      float[] y,
      int y0,
      int channels) {
    for (int c = 0; c < channels; c += LANES) {
      int channel = Math.min(c, channels - LANES);
      FloatVector acc0 = FloatVector.zero(SPECIES);
      FloatVector acc1 = FloatVector.zero(SPECIES);
      FloatVector acc2 = FloatVector.zero(SPECIES);
      FloatVector acc3 = FloatVector.zero(SPECIES);
      FloatVector acc4 = FloatVector.zero(SPECIES);
      FloatVector acc5 = FloatVector.zero(SPECIES);
      FloatVector acc6 = FloatVector.zero(SPECIES);
      int row = x0 + channel;
      int wi = w0 + channel;
      for (int ky = 0; ky < rows; ky++) {
        int xi = row;
        FloatVector d0 = FloatVector.fromArray(SPECIES, x, xi);
        xi += channels;
        FloatVector d1 = FloatVector.fromArray(SPECIES, x, xi);
        xi += channels;
        FloatVector d2 = FloatVector.fromArray(SPECIES, x, xi);
        xi += channels;
        FloatVector d3 = FloatVector.fromArray(SPECIES, x, xi);
        xi += channels;
        FloatVector d4 = FloatVector.fromArray(SPECIES, x, xi);
        xi += channels;
        FloatVector d5 = FloatVector.fromArray(SPECIES, x, xi);
        xi += channels;
        FloatVector d6 = FloatVector.fromArray(SPECIES, x, xi);
        xi += channels;
        FloatVector w = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        acc0 = d0.fma(w, acc0);
        acc1 = d1.fma(w, acc1);
        acc2 = d2.fma(w, acc2);
        acc3 = d3.fma(w, acc3);
        acc4 = d4.fma(w, acc4);
        acc5 = d5.fma(w, acc5);
        acc6 = d6.fma(w, acc6);
        FloatVector d7 = FloatVector.fromArray(SPECIES, x, xi);
        xi += channels;
        w = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        acc0 = d1.fma(w, acc0);
        acc1 = d2.fma(w, acc1);
        acc2 = d3.fma(w, acc2);
        acc3 = d4.fma(w, acc3);
        acc4 = d5.fma(w, acc4);
        acc5 = d6.fma(w, acc5);
        acc6 = d7.fma(w, acc6);
        FloatVector d8 = FloatVector.fromArray(SPECIES, x, xi);
        xi += channels;
        w = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        acc0 = d2.fma(w, acc0);
        acc1 = d3.fma(w, acc1);
        acc2 = d4.fma(w, acc2);
        acc3 = d5.fma(w, acc3);
        acc4 = d6.fma(w, acc4);
        acc5 = d7.fma(w, acc5);
        acc6 = d8.fma(w, acc6);
        FloatVector d9 = FloatVector.fromArray(SPECIES, x, xi);
        xi += channels;
        w = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        acc0 = d3.fma(w, acc0);
        acc1 = d4.fma(w, acc1);
        acc2 = d5.fma(w, acc2);
        acc3 = d6.fma(w, acc3);
        acc4 = d7.fma(w, acc4);
        acc5 = d8.fma(w, acc5);
        acc6 = d9.fma(w, acc6);
        FloatVector d10 = FloatVector.fromArray(SPECIES, x, xi);
        xi += channels;
        w = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        acc0 = d4.fma(w, acc0);
        acc1 = d5.fma(w, acc1);
        acc2 = d6.fma(w, acc2);
        acc3 = d7.fma(w, acc3);
        acc4 = d8.fma(w, acc4);
        acc5 = d9.fma(w, acc5);
        acc6 = d10.fma(w, acc6);
        FloatVector d11 = FloatVector.fromArray(SPECIES, x, xi);
        xi += channels;
        w = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        acc0 = d5.fma(w, acc0);
        acc1 = d6.fma(w, acc1);
        acc2 = d7.fma(w, acc2);
        acc3 = d8.fma(w, acc3);
        acc4 = d9.fma(w, acc4);
        acc5 = d10.fma(w, acc5);
        acc6 = d11.fma(w, acc6);
        FloatVector d12 = FloatVector.fromArray(SPECIES, x, xi);
        w = FloatVector.fromArray(SPECIES, weights, wi);
        wi += channels;
        acc0 = d6.fma(w, acc0);
        acc1 = d7.fma(w, acc1);
        acc2 = d8.fma(w, acc2);
        acc3 = d9.fma(w, acc3);
        acc4 = d10.fma(w, acc4);
        acc5 = d11.fma(w, acc5);
        acc6 = d12.fma(w, acc6);
        row += xStep;
      }
      int at = y0 + channel;
      acc0.add(0f).intoArray(y, at);
      acc1.add(0f).intoArray(y, at + channels);
      acc2.add(0f).intoArray(y, at + 2 * channels);
      acc3.add(0f).intoArray(y, at + 3 * channels);
      acc4.add(0f).intoArray(y, at + 4 * channels);
      acc5.add(0f).intoArray(y, at + 5 * channels);
      acc6.add(0f).intoArray(y, at + 6 * channels);
    }
  }
}
