package dev.sardonyx.op;

import dev.sardonyx.graph.ModelException;

/** Axes of a shape as the specification counts them: −r to r−1 for rank r. */
public final class Axis {
  private Axis() {}

  /**
   * The axis counted from the first dimension.
   *
   * @throws ModelException if it is outside −rank to rank−1
   */
  public static int of(long axis, int rank) {
    if (axis < -rank || axis >= rank) {
      throw new ModelException(
          "expected an axis from " + -rank + " to " + (rank - 1) + ", got " + axis);
    }
    return (int) (axis < 0 ? axis + rank : axis);
  }

  /** All of {@code axes} counted from the first dimension, in their order. */
  public static int[] of(long[] axes, int rank) {
    int[] out = new int[axes.length];
    for (int i = 0; i < axes.length; i++) {
      out[i] = of(axes[i], rank);
    }
    return out;
  }
}
