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
 * Linear quantization (ai.onnx QuantizeLinear, newest version 25): {@code y = saturate(round(x /
 * y_scale) + y_zero_point)}, ties to even; for small floats the quotient is rounded to the type.
 *
 * <p>Scale and zero point have one shape: a single number; [D] along {@code axis}; or, with {@code
 * block_size} B, that of x with ⌈D/B⌉ in place of D. The type of y is that of the zero point, else
 * {@code output_dtype}, else uint8. The quotient is computed in {@code precision}, or the scale's
 * type. Version 10 knows one scale alone; 13 added axes, 19 small floats, 21 blocks.
 *
 * @param outputType null when not given; likewise {@code precision}
 * @param saturate for 8-bit floats: whether what is too large becomes the largest finite number
 */
public record QuantizeLinear(
    int axis, int blockSize, DType outputType, DType precision, boolean saturate)
    implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("QuantizeLinear", QuantizeLinear::parse).since(10);

  private static QuantizeLinear parse(Attributes a) {
    return new QuantizeLinear(
        a.getInt("axis", 1),
        a.getInt("block_size", 0),
        dtypeOrNull(a, "output_dtype"),
        dtypeOrNull(a, "precision"),
        a.getFlag("saturate", true));
  }

  /** An element type, or null when it is not given or 0. */
  static DType dtypeOrNull(Attributes a, String name) {
    return a.getLong(name, 0) == 0 ? null : a.getDType(name, null);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    DType given = outputType == null ? DType.UINT8 : outputType;
    return List.of(ValueType.tensor(c.hasInput(2) ? c.dtype(2) : given, c.shape(0)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor scale = c.tensor(1);
    Tensor zeroPoint = c.tensorOrNull(2);
    DType given = outputType == null ? DType.UINT8 : outputType;
    DType type = zeroPoint == null ? given : zeroPoint.dtype();
    DType quotientType = precision != null ? precision : quotientType(scale.dtype());
    int[] scaleAt = Quantizer.scalePositions(x.shape(), scale.shape(), axis, blockSize);
    double[] in = x.toDoubles();
    double[] scales = scale.toDoubles();
    double[] zeros = zeroPoint == null ? new double[scales.length] : zeroPoint.toDoubles();
    Tensor y = Tensor.zeros(type, x.shape());
    for (int i = 0; i < in.length; i++) {
      double quotient = Quantizer.round(in[i] / scales[scaleAt[i]], quotientType);
      if (type.isFloating()) {
        y.setBits(i, Tensor.miniFloat(type).encode(quotient, saturate));
      } else {
        y.setLong(i, Quantizer.saturate(Math.rint(quotient) + zeros[scaleAt[i]], type));
      }
    }
    return List.of(y);
  }

  /** Quotients by bare powers of two or by integers are computed in float. */
  private static DType quotientType(DType scale) {
    return scale == DType.FLOAT8E8M0 || scale.isInteger() ? DType.FLOAT : scale;
  }
}
