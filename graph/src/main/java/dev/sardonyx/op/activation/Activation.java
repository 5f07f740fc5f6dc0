package dev.sardonyx.op.activation;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/** A function of one number that is applied to every element; type and shape stay. */
public interface Activation extends Operator {
  /** The function's value, in double precision. */
  double apply(double x);

  @Override
  default List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  default List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    return List.of(Elementwise.ofDoubles(x, x.dtype(), this::apply));
  }
}
