package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Value;
import java.util.List;

/** The value itself, of any kind (ai.onnx Identity, newest version 25). */
public record Identity() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Identity", a -> new Identity());

  @Override
  public List<ValueType> infer(InferenceContext c) {
    if (c.extents(0) != null) {
      c.setExtents(0, c.extents(0));
    }
    return List.of(c.type(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    return List.of(c.value(0));
  }
}
