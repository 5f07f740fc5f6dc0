package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Locale;

/** How ScatterElements and ScatterND combine what is there with an update. */
public enum Reduction {
  NONE,
  ADD,
  MUL,
  MIN,
  MAX;

  static Reduction parse(Attributes a) {
    String name = a.getChoice("reduction", "none", "none", "add", "mul", "min", "max");
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  /** Combines element {@code i} of {@code y} with element {@code j} of {@code updates}. */
  void apply(Tensor y, int i, Tensor updates, int j) {
    if (this == NONE) {
      y.copyElement(i, updates, j);
    } else if (y.dtype().isFloating()) {
      y.setDouble(i, combine(y.getDouble(i), updates.getDouble(j)));
    } else {
      y.setLong(i, combine(y.getLong(i), updates.getLong(j), y.dtype() == DType.UINT64));
    }
  }

  private double combine(double a, double b) {
    return switch (this) {
      case ADD -> a + b;
      case MUL -> a * b;
      case MIN -> Math.min(a, b);
      case MAX -> Math.max(a, b);
      case NONE -> b;
    };
  }

  private long combine(long a, long b, boolean unsigned) {
    boolean less = unsigned ? Long.compareUnsigned(a, b) < 0 : a < b;
    return switch (this) {
      case ADD -> a + b;
      case MUL -> a * b;
      case MIN -> less ? a : b;
      case MAX -> less ? b : a;
      case NONE -> b;
    };
  }
}
