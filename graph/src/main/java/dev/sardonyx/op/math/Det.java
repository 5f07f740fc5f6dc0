package dev.sardonyx.op.math;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * The determinants of square matrices [*, M, M] → [*] (ai.onnx Det, newest version 22), by Gaussian
 * elimination with the largest pivot of each column.
 */
public record Det() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Det", a -> new Det()).since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    boolean square =
        x.rank() >= 2
            && !(x.dim(-1).isKnown() && x.dim(-2).isKnown() && !x.dim(-1).equals(x.dim(-2)));
    if (!square) {
      throw new ModelException("expected square matrices [*, M, M], got shape " + x);
    }
    return List.of(ValueType.tensor(c.dtype(0), new Shape(x.dims().subList(0, x.rank() - 2))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int m = x.dim(-1);
    double[] all = x.toDoubles();
    Tensor y = Tensor.zeros(x.dtype(), Arrays.copyOf(x.shape(), x.rank() - 2));
    for (int i = 0; i < y.size(); i++) {
      y.setDouble(i, determinant(Arrays.copyOfRange(all, i * m * m, (i + 1) * m * m), m));
    }
    return List.of(y);
  }

  /** Works in place on the rows of {@code a}. */
  private static double determinant(double[] a, int m) {
    double product = 1;
    for (int col = 0; col < m; col++) {
      int pivot = col;
      for (int row = col + 1; row < m; row++) {
        if (Math.abs(a[row * m + col]) > Math.abs(a[pivot * m + col])) {
          pivot = row;
        }
      }
      if (pivot != col) {
        product = -product;
        for (int j = 0; j < m; j++) {
          double swapped = a[col * m + j];
          a[col * m + j] = a[pivot * m + j];
          a[pivot * m + j] = swapped;
        }
      }
      product *= a[col * m + col];
      if (a[col * m + col] == 0) {
        return 0;
      }
      for (int row = col + 1; row < m; row++) {
        double factor = a[row * m + col] / a[col * m + col];
        for (int j = col; j < m; j++) {
          a[row * m + j] -= factor * a[col * m + j];
        }
      }
    }
    return product;
  }
}
