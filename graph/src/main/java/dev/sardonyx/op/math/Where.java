package dev.sardonyx.op.math;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * {@code condition ? X : Y}, element by element with broadcasting of all three (ai.onnx Where,
 * newest version 16); X and Y are of one type, which may be any.
 */
public record Where() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Where", a -> new Where()).since(9);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    if (c.dtype(0) != DType.BOOL) {
      throw new ModelException("condition: expected bool, got " + c.tensor(0));
    }
    Elementwise.sameType(c, 1, 3);
    tellExtents(c);
    return List.of(ValueType.tensor(c.dtype(1), Elementwise.shape(c, 0, 3)));
  }

  private static void tellExtents(InferenceContext c) {
    List<Dim> condition = condition(c);
    List<Dim> x = c.extents(1);
    List<Dim> y = c.extents(2);
    if (condition == null || x == null || y == null) {
      return;
    }
    int n = Math.max(condition.size(), Math.max(x.size(), y.size()));
    List<Dim> content = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Dim chosen = at(condition, i).is(0) ? at(y, i) : at(x, i);
      content.add(chosen);
    }
    c.setExtents(0, content);
  }

  private static Dim at(List<Dim> content, int i) {
    return content.get(content.size() == 1 ? 0 : i);
  }

  private static List<Dim> condition(InferenceContext c) {
    Tensor constant = c.constant(0);
    if (constant != null && constant.rank() <= 1) {
      return Arrays.stream(constant.toLongs()).mapToObj(Dim::of).toList();
    }
    return c.extents(0);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor condition = c.tensor(0);
    Tensor x = c.tensor(1);
    Tensor y = c.tensor(2);
    int[] shape = Broadcast.shape(condition.shape(), x.shape(), y.shape());
    int[] atCondition = Broadcast.positions(condition.shape(), shape);
    int[] atX = Broadcast.positions(x.shape(), shape);
    int[] atY = Broadcast.positions(y.shape(), shape);
    Tensor out = Tensor.zeros(x.dtype(), shape);
    for (int i = 0; i < out.size(); i++) {
      if (condition.getBoolean(atCondition[i])) {
        out.copyElement(i, x, atX[i]);
      } else {
        out.copyElement(i, y, atY[i]);
      }
    }
    return List.of(out);
  }
}
