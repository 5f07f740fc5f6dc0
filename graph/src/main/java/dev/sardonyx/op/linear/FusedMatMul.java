package dev.sardonyx.op.linear;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Matrix product with transposed matrices and a factor (com.microsoft FusedMatMul): {@code Y =
 * alpha · A' · B'}, shapes as {@link MatMul}; a prime stands for the exchange of the last two
 * dimensions that transA and transB ask for.
 */
public record FusedMatMul(float alpha, boolean transA, boolean transB) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("FusedMatMul", FusedMatMul::parse).inDomain("com.microsoft");

  private static FusedMatMul parse(Attributes a) {
    if (a.getFlag("transBatchA", false) || a.getFlag("transBatchB", false)) {
      throw new ModelException(
          "attributes transBatchA, transBatchB: expected 0, got 1, which is not supported");
    }
    return new FusedMatMul(
        a.getFloat("alpha", 1), a.getFlag("transA", false), a.getFlag("transB", false));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape y = MatMul.inferShape(transposed(c.shape(0), transA), transposed(c.shape(1), transB));
    return List.of(ValueType.tensor(c.dtype(0), y));
  }

  private static Shape transposed(Shape s, boolean wanted) {
    if (!wanted || !s.hasRank() || s.rank() < 2) {
      return s;
    }
    List<Dim> dims = new ArrayList<>(s.dims());
    dims.set(s.rank() - 1, s.dim(-2));
    dims.set(s.rank() - 2, s.dim(-1));
    return new Shape(dims);
  }

  private static int[] transposed(int[] s, boolean wanted) {
    return transposed(Shape.of(s), wanted).toArray();
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    int[] a = transposed(c.tensor(0).shape(), transA);
    int[] b = transposed(c.tensor(1).shape(), transB);
    double[] product =
        MatMul.product(numbers(c.tensor(0), transA), a, numbers(c.tensor(1), transB), b);
    Tensor y = Tensor.zeros(c.tensor(0).dtype(), MatMul.shape(a, b));
    for (int i = 0; i < product.length; i++) {
      y.setDouble(i, alpha * product[i]);
    }
    return List.of(y);
  }

  private static double[] numbers(Tensor t, boolean transpose) {
    double[] x = t.toDoubles();
    if (!transpose || t.rank() < 2) {
      return x;
    }
    int rows = t.dim(-2);
    int columns = t.dim(-1);
    double[] out = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      int matrix = i / (rows * columns);
      out[matrix * rows * columns + i % columns * rows + i / columns % rows] = x[i];
    }
    return out;
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return MatMul.countMacs(transposed(inputs.get(0), transA), transposed(inputs.get(1), transB));
  }
}
