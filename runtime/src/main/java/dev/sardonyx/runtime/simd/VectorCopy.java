package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Copies of many rows that are so short that a call for each would take longer than the copying.
 */
final class VectorCopy {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  /** Elements of the longest rows. */
  private static final int MOST = 512;

  private VectorCopy() {}

  /** Whether rows of so many elements are for this class. */
  static boolean knows(int n) {
    return n >= LANES && n <= MOST;
  }

  static void rows(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    if (n <= 2 * LANES) {
      pairs(x, xOffset, xStride, y, yOffset, yStride, rows, n - LANES);
      return;
    }
    if (n <= 4 * LANES) {
      int rest = n - 2 * LANES;
      pairs(x, xOffset, xStride, y, yOffset, yStride, rows, LANES);
      pairs(x, xOffset + rest, xStride, y, yOffset + rest, yStride, rows, LANES);
      return;
    }
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector.fromArray(SPECIES, x, xi + i).intoArray(y, yi + i);
      }
      if (whole < n) {
        // The last ones together with some that are there already.
        int i = n - LANES;
        FloatVector.fromArray(SPECIES, x, xi + i).intoArray(y, yi + i);
      }
    }
  }

  /** A vector of each row and a second one so far behind it, which may overlap. */
  private static void pairs(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int second) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      FloatVector.fromArray(SPECIES, x, xi).intoArray(y, yi);
      FloatVector.fromArray(SPECIES, x, xi + second).intoArray(y, yi + second);
    }
  }
}
