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

/** The opposite of a truth value (ai.onnx Not, version 1). */
public record Not() implements Operator {
  public static final OperatorDefinition DEFINITION = OperatorDefinition.of("Not", a -> new Not());

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(DType.BOOL, c.shape(0)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    return List.of(Elementwise.ofLongs(c.tensor(0), DType.BOOL, x -> x == 0 ? 1 : 0));
  }
}
