package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/** Dynamic quantization to 8 bits as vectors. */
final class VectorQuantize {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private VectorQuantize() {}

  static void range(float[] x, int x0, int n, float[] ends, int at) {
    float[] p = Partials.array();
    FloatVector low = FloatVector.zero(SPECIES);
    FloatVector high = FloatVector.zero(SPECIES);
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, x0 + i);
      low = low.blend(v, v.compare(LT, low));
      high = high.blend(v, v.compare(GT, high));
    }
    low.intoArray(p, 0);
    float least = 0;
    for (int i = 0; i < LANES; i++) {
      least = p[i] < least ? p[i] : least;
    }
    high.intoArray(p, 0);
    float most = 0;
    for (int i = 0; i < LANES; i++) {
      most = p[i] > most ? p[i] : most;
    }
    for (int i = whole; i < n; i++) {
      float v = x[x0 + i];
      least = v < least ? v : least;
      most = v > most ? v : most;
    }
    ends[at] = least;
    ends[at + 1] = most;
  }

  static void quantize(float[] x, int x0, float scale, float zero, float[] y, int y0, int n) {
    FloatVector lowest = FloatVector.broadcast(SPECIES, -zero);
    FloatVector highest = FloatVector.broadcast(SPECIES, 255 - zero);
    FloatVector round = FloatVector.broadcast(SPECIES, PortableQuantize.ROUND);
    int whole = n & -LANES;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, x0 + i).div(scale).add(round).sub(round);
      v = v.blend(lowest, v.compare(LT, lowest));
      v.blend(highest, v.compare(GT, highest)).intoArray(y, y0 + i);
    }
    PortableQuantize.quantize(x, x0 + whole, scale, zero, y, y0 + whole, n - whole);
  }

  static void rescale(
      float[] y,
      int y0,
      int ldy,
      int rows,
      int n,
      float[] scale,
      float[] bias,
      int column,
      float[] residual,
      int r0) {
    int whole = n & -LANES;
    for (int row = 0; row < rows; row++) {
      int at = y0 + row * ldy;
      int ri = r0 + row * ldy;
      if (residual == null) {
        row(y, at, whole, scale, bias, column);
      } else {
        row(y, at, whole, scale, bias, column, residual, ri);
      }
      PortableQuantize.rescale(y, at, whole, n, scale, bias, column, residual, ri);
    }
  }

  private static void row(float[] y, int at, int whole, float[] scale, float[] bias, int column) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(SPECIES, y, at + i)
          .mul(FloatVector.fromArray(SPECIES, scale, column + i))
          .add(FloatVector.fromArray(SPECIES, bias, column + i))
          .intoArray(y, at + i);
    }
  }

  private static void row(
      float[] y,
      int at,
      int whole,
      float[] scale,
      float[] bias,
      int column,
      float[] residual,
      int ri) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.fromArray(SPECIES, y, at + i)
          .mul(FloatVector.fromArray(SPECIES, scale, column + i))
          .add(FloatVector.fromArray(SPECIES, bias, column + i))
          .add(FloatVector.fromArray(SPECIES, residual, ri + i))
          .intoArray(y, at + i);
    }
  }
}
