package dev.sardonyx.op.activation;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * A linear input gated by {@link Swish}: {@code A · sigmoid(alpha·A) · B} for A and B of one shape
 * (ai.onnx SwiGLU, version 28; Shazeer, "GLU variants improve Transformer", 2020).
 */
public record SwiGlu(float alpha) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("SwiGLU", a -> new SwiGlu(a.getFloat("alpha", 1))).since(28);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(Elementwise.sameType(c, 0, 2));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor a = c.tensor(0);
    Swish swish = new Swish(alpha);
    return List.of(
        Elementwise.ofDoubles(
            a, c.tensor(1), a.dtype(), (gate, linear) -> swish.apply(gate) * linear));
  }
}
