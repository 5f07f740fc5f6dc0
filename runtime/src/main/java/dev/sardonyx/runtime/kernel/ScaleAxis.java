package dev.sardonyx.runtime.kernel;

import dev.sardonyx.tensor.Tensor;

/**
 * Which of the scales of a linear quantization belongs to an element: runs of {@code length}
 * elements have one scale, the next run the next scale, after the last scale the first again.
 */
record ScaleAxis(int length, int scales) {
  /** For a tensor of shape x, or null if the scales are neither one nor one for each index. */
  static ScaleAxis of(int[] x, int[] scale, int axis) {
    if (Tensor.sizeOf(scale) == 1) {
      return new ScaleAxis(Tensor.sizeOf(x), 1);
    }
    int at = axis < 0 ? axis + x.length : axis;
    boolean each = scale.length == 1 && at >= 0 && at < x.length && scale[0] == x[at];
    return each ? new ScaleAxis(Tensor.strides(x)[at], scale[0]) : null;
  }

  int scaleAt(int element) {
    return element / length % scales;
  }

  /** The end of the run of an element. */
  int runEnd(int element) {
    return element - element % length + length;
  }
}
