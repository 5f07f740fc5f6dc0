package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * A product with a constant matrix and all that follows it: {@code Y = prelu(f(X·W + bias +
 * residual), slopes)}.
 *
 * <p>Inputs: X [..., K] float32, W [K, N] (or [N, K] when {@code transposed}), bias [N] or omitted,
 * residual of Y's shape or omitted, slopes [N] of results below zero or omitted. What Gemm and
 * MatMul with constant weights are lowered to.
 */
public record Linear(boolean transposed, UnaryFunction activation) implements WithEpilogue {
  @Override
  public Linear withActivation(UnaryFunction f) {
    return new Linear(transposed, f);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Dim n = c.shape(1).dim(transposed ? 0 : 1);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    List<Dim> dims = new ArrayList<>(x.dims());
    dims.set(dims.size() - 1, n);
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor w = c.tensor(1);
    int n = w.dim(transposed ? 0 : 1);
    int k = w.dim(transposed ? 1 : 0);
    int[] shape = x.shape();
    shape[shape.length - 1] = n;
    Tensor y = Tensor.zeros(x.dtype(), shape);
    double[] xs = x.toDoubles();
    double[] ws = w.toDoubles();
    for (int i = 0; i < y.size(); i++) {
      int row = i / n * k;
      int column = i % n;
      double sum = 0;
      for (int l = 0; l < k; l++) {
        sum += xs[row + l] * ws[transposed ? column * k + l : l * n + column];
      }
      sum += c.hasInput(2) ? c.tensor(2).getDouble(column) : 0;
      sum += c.hasInput(3) ? c.tensor(3).getDouble(i) : 0;
      y.setDouble(i, sum);
    }
    Activations.apply(activation, y);
    if (c.hasInput(4)) {
      Activations.prelu(c.tensor(4), y);
    }
    return List.of(y);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return (long) Tensor.sizeOf(outputs.get(0)) * inputs.get(1)[transposed ? 1 : 0];
  }
}
