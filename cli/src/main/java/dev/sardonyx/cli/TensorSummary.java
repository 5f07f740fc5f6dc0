package dev.sardonyx.cli;

import dev.sardonyx.tensor.Tensor;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * A tensor of real numbers at a glance.
 *
 * @param min the least element; NaN if any is NaN
 * @param max the greatest element; likewise
 * @param mean likewise
 */
record TensorSummary(double min, double max, double mean) {
  private static final int SHOWN = 4;

  /** The summary of a tensor, or null if it has no elements or they are no real numbers. */
  static TensorSummary of(Tensor t) {
    boolean numbers = t.dtype().isFloating() || t.dtype().isInteger();
    if (!numbers || t.size() == 0) {
      return null;
    }
    double[] x = t.toDoubles();
    double min = x[0];
    double max = x[0];
    for (double v : x) {
      min = Math.min(min, v);
      max = Math.max(max, v);
    }
    return new TensorSummary(min, max, DoubleStream.of(x).average().orElseThrow());
  }

  /** The first elements as text. */
  static String firstValues(Tensor t) {
    String more = t.size() > SHOWN ? " ..." : "";
    return IntStream.range(0, Math.min(t.size(), SHOWN))
            .mapToObj(i -> element(t, i))
            .collect(Collectors.joining(" "))
        + more;
  }

  private static String element(Tensor t, int i) {
    return switch (t.dtype().kind()) {
      case STRING -> '"' + t.getString(i) + '"';
      case BOOL -> String.valueOf(t.getBoolean(i));
      case COMPLEX -> Figures.number(t.getReal(i)) + "+" + Figures.number(t.getImaginary(i)) + "i";
      case UNSIGNED -> Long.toUnsignedString(t.getLong(i));
      case SIGNED -> String.valueOf(t.getLong(i));
      case FLOATING -> Figures.number(t.getDouble(i));
    };
  }
}
