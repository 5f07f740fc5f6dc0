package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * One number per channel (ai.onnx GlobalAveragePool, GlobalMaxPool, GlobalLpPool, newest version
 * 22): X [N, C, D1, …] → Y [N, C, 1, …], the mean, the maximum, or {@code (Σ |x|^p)^(1/p)} of all
 * elements of the channel. Version 1 of GlobalLpPool has a float p.
 *
 * @param p of LP; 0 otherwise
 */
public record GlobalPool(Kind kind, int p) implements Operator {
  /** What is computed of a channel. */
  public enum Kind {
    AVERAGE,
    MAX,
    LP
  }

  static final OperatorDefinition AVERAGE =
      OperatorDefinition.of("GlobalAveragePool", a -> new GlobalPool(Kind.AVERAGE, 0));
  static final OperatorDefinition MAX =
      OperatorDefinition.of("GlobalMaxPool", a -> new GlobalPool(Kind.MAX, 0));
  static final OperatorDefinition LP =
      OperatorDefinition.of("GlobalLpPool", GlobalPool::parseLp).since(2, LpPool::integerP);

  private static GlobalPool parseLp(Attributes a) {
    return new GlobalPool(Kind.LP, a.getInt("p", 2));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(c.tensor(0));
    }
    List<Dim> y = new ArrayList<>(x.dims().subList(0, 2));
    y.addAll(Collections.nCopies(x.rank() - 2, Dim.ONE));
    return List.of(ValueType.tensor(c.dtype(0), new Shape(y)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int[] shape = x.shape();
    int channels = shape[0] * shape[1];
    int size = channels == 0 ? 0 : x.size() / channels;
    for (int d = 2; d < shape.length; d++) {
      shape[d] = 1;
    }
    double[] in = x.toDoubles();
    Tensor y = Tensor.zeros(x.dtype(), shape);
    for (int channel = 0; channel < channels; channel++) {
      double result = kind == Kind.MAX ? Double.NEGATIVE_INFINITY : 0;
      for (int i = channel * size; i < (channel + 1) * size; i++) {
        switch (kind) {
          case AVERAGE -> result += in[i];
          case MAX -> result = Math.max(result, in[i]);
          case LP -> result += Math.pow(Math.abs(in[i]), p);
        }
      }
      y.setDouble(
          channel,
          switch (kind) {
            case AVERAGE -> result / size;
            case MAX -> result;
            case LP -> Math.pow(result, 1.0 / p);
          });
    }
    return List.of(y);
  }
}
