package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code start, start + delta, …} before {@code limit} (ai.onnx Range, newest version 27): inputs
 * are three scalars of one type; {@code n = max(ceil((limit − start) / delta), 0)} elements.
 *
 * <p>Attribute {@code stash_type} names the precision in which narrow floats are computed; here it
 * is always double, rounded once.
 */
public record Range() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Range", a -> new Range()).since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(c.dtype(0), Shape.of(extent(c))));
  }

  private static Dim extent(InferenceContext c) {
    if (c.constant(0) != null && c.constant(1) != null && c.constant(2) != null) {
      Dim n = Dim.of(count(c.constant(0), c.constant(1), c.constant(2)));
      if (c.dtype(0).isInteger() && n.value() <= 64) {
        long start = c.constant(0).getLong(0);
        long delta = c.constant(2).getLong(0);
        List<Dim> content = new ArrayList<>();
        for (int i = 0; i < n.value(); i++) {
          content.add(Dim.of(start + i * delta));
        }
        c.setExtents(0, content);
      }
      return n;
    }
    List<Dim> start = c.extents(0);
    List<Dim> limit = c.extents(1);
    List<Dim> delta = c.extents(2);
    boolean upward =
        start != null
            && limit != null
            && delta != null
            && delta.get(0).isKnown()
            && delta.get(0).value() > 0;
    if (!upward) {
      return c.freshDim();
    }
    Dim n = limit.get(0).minus(start.get(0)).ceilDividedBy(delta.get(0));
    return n.isKnown() ? n.max(Dim.ZERO) : n;
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor start = c.tensor(0);
    Tensor delta = c.tensor(2);
    Tensor y = Tensor.zeros(start.dtype(), Math.toIntExact(count(start, c.tensor(1), delta)));
    for (int i = 0; i < y.size(); i++) {
      if (start.dtype().isInteger()) {
        y.setLong(i, start.getLong(0) + i * delta.getLong(0));
      } else {
        y.setDouble(i, start.getDouble(0) + i * delta.getDouble(0));
      }
    }
    return List.of(y);
  }

  private static long count(Tensor start, Tensor limit, Tensor delta) {
    if (delta.getDouble(0) == 0) {
      throw new ModelException("delta: expected a number other than 0, got 0");
    }
    if (start.dtype().isInteger()) {
      long span = Math.subtractExact(limit.getLong(0), start.getLong(0));
      return Math.max(0, -Math.floorDiv(-span, delta.getLong(0)));
    }
    double span = limit.getDouble(0) - start.getDouble(0);
    return (long) Math.max(0, Math.ceil(span / delta.getDouble(0)));
  }
}
