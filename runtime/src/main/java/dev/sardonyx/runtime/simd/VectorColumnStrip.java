package dev.sardonyx.runtime.simd;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A {@link ColumnStrip} written a vector for each pixel: what is too much of it lies where the next
 * pixel of the strip comes, which is written afterwards.
 */
final class VectorColumnStrip {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private VectorColumnStrip() {}

  /** Whether a pixel fits in a vector, and is more than one number. */
  static boolean knows(int channels) {
    return channels > 1 && channels <= LANES;
  }

  /** {@link Kernels#columnStrip}. */
  static void pack(
      float[] x, int xOffset, int channels, Window window, int oy, float[] strip, int stripOffset) {
    int top = window.top(oy);
    int left = window.left(0);
    int step = window.kernelHeight() * channels;
    int columns = ColumnStrip.size(channels, window) / step;
    int first = Math.min(columns, Math.max(0, -left));
    int end = Math.max(first, Math.min(columns, window.inWidth() - left));
    int kyFrom = window.firstTapRow(top);
    int kyTo = window.endTapRow(top);
    int rowSize = window.inWidth() * channels;
    int from = xOffset + (top + kyFrom) * rowSize + left * channels;
    int to = stripOffset + kyFrom * channels;
    int rows = kyTo - kyFrom;
    int whole = first;
    if (rows > 0) {
      // The columns all of whose vectors lie within both arrays.
      int last = (rows - 1) * rowSize + from;
      int lastTo = (rows - 1) * channels + to;
      whole = Math.min(whole(x, last, channels), whole(strip, lastTo, step));
      whole = Math.max(first, Math.min(whole, end));
      if (rows == 3) {
        columns3(x, from, channels, rowSize, strip, to, step, first, whole);
      } else {
        columns(x, from, channels, rowSize, strip, to, step, first, whole, rows);
      }
    }
    for (int ky = 0; ky < window.kernelHeight(); ky++) {
      int at = stripOffset + ky * channels;
      if (ky < kyFrom || ky >= kyTo) {
        ColumnStrip.zeros(strip, at + first * step, step, end - first, channels);
      } else {
        int xi = from + (ky - kyFrom) * rowSize + whole * channels;
        ColumnStrip.copy(x, xi, strip, at + whole * step, step, end - whole, channels);
      }
    }
    Arrays.fill(strip, stripOffset, stripOffset + first * step, 0f);
    Arrays.fill(strip, stripOffset + end * step, stripOffset + columns * step, 0f);
  }

  /** How many vectors from {@code offset} on, so far apart, lie within an array. */
  private static int whole(float[] array, int offset, int step) {
    return Math.floorDiv(array.length - LANES - offset, step) + 1;
  }

  private static void columns3(
      float[] x,
      int from,
      int channels,
      int rowSize,
      float[] strip,
      int to,
      int step,
      int first,
      int end) {
    int xi = from + first * channels;
    int at = to + first * step;
    for (int i = first; i < end; i++) {
      FloatVector.fromArray(SPECIES, x, xi).intoArray(strip, at);
      FloatVector.fromArray(SPECIES, x, xi + rowSize).intoArray(strip, at + channels);
      FloatVector.fromArray(SPECIES, x, xi + 2 * rowSize).intoArray(strip, at + 2 * channels);
      xi += channels;
      at += step;
    }
  }

  private static void columns(
      float[] x,
      int from,
      int channels,
      int rowSize,
      float[] strip,
      int to,
      int step,
      int first,
      int end,
      int rows) {
    int xi = from + first * channels;
    int at = to + first * step;
    int row = 0;
    int vectors = (end - first) * rows;
    for (int i = 0; i < vectors; i++) {
      FloatVector.fromArray(SPECIES, x, xi).intoArray(strip, at);
      xi += rowSize;
      at += channels;
      if (++row == rows) {
        row = 0;
        xi += channels - rows * rowSize;
        at += step - rows * channels;
      }
    }
  }
}
