package dev.sardonyx.op.nn;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.linear.FusedActivation;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Convolution, sum and activation in one (com.microsoft FusedConv): {@code Y = activation(Conv(X,
 * W, B) + Z)}; Z has Y's shape or is omitted. Shapes and attributes as {@link Conv}.
 */
public record FusedConv(Conv conv, FusedActivation activation) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "FusedConv",
              a ->
                  new FusedConv(
                      Conv.parse(a), FusedActivation.parse(a, a.getFloats("activation_params"))))
          .inDomain("com.microsoft");

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return conv.infer(c);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor w = c.tensor(1);
    double[] bias = c.hasInput(2) ? c.tensor(2).toDoubles() : null;
    double[] sums = conv.convolve(x.toDoubles(), x.shape(), w.toDoubles(), w.shape(), bias);
    double[] added = c.hasInput(3) ? c.tensor(3).toDoubles() : new double[sums.length];
    Tensor y = Tensor.zeros(x.dtype(), conv.outputShape(x.shape(), w.shape()));
    for (int i = 0; i < sums.length; i++) {
      y.setDouble(i, activation.apply(sums[i] + added[i]));
    }
    return List.of(y);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return conv.macs(inputs, outputs);
  }
}
