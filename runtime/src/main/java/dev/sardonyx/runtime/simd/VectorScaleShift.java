package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Kernels#scaleShift} in vectors. The rows are short, so that all vectors of all rows are
 * one loop.
 */
final class VectorScaleShift {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private VectorScaleShift() {}

  static void apply(
      float[] x,
      int x0,
      int xStride,
      float[] scale,
      float[] shift,
      int s0,
      float lowest,
      float highest,
      float[] y,
      int y0,
      int yStride,
      int rows,
      int n) {
    int whole = n & -LANES;
    int vectors = rows * (whole / LANES);
    int xi = x0;
    int yi = y0;
    int c = 0;
    for (int i = 0; i < vectors; i++) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xi + c);
      FloatVector a = FloatVector.fromArray(SPECIES, scale, s0 + c);
      v = v.fma(a, FloatVector.fromArray(SPECIES, shift, s0 + c));
      v = v.blend(lowest, v.compare(LE, lowest));
      v.blend(highest, v.compare(GT, highest)).intoArray(y, yi + c);
      c += LANES;
      if (c == whole) {
        c = 0;
        xi += xStride;
        yi += yStride;
      }
    }
    if (whole < n) {
      PortableScaleShift.apply(
          x,
          x0 + whole,
          xStride,
          scale,
          shift,
          s0 + whole,
          lowest,
          highest,
          y,
          y0 + whole,
          yStride,
          rows,
          n - whole);
    }
  }
}
