package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * One element of {@code data} for every index (ai.onnx GatherElements-13): {@code y[i, j, …] =
 * data[…]} with the index in place of the coordinate along {@code axis}. The result has the shape
 * of the indices.
 */
public record GatherElements(long axis) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("GatherElements", a -> new GatherElements(a.getLong("axis", 0)))
          .since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(c.dtype(0), c.shape(1)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor indices = c.tensor(1);
    int[] from = positions(x.shape(), indices, axis);
    Tensor y = Tensor.zeros(x.dtype(), indices.shape());
    for (int i = 0; i < from.length; i++) {
      y.copyElement(i, x, from[i]);
    }
    return List.of(y);
  }

  /** For every index the position in data of the element that it names. */
  static int[] positions(int[] data, Tensor indices, long axis) {
    int rank = data.length;
    int at = Axis.of(axis, rank);
    int[] shape = indices.shape();
    if (shape.length != rank) {
      throw new ModelException(
          "indices: expected rank " + rank + " like the data, got " + indices.describe());
    }
    for (int d = 0; d < rank; d++) {
      if (d != at && shape[d] > data[d]) {
        throw new ModelException(
            "indices: expected extents within those of the data, got " + indices.describe());
      }
    }
    int[] strides = Tensor.strides(data);
    int[] index = new int[rank];
    int[] positions = new int[indices.size()];
    for (int i = 0; i < positions.length; i++) {
      int p = Gather.index(indices.getLong(i), data[at]) * strides[at];
      for (int d = 0; d < rank; d++) {
        p += d == at ? 0 : index[d] * strides[d];
      }
      positions[i] = p;
      for (int d = rank - 1; d >= 0 && ++index[d] == shape[d]; d--) {
        index[d] = 0;
      }
    }
    return positions;
  }
}
