package dev.sardonyx.op.quantization;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * The inverse of linear quantization (ai.onnx DequantizeLinear, newest version 25): {@code y = (x −
 * x_zero_point) · x_scale}.
 *
 * <p>Shapes of scale and zero point as in {@link QuantizeLinear}. The type of y is {@code
 * output_dtype}, else that of the scale.
 *
 * @param outputType null when not given
 */
public record DequantizeLinear(int axis, int blockSize, DType outputType) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("DequantizeLinear", DequantizeLinear::parse).since(10);

  private static DequantizeLinear parse(Attributes a) {
    return new DequantizeLinear(
        a.getInt("axis", 1),
        a.getInt("block_size", 0),
        QuantizeLinear.dtypeOrNull(a, "output_dtype"));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(type(c.dtype(1)), c.shape(0)));
  }

  private DType type(DType scale) {
    return outputType == null ? scale : outputType;
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor scale = c.tensor(1);
    int[] scaleAt = Quantizer.scalePositions(x.shape(), scale.shape(), axis, blockSize);
    double[] in = x.toDoubles();
    double[] scales = scale.toDoubles();
    double[] zeros = c.hasInput(2) ? c.tensor(2).toDoubles() : new double[scales.length];
    Tensor y = Tensor.zeros(type(scale.dtype()), x.shape());
    for (int i = 0; i < in.length; i++) {
      y.setDouble(i, (in[i] - zeros[scaleAt[i]]) * scales[scaleAt[i]]);
    }
    return List.of(y);
  }
}
