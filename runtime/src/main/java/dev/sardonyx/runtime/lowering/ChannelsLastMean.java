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
import java.util.Collections;
import java.util.List;

/** GlobalAveragePool of images whose channels come last: X [N, D1, …, C] → Y [N, 1, …, C]. */
public record ChannelsLastMean() implements Operator {
  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(c.tensor(0));
    }
    List<Dim> dims = new ArrayList<>(Collections.nCopies(x.rank(), Dim.ONE));
    dims.set(0, x.dim(0));
    dims.set(x.rank() - 1, x.dim(-1));
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int[] shape = x.shape();
    int images = shape[0];
    int channels = shape[shape.length - 1];
    for (int d = 1; d < shape.length - 1; d++) {
      shape[d] = 1;
    }
    Tensor y = Tensor.zeros(x.dtype(), shape);
    int pixels = y.size() == 0 ? 0 : x.size() / y.size();
    for (int i = 0; i < images; i++) {
      for (int k = 0; k < channels; k++) {
        double sum = 0;
        for (int p = 0; p < pixels; p++) {
          sum += x.getDouble((i * pixels + p) * channels + k);
        }
        y.setDouble(i * channels + k, sum / pixels);
      }
    }
    return List.of(y);
  }
}
