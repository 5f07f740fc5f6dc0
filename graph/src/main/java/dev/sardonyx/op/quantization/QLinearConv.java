package dev.sardonyx.op.quantization;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.op.nn.ConvInteger;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * Convolution of quantized numbers (ai.onnx QLinearConv, version 10): {@code y =
 * quantize(Conv(dequantize(x), dequantize(w), B · x_scale · w_scale))}, the products summed
 * exactly.
 *
 * <p>Inputs x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point and,
 * optional, B in int32; w_scale and w_zero_point may be one per output channel. Shapes as {@link
 * Conv}; padding is the zero point.
 */
public record QLinearConv(Conv conv) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("QLinearConv", a -> new QLinearConv(Conv.parse(a))).since(10);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(c.dtype(7), conv.inferShape(c, c.shape(0), c.shape(3))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor w = c.tensor(3);
    double[] bias = c.hasInput(8) ? c.tensor(8).toDoubles() : null;
    double[] sums = ConvInteger.convolve(conv, x, c.tensor(2), w, c.tensor(5), bias);
    double[] wScale = new double[w.dim(0)];
    Arrays.setAll(wScale, m -> c.tensor(4).getDouble(c.tensor(4).size() == 1 ? 0 : m));
    double ratio = c.tensor(1).getDouble(0) / c.tensor(6).getDouble(0);
    double zero = c.tensor(7).getDouble(0);
    Tensor y = Tensor.zeros(c.tensor(7).dtype(), conv.outputShape(x.shape(), w.shape()));
    int channelSize = y.size() == 0 ? 1 : y.size() / (y.dim(0) * y.dim(1));
    for (int i = 0; i < sums.length; i++) {
      Quantizer.write(y, i, sums[i] * (ratio * wScale[i / channelSize % wScale.length]), zero);
    }
    return List.of(y);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return Conv.countMacs(inputs.get(3), outputs.get(0));
  }
}
