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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Indices as vectors with one element "on" (ai.onnx OneHot-11): inputs are indices, the depth
 * (length of the vectors), and values [off, on]. The vectors lie along a new {@code axis}; an index
 * outside −depth to depth−1 gives a vector that is all off.
 */
public record OneHot(long axis) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("OneHot", a -> new OneHot(a.getLong("axis", -1))).since(9);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape indices = c.shape(0);
    if (!indices.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(2), Shape.UNKNOWN));
    }
    List<Dim> known = c.extents(1);
    Dim depth = known != null && known.size() == 1 ? known.get(0) : c.freshDim();
    if (c.constant(1) != null) {
      depth = Dim.of(c.constant(1).getLong(0));
    }
    List<Dim> dims = new ArrayList<>(indices.dims());
    dims.add(Axis.of(axis, dims.size() + 1), depth);
    return List.of(ValueType.tensor(c.dtype(2), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor indices = c.tensor(0);
    long depth = c.tensor(1).getLong(0);
    Tensor values = c.tensor(2);
    int at = Axis.of(axis, indices.rank() + 1);
    int[] shape = new int[indices.rank() + 1];
    for (int d = 0; d < shape.length; d++) {
      shape[d] = d == at ? Math.toIntExact(depth) : indices.dim(d < at ? d : d - 1);
    }
    Tensor y = Tensor.zeros(values.dtype(), shape);
    for (int i = 0; i < y.size(); i++) {
      y.copyElement(i, values, 0);
    }
    int inner = Tensor.sizeOf(Arrays.copyOfRange(shape, at + 1, shape.length));
    for (int i = 0; i < indices.size(); i++) {
      long index = indices.getLong(i);
      index = index < 0 ? index + depth : index;
      if (index >= 0 && index < depth) {
        long to = (i / inner * depth + index) * inner + i % inner;
        y.copyElement((int) to, values, 1);
      }
    }
    return List.of(y);
  }
}
