package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * A sequence without one element, the last one when no position is given (ai.onnx
 * SequenceErase-11).
 */
public record SequenceErase() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("SequenceErase", a -> new SequenceErase()).since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(Sequences.type(c, 0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    SequenceValue s = Sequences.value(c, 0);
    Tensor position = c.hasInput(1) ? c.tensor(1) : Tensor.scalar(-1L);
    List<Value> elements = new ArrayList<>(s.elements());
    elements.remove(Sequences.position(position, s.size(), s.size() - 1));
    return List.of(new SequenceValue(elements));
  }
}
