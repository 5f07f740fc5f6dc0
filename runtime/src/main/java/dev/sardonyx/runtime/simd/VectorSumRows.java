package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** The sum of rows: four vectors of columns at a time stay in registers while all rows pass. */
final class VectorSumRows {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private VectorSumRows() {}

  static void apply(float[] x, int xOffset, int xStride, int rows, int n, float[] y, int yOffset) {
    int j = 0;
    for (; j + 4 * LANES <= n; j += 4 * LANES) {
      fourVectors(x, xOffset + j, xStride, rows, y, yOffset + j);
    }
    for (; j + LANES <= n; j += LANES) {
      oneVector(x, xOffset + j, xStride, rows, y, yOffset + j);
    }
    for (; j < n; j++) {
      float sum = 0f;
      for (int row = 0; row < rows; row++) {
        sum += x[xOffset + row * xStride + j];
      }
      y[yOffset + j] = sum;
    }
  }

  private static void fourVectors(float[] x, int x0, int stride, int rows, float[] y, int y0) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = FloatVector.zero(SPECIES);
    FloatVector s2 = FloatVector.zero(SPECIES);
    FloatVector s3 = FloatVector.zero(SPECIES);
    int xi = x0;
    for (int row = 0; row < rows; row++) {
      s0 = s0.add(FloatVector.fromArray(SPECIES, x, xi));
      s1 = s1.add(FloatVector.fromArray(SPECIES, x, xi + LANES));
      s2 = s2.add(FloatVector.fromArray(SPECIES, x, xi + 2 * LANES));
      s3 = s3.add(FloatVector.fromArray(SPECIES, x, xi + 3 * LANES));
      xi += stride;
    }
    s0.intoArray(y, y0);
    s1.intoArray(y, y0 + LANES);
    s2.intoArray(y, y0 + 2 * LANES);
    s3.intoArray(y, y0 + 3 * LANES);
  }

  private static void oneVector(float[] x, int x0, int stride, int rows, float[] y, int y0) {
    FloatVector sum = FloatVector.zero(SPECIES);
    int xi = x0;
    for (int row = 0; row < rows; row++) {
      sum = sum.add(FloatVector.fromArray(SPECIES, x, xi));
      xi += stride;
    }
    sum.intoArray(y, y0);
  }
}
