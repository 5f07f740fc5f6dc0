package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * A micro-kernel for the last columns of a product, where they fill just a vector: six rows of
 * {@link PackedRows} × one vector.
 */
final class GemmNarrowTile {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int PANEL = PackedMatrix.PANEL;
  private static final int STEP = PackedRows.STEP;

  private GemmNarrowTile() {}

  /**
   * Twice three rows.
   *
   * @param a both groups of rows, the first from a0 on
   * @param depth a multiple of {@link PackedRows#STEP}
   * @param c element (r, n) is {@code c[c0 + r * 32 + n]}
   */
  static void tile6(
      float[] a,
      int a0,
      float[] b,
      int b0,
      int depth,
      float[] start,
      int s0,
      int lds,
      float[] c,
      int c0) {
    FloatVector p0 = FloatVector.fromArray(SPECIES, start, s0);
    FloatVector p1 = FloatVector.fromArray(SPECIES, start, s0 + lds);
    FloatVector p2 = FloatVector.fromArray(SPECIES, start, s0 + 2 * lds);
    FloatVector p3 = FloatVector.fromArray(SPECIES, start, s0 + 3 * lds);
    FloatVector p4 = FloatVector.fromArray(SPECIES, start, s0 + 4 * lds);
    FloatVector p5 = FloatVector.fromArray(SPECIES, start, s0 + 5 * lds);
    int second = a0 + 3 * depth;
    for (int k = 0; k < depth; k++) {
      // Of each group of rows, four elements of the first come before four of the next.
      int at = 3 * k - 2 * (k & (STEP - 1));
      FloatVector y = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      p0 = FloatVector.broadcast(SPECIES, a[a0 + at]).fma(y, p0);
      p1 = FloatVector.broadcast(SPECIES, a[a0 + at + STEP]).fma(y, p1);
      p2 = FloatVector.broadcast(SPECIES, a[a0 + at + 2 * STEP]).fma(y, p2);
      p3 = FloatVector.broadcast(SPECIES, a[second + at]).fma(y, p3);
      p4 = FloatVector.broadcast(SPECIES, a[second + at + STEP]).fma(y, p4);
      p5 = FloatVector.broadcast(SPECIES, a[second + at + 2 * STEP]).fma(y, p5);
    }
    p0.intoArray(c, c0);
    p1.intoArray(c, c0 + PANEL);
    p2.intoArray(c, c0 + 2 * PANEL);
    p3.intoArray(c, c0 + 3 * PANEL);
    p4.intoArray(c, c0 + 4 * PANEL);
    p5.intoArray(c, c0 + 5 * PANEL);
  }
}
