package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Gemm of quantized numbers: {@code y = quantize((A − zero)·(B − zero) + bias)}, the products and
 * the bias summed exactly.
 *
 * <p>Inputs: those of QLinearMatMul, A [M, K] and B [K, N], all numbers but B's scales and zero
 * points being one for all; then bias [N] int32, in units of A's scale times B's.
 */
public record QuantizedGemm() implements Operator {
  /** Position of an input. */
  public static final int BIAS = 8;

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape a = c.shape(0);
    Shape b = c.shape(3);
    Shape y = a.hasRank() && b.hasRank() ? Shape.of(a.dim(0), b.dim(1)) : c.freshShape(2);
    return List.of(ValueType.tensor(c.dtype(7), y));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor a = c.tensor(0);
    Tensor b = c.tensor(3);
    int k = b.dim(0);
    int n = b.dim(1);
    Tensor y = Tensor.zeros(c.tensor(7).dtype(), a.dim(0), n);
    double least = y.dtype() == DType.UINT8 ? 0 : Byte.MIN_VALUE;
    for (int i = 0; i < y.size(); i++) {
      int column = i % n;
      long sum = c.tensor(BIAS).getLong(column);
      for (int l = 0; l < k; l++) {
        long left = a.getLong(i / n * k + l) - c.tensor(2).getLong(0);
        sum += left * (b.getLong(l * n + column) - of(c.tensor(5), column).getLong(0));
      }
      double scale = c.tensor(1).getDouble(0) * of(c.tensor(4), column).getDouble(0);
      double v = Math.rint(sum * (scale / c.tensor(6).getDouble(0))) + c.tensor(7).getLong(0);
      y.setLong(i, (long) Math.max(least, Math.min(least + 255, v)));
    }
    return List.of(y);
  }

  private static Tensor of(Tensor t, int column) {
    Tensor one = Tensor.zeros(t.dtype());
    one.copyElement(0, t, t.size() == 1 ? 0 : column);
    return one;
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return (long) Tensor.sizeOf(outputs.get(0)) * inputs.get(3)[0];
  }
}
