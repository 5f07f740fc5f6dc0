package dev.sardonyx.op.math;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * {@link Cast} to the type of the second input, whose content does not matter (ai.onnx CastLike,
 * newest version 25).
 */
public record CastLike(Conversion conversion) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("CastLike", a -> new CastLike(Conversion.parse(a))).since(15);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return Cast.inferTo(c, c.dtype(1));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    return List.of(conversion.convert(c.tensor(0), c.tensor(1).dtype()));
  }
}
