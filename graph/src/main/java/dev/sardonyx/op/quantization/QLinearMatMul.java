package dev.sardonyx.op.quantization;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.linear.MatMul;
import dev.sardonyx.op.linear.MatMulInteger;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Matrix product of quantized numbers (ai.onnx QLinearMatMul, newest version 21): {@code y =
 * quantize(dequantize(a) · dequantize(b))}, the products summed exactly.
 *
 * <p>Inputs a, a_scale, a_zero_point, b, b_scale, b_zero_point, y_scale, y_zero_point. Scales and
 * zero points are one number, or one per row of a and y and per column of b.
 */
public record QLinearMatMul() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("QLinearMatMul", a -> new QLinearMatMul()).since(10);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(c.dtype(7), MatMul.inferShape(c.shape(0), c.shape(3))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor a = c.tensor(0);
    Tensor b = c.tensor(3);
    double[] x = MatMulInteger.minusZeroPoint(a, c.tensor(2), true);
    double[] w = MatMulInteger.minusZeroPoint(b, c.tensor(5), false);
    double[] sums = MatMul.product(x, a.shape(), w, b.shape());
    int[] shape = MatMul.shape(a.shape(), b.shape());
    double[] aScale = MatMulInteger.spread(c.tensor(1), shape, true);
    double[] bScale = MatMulInteger.spread(c.tensor(4), shape, false);
    double[] yScale = MatMulInteger.spread(c.tensor(6), shape, true);
    double[] zero = MatMulInteger.spread(c.tensor(7), shape, true);
    Tensor y = Tensor.zeros(c.tensor(7).dtype(), shape);
    for (int i = 0; i < sums.length; i++) {
      Quantizer.write(y, i, sums[i] * (aScale[i] * bScale[i] / yScale[i]), zero[i]);
    }
    return List.of(y);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return MatMul.countMacs(inputs.get(0), inputs.get(3));
  }
}
