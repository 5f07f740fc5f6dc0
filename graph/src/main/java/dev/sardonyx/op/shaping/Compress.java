package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Rows along an axis where the condition is true (ai.onnx Compress-11). The condition may be
 * shorter than the axis.
 *
 * @param axis null for the elements of the flattened data
 */
public record Compress(Long axis) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "Compress", a -> new Compress(a.has("axis") ? a.getLong("axis", 0) : null))
          .since(9);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Tensor condition = c.constant(1);
    Dim count = condition == null ? c.freshDim() : Dim.of(chosen(condition).length);
    if (axis == null) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.of(count)));
    }
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    List<Dim> dims = new ArrayList<>(x.dims());
    dims.set(Axis.of(axis, x.rank()), count);
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  private static int[] chosen(Tensor condition) {
    return IntStream.range(0, condition.size()).filter(condition::getBoolean).toArray();
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = axis == null ? c.tensor(0).reshape(c.tensor(0).size()) : c.tensor(0);
    int at = axis == null ? 0 : Axis.of(axis, x.rank());
    int[] rows = chosen(c.tensor(1));
    int[] shape = x.shape();
    int[][] sources = new int[shape.length][];
    for (int d = 0; d < shape.length; d++) {
      sources[d] = d == at ? rows : IntStream.range(0, shape[d]).toArray();
    }
    if (rows.length > 0 && rows[rows.length - 1] >= shape[at]) {
      throw new ModelException(
          "condition: expected at most " + shape[at] + " truth values, got " + c.tensor(1));
    }
    shape[at] = rows.length;
    Tensor y = Tensor.zeros(x.dtype(), shape);
    Strided.select(y, x, sources);
    return List.of(y);
  }
}
