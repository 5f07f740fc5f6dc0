package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.SequenceType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.Value;
import java.util.List;

/** A sequence without elements, of tensors of a given type (ai.onnx SequenceEmpty-11). */
public record SequenceEmpty(DType dtype) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "SequenceEmpty", a -> new SequenceEmpty(a.getDType("dtype", DType.FLOAT)))
          .since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(new SequenceType(ValueType.tensor(dtype, Shape.UNKNOWN)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    return List.of(new SequenceValue(List.of()));
  }
}
