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
 * {@link Gelu} of {@code X + bias} (com.microsoft, version 1): BiasGelu is the exact one; FastGelu
 * is the approximation by tanh, and its bias is optional. The bias [C] stands against the last
 * dimension of X.
 */
public record BiasedGelu(Gelu gelu) implements Operator {
  static final OperatorDefinition EXACT =
      OperatorDefinition.of("BiasGelu", a -> new BiasedGelu(new Gelu(false)))
          .inDomain("com.microsoft");
  static final OperatorDefinition FAST =
      OperatorDefinition.of("FastGelu", a -> new BiasedGelu(new Gelu(true)))
          .inDomain("com.microsoft");

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    return List.of(
        c.hasInput(1)
            ? Elementwise.ofDoubles(x, c.tensor(1), x.dtype(), (v, bias) -> gelu.apply(v + bias))
            : Elementwise.ofDoubles(x, x.dtype(), gelu::apply));
  }
}
