package dev.sardonyx.runtime.lowering;

import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;

/** Fused activations in the reference evaluation of this package's operators. */
final class Activations {
  private Activations() {}

  /** Replaces every element of a float32 tensor by the function of it. */
  static void apply(UnaryFunction f, Tensor y) {
    Kernels.portable()
        .unary(f, y.floatArray(), y.arrayOffset(), y.floatArray(), y.arrayOffset(), y.size());
  }

  /** Multiplies elements below zero by the slope of their column, the last dimension. */
  static void prelu(Tensor slopes, Tensor y) {
    for (int i = 0; i < y.size(); i++) {
      double v = y.getDouble(i);
      y.setDouble(i, v < 0 ? v * slopes.getDouble(i % slopes.size()) : v);
    }
  }
}
