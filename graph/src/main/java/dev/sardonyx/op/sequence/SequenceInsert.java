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

/**
 * A sequence with one more element, before a position or, when that is omitted, at the end (ai.onnx
 * SequenceInsert-11).
 */
public record SequenceInsert() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("SequenceInsert", a -> new SequenceInsert()).since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    ValueType element = CommonType.of(Sequences.type(c, 0).element(), c.type(1), c);
    return List.of(new SequenceType(element));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    SequenceValue s = Sequences.value(c, 0);
    int at = c.hasInput(2) ? Sequences.position(c.tensor(2), s.size(), s.size()) : s.size();
    List<Value> elements = new ArrayList<>(s.elements());
    elements.add(at, c.value(1));
    return List.of(new SequenceValue(elements));
  }
}
