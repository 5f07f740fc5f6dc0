package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/** The number of elements of a tensor as an int64 scalar (ai.onnx Size, newest version 25). */
public record Size() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Size", a -> new Size());

  @Override
  public List<ValueType> infer(InferenceContext c) {
    if (c.shape(0).hasRank()) {
      c.setExtents(0, List.of(c.shape(0).size()));
    }
    return List.of(ValueType.tensor(DType.INT64));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    return List.of(Tensor.scalar((long) c.tensor(0).size()));
  }
}
