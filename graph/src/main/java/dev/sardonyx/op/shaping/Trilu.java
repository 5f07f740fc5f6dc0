package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * The upper or lower triangle of matrices, 0 elsewhere (ai.onnx Trilu-14). The data is [*, N, M];
 * input k shifts the diagonal, upwards when positive.
 */
public record Trilu(boolean upper) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Trilu", a -> new Trilu(a.getFlag("upper", true))).since(14);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    if (x.rank() < 2) {
      throw new ModelException("expected matrices [*, N, M], got " + x.describe());
    }
    long k = c.hasInput(1) ? c.tensor(1).getLong(0) : 0;
    int rows = x.dim(-2);
    int columns = x.dim(-1);
    Tensor y = Tensor.zeros(x.dtype(), x.shape());
    for (int start = 0; start < x.size(); start += columns) {
      long diagonal = start / columns % rows + k;
      // The columns kept: from the diagonal on, or up to it.
      int from = upper ? (int) Math.max(0, Math.min(columns, diagonal)) : 0;
      int to = upper ? columns : (int) Math.max(0, Math.min(columns, diagonal + 1));
      y.copyElements(start + from, x, start + from, to - from);
    }
    return List.of(y);
  }
}
