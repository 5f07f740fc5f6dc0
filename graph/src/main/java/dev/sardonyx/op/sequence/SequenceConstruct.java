package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.SequenceType;
import dev.sardonyx.op.CommonType;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/** A sequence of the inputs, tensors of one element type (ai.onnx SequenceConstruct-11). */
public record SequenceConstruct() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("SequenceConstruct", a -> new SequenceConstruct()).since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    ValueType element = c.type(0);
    for (int i = 1; i < c.inputCount(); i++) {
      element = CommonType.of(element, c.type(i), c);
    }
    return List.of(new SequenceType(element));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    List<Value> elements = new ArrayList<>();
    for (int i = 0; i < c.inputCount(); i++) {
      elements.add(c.value(i));
    }
    return List.of(new SequenceValue(elements));
  }
}
