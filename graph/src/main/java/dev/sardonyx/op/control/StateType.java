package dev.sardonyx.op.control;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.OptionalType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.CommonType;

/** What is known of a loop's state when every iteration may change its shape. */
final class StateType {
  private StateType() {}

  /** What holds for the first value and for what the body makes of it. */
  static ValueType widened(ValueType first, ValueType next, InferenceContext c) {
    boolean unranked =
        first instanceof TensorType a
            && next instanceof TensorType b
            && !(a.shape().hasRank() && b.shape().hasRank());
    if (unranked && ((TensorType) first).dtype() == ((TensorType) next).dtype()) {
      return CommonType.withoutShapes(first);
    }
    if (first instanceof OptionalType && !(next instanceof OptionalType)) {
      // A state may begin as an optional and go on as what it holds.
      return ValueType.UNKNOWN;
    }
    return CommonType.of(first, next, c);
  }

  /** Whether {@code next} keeps just those extents of the first value that {@code now} keeps. */
  static boolean isAsWide(ValueType now, ValueType next, ValueType first) {
    if (now instanceof TensorType a
        && next instanceof TensorType b
        && first instanceof TensorType f
        && a.shape().hasRank()
        && b.shape().hasRank()) {
      for (int d = 0; d < f.shape().rank(); d++) {
        Dim was = f.shape().dim(d);
        if (a.shape().dim(d).equals(was) != b.shape().dim(d).equals(was)) {
          return false;
        }
      }
      return true;
    }
    return now.equals(next);
  }
}
