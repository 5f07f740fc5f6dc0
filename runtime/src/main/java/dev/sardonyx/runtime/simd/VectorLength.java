package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The vector length in use. */
final class VectorLength {
  /**
   * What the processor likes best, but no longer than the {@value Partials#COUNT} partial results
   * that a reduction is defined by.
   */
  static final VectorSpecies<Float> SPECIES =
      FloatVector.SPECIES_PREFERRED.length() > Partials.COUNT
          ? FloatVector.SPECIES_512
          : FloatVector.SPECIES_PREFERRED;

  private VectorLength() {}
}
