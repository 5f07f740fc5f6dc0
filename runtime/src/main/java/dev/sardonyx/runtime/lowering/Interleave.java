package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Takes turns among the last dimensions of g inputs, each [D…, C]: of their g·C elements, element k
 * is element k / g of input k mod g. The output has those from {@code from} to {@code to}.
 */
public record Interleave(int from, int to) implements Operator {
  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank() || x.rank() == 0) {
      return List.of(c.tensor(0));
    }
    List<Dim> dims = new ArrayList<>(x.dims());
    dims.set(x.rank() - 1, Dim.of(to - from));
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    int[] shape = c.tensor(0).shape();
    int channels = shape[shape.length - 1];
    int n = to - from;
    shape[shape.length - 1] = n;
    Tensor y = Tensor.zeros(c.tensor(0).dtype(), shape);
    int parts = c.inputCount();
    for (int i = 0; i < y.size(); i++) {
      int k = from + i % n;
      y.copyElement(i, c.tensor(k % parts), i / n * channels + k / parts);
    }
    return List.of(y);
  }
}
