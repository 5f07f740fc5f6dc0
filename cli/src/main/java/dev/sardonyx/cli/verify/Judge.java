package dev.sardonyx.cli.verify;

import dev.sardonyx.tensor.MapValue;
import dev.sardonyx.tensor.OptionalValue;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.SparseTensor;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * Decides whether computed values are the expected ones, by the rules of ONNX's own test runner:
 * kind, element type and shape are equal, and every number satisfies {@code |actual − expected| ≤
 * atol + rtol·|expected|}. NaN equals NaN, infinities equal themselves; strings and booleans are
 * equal exactly.
 */
public record Judge(double rtol, double atol) {
  /**
   * Compares all outputs of a model.
   *
   * @return what differs, as a sentence, or null when nothing does
   */
  public String compareAll(List<? extends Value> expected, List<? extends Value> actual) {
    if (expected.size() != actual.size()) {
      return "expected " + expected.size() + " outputs, got " + actual.size();
    }
    for (int i = 0; i < expected.size(); i++) {
      String reason = compare(expected.get(i), actual.get(i));
      if (reason != null) {
        return "output " + i + ": " + reason;
      }
    }
    return null;
  }

  /**
   * Compares two values.
   *
   * @return what differs, as a sentence, or null when nothing does
   */
  public String compare(Value expected, Value actual) {
    if (expected instanceof Tensor e && actual instanceof Tensor a) {
      return tensors(e, a);
    } else if (expected instanceof SequenceValue e && actual instanceof SequenceValue a) {
      return lists("element", e.elements(), a.elements());
    } else if (expected instanceof OptionalValue e && actual instanceof OptionalValue a) {
      if (e.isPresent() && a.isPresent()) {
        return compare(e.value(), a.value());
      }
      return e.isPresent() == a.isPresent() ? null : "expected " + e + ", got " + a;
    } else if (expected instanceof MapValue e && actual instanceof MapValue a) {
      if (e.keyType() != a.keyType() || !e.entries().keySet().equals(a.entries().keySet())) {
        return "expected keys " + e.entries().keySet() + ", got " + a.entries().keySet();
      }
      List<Value> inOrder = e.entries().keySet().stream().map(k -> a.entries().get(k)).toList();
      return lists("value", List.copyOf(e.entries().values()), inOrder);
    } else if (expected instanceof SparseTensor e && actual instanceof SparseTensor a) {
      return tensors(e.toDense(), a.toDense());
    }
    return "expected " + kind(expected) + ", got " + kind(actual);
  }

  private static String kind(Value v) {
    return v == null ? "nothing" : v.getClass().getSimpleName();
  }

  private String lists(String what, List<Value> expected, List<Value> actual) {
    if (expected.size() != actual.size()) {
      return "expected " + expected.size() + " " + what + "s, got " + actual.size();
    }
    for (int i = 0; i < expected.size(); i++) {
      String reason = compare(expected.get(i), actual.get(i));
      if (reason != null) {
        return what + " " + i + ": " + reason;
      }
    }
    return null;
  }

  private String tensors(Tensor expected, Tensor actual) {
    if (expected.dtype() != actual.dtype() || !actual.hasShape(expected.shape())) {
      return "expected " + expected.describe() + ", got " + actual.describe();
    }
    int wrong = 0;
    int worst = -1;
    double worstError = -1;
    for (int i = 0; i < expected.size(); i++) {
      double error = excess(expected, actual, i);
      if (!(error <= 0)) {
        wrong++;
        if (worst < 0 || error > worstError) {
          worst = i;
          worstError = error;
        }
      }
    }
    if (wrong == 0) {
      return null;
    }
    return String.format(
        "%d of %d elements differ; at %s expected %s, got %s",
        wrong,
        expected.size(),
        Arrays.toString(index(worst, expected.shape())),
        element(expected, worst),
        element(actual, worst));
  }

  /** How far an element is beyond the tolerance; 0 or less when it is within. */
  private double excess(Tensor expected, Tensor actual, int i) {
    return switch (expected.dtype().kind()) {
      case STRING -> expected.getString(i).equals(actual.getString(i)) ? 0 : 1;
      case BOOL -> expected.getBoolean(i) == actual.getBoolean(i) ? 0 : 1;
      case COMPLEX -> {
        double re = expected.getReal(i);
        double im = expected.getImaginary(i);
        double dre = re - actual.getReal(i);
        double dim = im - actual.getImaginary(i);
        boolean same =
            Double.compare(re, actual.getReal(i)) == 0
                && Double.compare(im, actual.getImaginary(i)) == 0;
        yield same ? 0 : excess(Math.hypot(re, im), Math.hypot(dre, dim));
      }
      case SIGNED, UNSIGNED ->
          expected.getLong(i) == actual.getLong(i)
              ? 0
              : excess(
                  expected.getDouble(i), Math.abs(expected.getDouble(i) - actual.getDouble(i)));
      case FLOATING -> {
        double e = expected.getDouble(i);
        double a = actual.getDouble(i);
        if (Double.isNaN(e) || Double.isNaN(a) || Double.isInfinite(e) || Double.isInfinite(a)) {
          yield Double.compare(e, a) == 0 ? 0 : Double.POSITIVE_INFINITY;
        }
        yield excess(e, Math.abs(e - a));
      }
    };
  }

  private double excess(double expected, double difference) {
    return difference - (atol + rtol * Math.abs(expected));
  }

  private static String element(Tensor t, int i) {
    Tensor one = Tensor.zeros(t.dtype());
    one.copyElement(0, t, i);
    String shown = one.toString();
    return shown.substring(shown.indexOf('{') + 1, shown.length() - 1);
  }

  private static int[] index(int position, int[] shape) {
    int[] index = new int[shape.length];
    for (int d = shape.length - 1; d >= 0; d--) {
      index[d] = position % shape[d];
      position /= shape[d];
    }
    return index;
  }
}
