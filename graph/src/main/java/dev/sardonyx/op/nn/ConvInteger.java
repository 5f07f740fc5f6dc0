package dev.sardonyx.op.nn;

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
 * Convolution of 8-bit integers (ai.onnx ConvInteger, version 10): {@code y = Conv(x −
 * x_zero_point, w − w_zero_point)} in int32; padding is the zero point. w_zero_point is one number
 * or one per output channel; shapes and attributes as {@link Conv}.
 */
public record ConvInteger(Conv conv) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("ConvInteger", a -> new ConvInteger(Conv.parse(a))).since(10);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(DType.INT32, conv.inferShape(c, c.shape(0), c.shape(1))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor w = c.tensor(1);
    double[] sums = convolve(conv, x, c.tensorOrNull(2), w, c.tensorOrNull(3), null);
    Tensor y = Tensor.zeros(DType.INT32, conv.outputShape(x.shape(), w.shape()));
    for (int i = 0; i < sums.length; i++) {
      y.setLong(i, (long) sums[i]);
    }
    return List.of(y);
  }

  /**
   * The convolution of 8-bit integers less their zero points, exact in double.
   *
   * @param xZero one number, or null for 0
   * @param wZero one number or one per output channel, or null for 0
   * @param bias one number per output channel, or null
   */
  public static double[] convolve(
      Conv conv, Tensor x, Tensor xZero, Tensor w, Tensor wZero, double[] bias) {
    double[] in = x.toDoubles();
    for (int i = 0; i < in.length && xZero != null; i++) {
      in[i] -= xZero.getDouble(0);
    }
    double[] weights = w.toDoubles();
    int perOutput = weights.length / Math.max(w.dim(0), 1);
    for (int i = 0; i < weights.length && wZero != null; i++) {
      weights[i] -= wZero.getDouble(wZero.size() == 1 ? 0 : i / perOutput);
    }
    return conv.convolve(in, x.shape(), weights, w.shape(), bias);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return Conv.countMacs(inputs.get(1), outputs.get(0));
  }
}
