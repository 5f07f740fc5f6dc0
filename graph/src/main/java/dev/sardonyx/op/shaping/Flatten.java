package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * A matrix of the elements (ai.onnx Flatten, newest version 25): the dimensions before {@code axis}
 * become the rows, the others the columns.
 */
public record Flatten(long axis) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Flatten", a -> new Flatten(a.getLong("axis", 1)));

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), c.freshShape(2)));
    }
    int split = split(x.rank());
    Dim rows = new Shape(x.dims().subList(0, split)).size();
    Dim columns = new Shape(x.dims().subList(split, x.rank())).size();
    return List.of(ValueType.tensor(c.dtype(0), Shape.of(rows, columns)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int split = split(x.rank());
    int rows = Tensor.sizeOf(Arrays.copyOf(x.shape(), split));
    int columns = Tensor.sizeOf(Arrays.copyOfRange(x.shape(), split, x.rank()));
    return List.of(x.reshape(rows, columns));
  }

  /** The axis from the front; unlike elsewhere the rank itself is allowed. */
  private int split(int rank) {
    return axis == rank ? rank : rank == 0 && axis == 1 ? 0 : Axis.of(axis, rank);
  }
}
