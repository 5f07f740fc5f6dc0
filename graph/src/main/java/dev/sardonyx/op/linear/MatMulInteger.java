package dev.sardonyx.op.linear;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Matrix product of 8-bit integers (ai.onnx MatMulInteger, version 10): {@code Y = (A −
 * a_zero_point) · (B − b_zero_point)} in int32, shapes as {@link MatMul}.
 *
 * <p>Zero points are one number, or one per row of A ([M] or [batch…, M, 1]) and one per column of
 * B ([N] or [batch…, 1, N]); omitted they are 0.
 */
public record MatMulInteger() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("MatMulInteger", a -> new MatMulInteger()).since(10);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(DType.INT32, MatMul.inferShape(c.shape(0), c.shape(1))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor a = c.tensor(0);
    Tensor b = c.tensor(1);
    double[] x = minusZeroPoint(a, c.tensorOrNull(2), true);
    double[] w = minusZeroPoint(b, c.tensorOrNull(3), false);
    double[] sums = MatMul.product(x, a.shape(), w, b.shape());
    Tensor y = Tensor.zeros(DType.INT32, MatMul.shape(a.shape(), b.shape()));
    for (int i = 0; i < sums.length; i++) {
      y.setLong(i, (long) sums[i]);
    }
    return List.of(y);
  }

  /**
   * All elements less their zero points; sums of products of such numbers are exact in double.
   *
   * @param zeroPoint null for 0
   */
  public static double[] minusZeroPoint(Tensor t, Tensor zeroPoint, boolean perRow) {
    double[] out = t.toDoubles();
    if (zeroPoint != null) {
      double[] zero = spread(zeroPoint, t.shape(), perRow);
      for (int i = 0; i < out.length; i++) {
        out[i] -= zero[i];
      }
    }
    return out;
  }

  /**
   * Numbers repeated to fill matrices of {@code shape}: a single number, one per row or column, or
   * a shape that broadcasts.
   */
  public static double[] spread(Tensor numbers, int[] shape, boolean perRow) {
    Tensor n = numbers.size() == 1 ? numbers.reshape() : numbers;
    if (perRow && n.rank() == 1 && shape.length > 1) {
      n = n.reshape(n.size(), 1);
    }
    return Broadcast.to(n, shape).toDoubles();
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return MatMul.countMacs(inputs.get(0), inputs.get(1));
  }
}
