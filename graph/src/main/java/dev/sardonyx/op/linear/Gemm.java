package dev.sardonyx.op.linear;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * General matrix multiplication (ai.onnx Gemm, newest version 13): {@code Y = alpha·A'·B' +
 * beta·C}.
 *
 * <p>A' is A [M, K], or its transpose when {@code transA}; B' is B [K, N] likewise; C is omitted or
 * broadcasts to [M, N] in one direction.
 */
public record Gemm(float alpha, float beta, boolean transA, boolean transB) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Gemm", Gemm::parse)
          .since(7, (node, version, c) -> List.of(c.without(node, "broadcast")));

  static Gemm parse(Attributes a) {
    return new Gemm(
        a.getFloat("alpha", 1),
        a.getFloat("beta", 1),
        a.getFlag("transA", false),
        a.getFlag("transB", false));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape a = matrix(c.shape(0), "A");
    Shape b = matrix(c.shape(1), "B");
    if (!a.hasRank() || !b.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), c.freshShape(2)));
    }
    var k = a.dim(transA ? 0 : 1);
    var kOfB = b.dim(transB ? 1 : 0);
    if (k.isKnown() && kOfB.isKnown() && !k.equals(kOfB)) {
      throw new ModelException(
          "expected A and B to agree in K, got "
              + a
              + " and "
              + b
              + " (K "
              + k
              + ", "
              + kOfB
              + ")");
    }
    return List.of(
        ValueType.tensor(c.dtype(0), Shape.of(a.dim(transA ? 1 : 0), b.dim(transB ? 0 : 1))));
  }

  private static Shape matrix(Shape s, String name) {
    if (s.hasRank() && s.rank() != 2) {
      throw new ModelException(name + ": expected a matrix, got shape " + s);
    }
    return s;
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor a = c.tensor(0);
    Tensor b = c.tensor(1);
    int m = a.dim(transA ? 1 : 0);
    int k = a.dim(transA ? 0 : 1);
    int n = b.dim(transB ? 0 : 1);
    double[] x = a.toDoubles();
    double[] w = b.toDoubles();
    double[] bias = c.hasInput(2) ? Broadcast.to(c.tensor(2), m, n).toDoubles() : null;
    Tensor y = Tensor.zeros(a.dtype(), m, n);
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        double sum = 0;
        for (int l = 0; l < k; l++) {
          sum += x[transA ? l * m + i : i * k + l] * w[transB ? j * k + l : l * n + j];
        }
        double scaled = alpha * sum;
        y.setDouble(i * n + j, bias == null ? scaled : scaled + beta * bias[i * n + j]);
      }
    }
    return List.of(y);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    int[] y = outputs.get(0);
    return (long) y[0] * y[1] * inputs.get(0)[transA ? 0 : 1];
  }
}
