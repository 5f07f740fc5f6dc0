package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.OptionalType;
import dev.sardonyx.tensor.OptionalValue;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * A value as one that may be absent (ai.onnx Optional-15); without input, one that is.
 *
 * @param type the type of the value when there is no input, else null
 */
public record Optional(ValueType type) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Optional", a -> new Optional(a.getType("type"))).since(15);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    if (c.hasInput(0)) {
      return List.of(new OptionalType(c.type(0)));
    }
    if (type == null) {
      throw Attributes.missing("type");
    }
    return List.of(new OptionalType(type));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    return List.of(c.hasInput(0) ? OptionalValue.of(c.value(0)) : OptionalValue.EMPTY);
  }
}
