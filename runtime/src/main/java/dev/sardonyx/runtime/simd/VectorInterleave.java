package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Two rows of floats that take turns: a pair of them is a long, one in the lower and one in the
 * upper half, which takes no rearranging.
 */
final class VectorInterleave {
  private static final VectorSpecies<Long> PAIRS =
      VectorSpecies.of(long.class, VectorLength.SPECIES.vectorShape());
  private static final VectorSpecies<Float> HALF =
      VectorSpecies.of(
          float.class, VectorShape.forBitSize(VectorLength.SPECIES.vectorBitSize() / 2));

  /** Fewest elements of a row. */
  static final int FEWEST = PAIRS.length();

  private static final long LOWER = 0xffffffffL;

  private VectorInterleave() {}

  /** {@link Kernels#interleave} for at least {@link #FEWEST} elements a row. */
  static void apply(
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      int stride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      int ai = aOffset + r * stride;
      int bi = bOffset + r * stride;
      int yi = yOffset + r * yStride;
      for (int i = 0; i < n; i += FEWEST) {
        // Those that do not fill a vector are taken together with some done before.
        int at = Math.min(i, n - FEWEST);
        LongVector lower = longs(a, ai + at).and(LOWER);
        LongVector upper = longs(b, bi + at).lanewise(VectorOperators.LSHL, 32);
        lower.or(upper).reinterpretAsFloats().intoArray(y, yi + 2 * at);
      }
    }
  }

  private static LongVector longs(float[] x, int at) {
    return (LongVector)
        FloatVector.fromArray(HALF, x, at)
            .reinterpretAsInts()
            .convertShape(VectorOperators.I2L, PAIRS, 0);
  }
}
