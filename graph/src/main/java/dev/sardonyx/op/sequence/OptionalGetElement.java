package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.OptionalType;
import dev.sardonyx.tensor.OptionalValue;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * The value that an optional holds (ai.onnx OptionalGetElement, newest version 18); a tensor or
 * sequence is itself.
 */
public record OptionalGetElement() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("OptionalGetElement", a -> new OptionalGetElement()).since(15);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.type(0) instanceof OptionalType o ? o.element() : c.type(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    if (!(c.value(0) instanceof OptionalValue o)) {
      return List.of(c.value(0));
    }
    if (!o.isPresent()) {
      throw new ModelException("expected an optional that holds a value, got an empty one");
    }
    return List.of(o.value());
  }
}
