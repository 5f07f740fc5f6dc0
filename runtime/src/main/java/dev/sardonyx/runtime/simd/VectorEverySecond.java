package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/** Every second element of rows, taken from two vectors at a time. */
final class VectorEverySecond {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final VectorShuffle<Float> EVEN =
      VectorShuffle.fromOp(SPECIES, i -> 2 * i % LANES);
  private static final VectorShuffle<Float> ODD =
      VectorShuffle.fromOp(SPECIES, i -> (2 * i + 1) % LANES);
  private static final VectorMask<Float> UPPER = SPECIES.indexInRange(-LANES / 2, LANES);

  private VectorEverySecond() {}

  /** Whether rows of which so many elements are taken are for this class. */
  static boolean knows(int n) {
    return n >= LANES;
  }

  static void rows(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int last = n - LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < last; i += LANES) {
        vector(x, xi + 2 * i, y, yi + i);
      }
      // The last ones together with some that are there already.
      vector(x, xi + 2 * last, y, yi + last);
    }
  }

  private static void vector(float[] x, int at, float[] y, int to) {
    FloatVector first = FloatVector.fromArray(SPECIES, x, at);
    // It ends with the last element that is taken: there may be none behind it.
    FloatVector second = FloatVector.fromArray(SPECIES, x, at + LANES - 1);
    first.rearrange(EVEN).blend(second.rearrange(ODD), UPPER).intoArray(y, to);
  }
}
