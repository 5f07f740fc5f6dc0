package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.ValueType.SequenceType;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.Tensor;

/** What the operators of this package share: inputs that are sequences, and positions in them. */
final class Sequences {
  private Sequences() {}

  static SequenceValue value(EvaluationContext c, int i) {
    if (c.value(i) instanceof SequenceValue s) {
      return s;
    }
    throw new ModelException(
        "input " + i + ": expected a sequence, got " + c.value(i).getClass().getSimpleName());
  }

  static SequenceType type(InferenceContext c, int i) {
    if (c.type(i) instanceof SequenceType s) {
      return s;
    }
    throw new ModelException("input " + i + ": expected a sequence, got " + c.type(i));
  }

  /**
   * A position from −size to {@code last}, counted from the front.
   *
   * @param last size−1 for a position of an element, size for one to insert at
   */
  static int position(Tensor position, int size, int last) {
    long p = position.getLong(0);
    if (p < -size || p > last) {
      throw new ModelException("position: expected " + -size + " to " + last + ", got " + p);
    }
    return (int) (p < 0 ? p + size : p);
  }
}
