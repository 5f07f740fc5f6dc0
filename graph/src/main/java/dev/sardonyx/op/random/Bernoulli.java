package dev.sardonyx.op.random;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Ones with the probabilities that the input holds, zeros otherwise (ai.onnx Bernoulli, newest
 * version 22). The same every time when there is a seed; see {@link RandomTensor}.
 *
 * @param dtype null for that of the input
 * @param seed null for none
 */
public record Bernoulli(DType dtype, Float seed) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "Bernoulli",
              a ->
                  new Bernoulli(
                      a.getDType("dtype", null), a.has("seed") ? a.getFloat("seed", 0) : null))
          .since(15);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(dtype == null ? c.dtype(0) : dtype, c.shape(0)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor y = Tensor.zeros(dtype == null ? x.dtype() : dtype, x.shape());
    MersenneTwister random = MersenneTwister.of(seed);
    for (int i = 0; i < y.size(); i++) {
      y.setDouble(i, random.nextDouble() < x.getDouble(i) ? 1 : 0);
    }
    return List.of(y);
  }

  @Override
  public boolean isDeterministic() {
    return seed != null;
  }
}
