package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * A matrix of the input's shape with ones on a diagonal (ai.onnx EyeLike-22).
 *
 * @param dtype the result's type; null for the input's
 * @param k which diagonal: above the main one when positive
 */
public record EyeLike(DType dtype, long k) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "EyeLike", a -> new EyeLike(a.getDType("dtype", null), a.getLong("k", 0)))
          .since(9);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(dtype == null ? c.dtype(0) : dtype, c.shape(0)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    if (x.rank() != 2) {
      throw new ModelException("expected a matrix, got " + x.describe());
    }
    Tensor y = Tensor.zeros(dtype == null ? x.dtype() : dtype, x.shape());
    for (int row = 0; row < x.dim(0); row++) {
      long column = row + k;
      if (column >= 0 && column < x.dim(1)) {
        y.setDouble((int) (row * (long) x.dim(1) + column), 1);
      }
    }
    return List.of(y);
  }
}
