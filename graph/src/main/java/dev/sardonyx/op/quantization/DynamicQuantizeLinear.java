package dev.sardonyx.op.quantization;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Quantization to uint8 over the range of the input itself (ai.onnx DynamicQuantizeLinear, version
 * 11), the range widened to contain 0:
 *
 * <pre>
 * y_scale = (max(x, 0) − min(x, 0)) / 255
 * y_zero_point = saturate(round(−min(x, 0) / y_scale))
 * y = saturate(round(x / y_scale) + y_zero_point)
 * </pre>
 *
 * <p>The operator is defined by float operations, so quotients are rounded to float here: a double
 * would fall on the other side of a tie now and then. All zeros give scale 0, zero point 0 and
 * zeros.
 */
public record DynamicQuantizeLinear() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("DynamicQuantizeLinear", a -> new DynamicQuantizeLinear()).since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(
        ValueType.tensor(DType.UINT8, c.shape(0)),
        ValueType.tensor(DType.FLOAT, Shape.scalar()),
        ValueType.tensor(DType.UINT8, Shape.scalar()));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    float[] in = x.toFloats();
    float least = 0;
    float most = 0;
    for (float v : in) {
      least = Math.min(least, v);
      most = Math.max(most, v);
    }
    float scale = (most - least) / 255;
    float by = scale == 0 ? 1 : scale;
    long zero = Quantizer.saturate(-least / by, DType.UINT8);
    Tensor y = Tensor.zeros(DType.UINT8, x.shape());
    for (int i = 0; i < in.length; i++) {
      y.setLong(i, Quantizer.saturate(Math.rint(in[i] / by) + zero, DType.UINT8));
    }
    Tensor zeroPoint = Tensor.zeros(DType.UINT8);
    zeroPoint.setLong(0, zero);
    return List.of(y, Tensor.scalar(scale), zeroPoint);
  }
}
