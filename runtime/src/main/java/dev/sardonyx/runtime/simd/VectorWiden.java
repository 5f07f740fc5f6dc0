package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Bytes to floats, a vector of floats at a time. */
final class VectorWiden {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  /** As many bytes as floats, or more where vectors of bytes are not that short. */
  private static final VectorSpecies<Byte> BYTES =
      VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, 8 * LANES)));

  private VectorWiden() {}

  static void widen(byte[] x, int xOffset, float[] y, int yOffset, int n) {
    int i = 0;
    for (; i <= n - BYTES.length(); i += LANES) {
      FloatVector v =
          (FloatVector)
              ByteVector.fromArray(BYTES, x, xOffset + i)
                  .convertShape(VectorOperators.B2F, SPECIES, 0);
      v.intoArray(y, yOffset + i);
    }
    for (; i < n; i++) {
      y[yOffset + i] = x[xOffset + i];
    }
  }
}
