package dev.sardonyx.op.math;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Value;
import java.util.List;

/** Whether an element is not a number (ai.onnx IsNaN, newest version 20). */
public record IsNaN() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("IsNaN", a -> new IsNaN()).since(9);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(DType.BOOL, c.shape(0)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    return List.of(Elementwise.ofDoubles(c.tensor(0), DType.BOOL, x -> Double.isNaN(x) ? 1 : 0));
  }
}
