package dev.sardonyx.op.linear;

import dev.sardonyx.graph.Dim;
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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Matrix product as numpy's {@code matmul} (ai.onnx MatMul, newest version 13): {@code Y[…, i, j] =
 * Σₖ A[…, i, k] · B[…, k, j]}.
 *
 * <p>A [batch…, M, K], B [batch…, K, N], Y [batch…, M, N]; batch dimensions broadcast. A of rank 1
 * is a row, B of rank 1 a column, and Y lacks that dimension. All versions mean the same.
 */
public record MatMul() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("MatMul", a -> new MatMul());

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(c.dtype(0), inferShape(c.shape(0), c.shape(1))));
  }

  /** The shape of the product. */
  public static Shape inferShape(Shape a, Shape b) {
    if (!a.hasRank() || !b.hasRank()) {
      return Shape.UNKNOWN;
    }
    if (a.rank() == 0 || b.rank() == 0) {
      throw new ModelException("expected A and B of rank 1 or more, got " + a + " and " + b);
    }
    Dim k = a.dim(-1);
    Dim kOfB = b.dim(b.rank() == 1 ? 0 : -2);
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
    Shape batch = Broadcast.shape(List.of(batch(a), batch(b)));
    List<Dim> y = new ArrayList<>(batch.dims());
    if (a.rank() > 1) {
      y.add(a.dim(-2));
    }
    if (b.rank() > 1) {
      y.add(b.dim(-1));
    }
    return new Shape(y);
  }

  private static Shape batch(Shape s) {
    return new Shape(s.dims().subList(0, Math.max(s.rank() - 2, 0)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor a = c.tensor(0);
    Tensor b = c.tensor(1);
    Tensor y = Tensor.zeros(a.dtype(), shape(a.shape(), b.shape()));
    if (a.dtype().isInteger()) {
      long[] sums = new Product(a.shape(), b.shape()).of(a.toLongs(), b.toLongs());
      for (int i = 0; i < sums.length; i++) {
        y.setLong(i, sums[i]);
      }
    } else {
      double[] sums = product(a.toDoubles(), a.shape(), b.toDoubles(), b.shape());
      for (int i = 0; i < sums.length; i++) {
        y.setDouble(i, sums[i]);
      }
    }
    return List.of(y);
  }

  /** The shape of the product of two known shapes. */
  public static int[] shape(int[] a, int[] b) {
    return inferShape(Shape.of(a), Shape.of(b)).toArray();
  }

  /** The product of numbers in row-major order. */
  public static double[] product(double[] a, int[] aShape, double[] b, int[] bShape) {
    return new Product(aShape, bShape).of(a, b);
  }

  /** The extents of a product of stacks of matrices and where each matrix begins. */
  private static final class Product {
    private final int m;
    private final int k;
    private final int n;
    private final int[] ofA;
    private final int[] ofB;

    Product(int[] a, int[] b) {
      shape(a, b); // checks that they fit
      m = a.length == 1 ? 1 : a[a.length - 2];
      k = a[a.length - 1];
      n = b.length == 1 ? 1 : b[b.length - 1];
      int[] batchA = Arrays.copyOf(a, Math.max(a.length - 2, 0));
      int[] batchB = Arrays.copyOf(b, Math.max(b.length - 2, 0));
      int[] batch = Broadcast.shape(batchA, batchB);
      ofA = Broadcast.positions(batchA, batch);
      ofB = Broadcast.positions(batchB, batch);
    }

    double[] of(double[] a, double[] b) {
      double[] y = new double[Tensor.sizeOf(ofA.length, m, n)];
      double[] row = new double[n];
      for (int i = 0; i < ofA.length * m; i++) {
        int aAt = (ofA[i / m] * m + i % m) * k;
        int bAt = ofB[i / m] * k * n;
        Arrays.fill(row, 0);
        for (int l = 0; l < k; l++) {
          double by = a[aAt + l];
          int bRow = bAt + l * n;
          for (int j = 0; j < n; j++) {
            row[j] += by * b[bRow + j];
          }
        }
        System.arraycopy(row, 0, y, i * n, n);
      }
      return y;
    }

    long[] of(long[] a, long[] b) {
      long[] y = new long[Tensor.sizeOf(ofA.length, m, n)];
      for (int i = 0; i < ofA.length * m; i++) {
        int aAt = (ofA[i / m] * m + i % m) * k;
        int bAt = ofB[i / m] * k * n;
        for (int l = 0; l < k; l++) {
          long by = a[aAt + l];
          for (int j = 0; j < n; j++) {
            y[i * n + j] += by * b[bAt + l * n + j];
          }
        }
      }
      return y;
    }
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return countMacs(inputs.get(0), inputs.get(1));
  }

  /** Multiply-accumulates of a product of these shapes. */
  public static long countMacs(int[] a, int[] b) {
    long macs = a[a.length - 1];
    for (int d : shape(a, b)) {
      macs *= d;
    }
    return macs;
  }
}
