package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.Value;
import java.util.List;

/** One element of a sequence; negative positions count from the end (ai.onnx SequenceAt-11). */
public record SequenceAt() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("SequenceAt", a -> new SequenceAt()).since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(Sequences.type(c, 0).element());
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    SequenceValue s = Sequences.value(c, 0);
    return List.of(s.get(Sequences.position(c.tensor(1), s.size(), s.size() - 1)));
  }
}
