package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Convolution of every channel with its own kernel over the present and past positions (ai.onnx
 * CausalConvWithState, version 27).
 *
 * <pre>
 * s = past_state followed by input along the last dimension
 * output[n, c, t] = activation(bias[c] + Σ over k of weight[c, 0, k] · s[n, c, t + k])
 * present_state = the last K − 1 positions of s
 * </pre>
 *
 * <p>input [N, C, L], weight [C, 1, K], bias [C] and past_state [N, C, K − 1] may be omitted
 * (zeros).
 *
 * @param silu whether the activation is x · sigmoid(x) ("silu", "swish") rather than none
 */
public record CausalConvWithState(boolean silu) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("CausalConvWithState", CausalConvWithState::parse).since(27);

  private static CausalConvWithState parse(Attributes a) {
    return new CausalConvWithState(
        !a.getChoice("activation", "none", "none", "silu", "swish").equals("none"));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Shape w = c.shape(1);
    Shape state =
        x.hasRank() && w.hasRank()
            ? Shape.of(x.dim(0), x.dim(1), w.dim(-1).plus(-1))
            : c.freshShape(3);
    return List.of(c.tensor(0), ValueType.tensor(c.dtype(0), state));
  }

  @Override
  public List<Value> evaluate(EvaluationContext context) {
    Tensor input = context.tensor(0);
    Tensor weight = context.tensor(1);
    Tensor past = context.tensorOrNull(3);
    if (input.rank() != 3 || weight.rank() != 3 || weight.dim(0) != input.dim(1)) {
      throw new ModelException(
          "expected input [N, C, L] and weight [C, 1, K], got "
              + input.describe()
              + " and "
              + weight.describe());
    }
    int length = input.dim(2);
    int kernel = weight.dim(2);
    int before = kernel - 1;
    double[] w = weight.toDoubles();
    double[] bias = context.hasInput(2) ? context.tensor(2).toDoubles() : null;
    double[] s = new double[before + length];
    Tensor output = Tensor.zeros(input.dtype(), input.shape());
    Tensor present = Tensor.zeros(input.dtype(), input.dim(0), input.dim(1), before);
    for (int row = 0; row < input.dim(0) * input.dim(1); row++) {
      int channel = row % input.dim(1);
      for (int t = 0; t < s.length; t++) {
        double carried = past == null || t >= before ? 0 : past.getDouble(row * before + t);
        s[t] = t < before ? carried : input.getDouble(row * length + t - before);
      }
      for (int t = 0; t < length; t++) {
        double sum = bias == null ? 0 : bias[channel];
        for (int k = 0; k < kernel; k++) {
          sum += w[channel * kernel + k] * s[t + k];
        }
        output.setDouble(row * length + t, silu ? sum / (1 + Math.exp(-sum)) : sum);
      }
      for (int t = 0; t < before; t++) {
        present.setDouble(row * before + t, s[length + t]);
      }
    }
    return List.of(output, present);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return Conv.product(inputs.get(0)) * inputs.get(1)[2];
  }
}
