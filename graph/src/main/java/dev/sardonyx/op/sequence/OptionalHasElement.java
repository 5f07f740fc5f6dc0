package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.OptionalValue;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Whether there is a value (ai.onnx OptionalHasElement, newest version 18): false for an empty
 * optional and for an omitted input.
 */
public record OptionalHasElement() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("OptionalHasElement", a -> new OptionalHasElement()).since(15);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(DType.BOOL));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    boolean empty = !c.hasInput(0) || c.value(0) instanceof OptionalValue o && !o.isPresent();
    return List.of(Tensor.scalar(!empty));
  }
}
