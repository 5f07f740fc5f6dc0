package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * The data with some slices replaced or combined with updates (ai.onnx ScatterND-18): the last
 * dimension of the indices holds tuples that name slices, as in GatherND.
 */
public record ScatterND(Reduction reduction) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("ScatterND", a -> new ScatterND(Reduction.parse(a))).since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor indices = c.tensor(1);
    Tensor updates = c.tensor(2);
    int[] to = GatherND.positions(x.shape(), indices, 0);
    int run = Tensor.sizeOf(Arrays.copyOfRange(x.shape(), indices.dim(-1), x.rank()));
    if (updates.size() != (long) to.length * run) {
      throw new ModelException(
          "updates: expected " + to.length + " slices of " + run + ", got " + updates.describe());
    }
    Tensor y = x.copy();
    for (int i = 0; i < to.length; i++) {
      for (int j = 0; j < run; j++) {
        reduction.apply(y, to[i] + j, updates, i * run + j);
      }
    }
    return List.of(y);
  }
}
