package dev.sardonyx.op;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.OptionalType;
import dev.sardonyx.graph.ValueType.SequenceType;
import dev.sardonyx.graph.ValueType.TensorType;
import java.util.ArrayList;
import java.util.List;

/** The type of a value that comes from one of several places, such as the branches of an If. */
public final class CommonType {
  private CommonType() {}

  /**
   * What is true of both: extents that differ are unknown, and so is a rank that differs.
   *
   * @throws ModelException if the kinds or element types differ
   */
  public static ValueType of(ValueType a, ValueType b, InferenceContext c) {
    if (a.equals(b)) {
      return a;
    }
    if (a == ValueType.UNKNOWN || b == ValueType.UNKNOWN) {
      return withoutShapes(a == ValueType.UNKNOWN ? b : a);
    }
    if (a instanceof TensorType x && b instanceof TensorType y && x.dtype() == y.dtype()) {
      return ValueType.tensor(x.dtype(), of(x.shape(), y.shape(), c));
    }
    if (a instanceof SequenceType x && b instanceof SequenceType y) {
      return new SequenceType(of(x.element(), y.element(), c));
    }
    if (a instanceof OptionalType x && b instanceof OptionalType y) {
      return new OptionalType(of(x.element(), y.element(), c));
    }
    throw new ModelException("expected values of one type, got " + a + " and " + b);
  }

  private static Shape of(Shape a, Shape b, InferenceContext c) {
    if (!a.hasRank() || !b.hasRank() || a.rank() != b.rank()) {
      return Shape.UNKNOWN;
    }
    List<Dim> dims = new ArrayList<>();
    for (int d = 0; d < a.rank(); d++) {
      dims.add(a.dim(d).equals(b.dim(d)) ? a.dim(d) : c.freshDim());
    }
    return new Shape(dims);
  }

  /** The same kind and element type, with nothing said of shapes. */
  public static ValueType withoutShapes(ValueType t) {
    if (t instanceof TensorType x) {
      return ValueType.tensor(x.dtype(), Shape.UNKNOWN);
    }
    if (t instanceof SequenceType x) {
      return new SequenceType(withoutShapes(x.element()));
    }
    if (t instanceof OptionalType x) {
      return new OptionalType(withoutShapes(x.element()));
    }
    return t;
  }
}
