package dev.sardonyx.op.nn;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Normalization of every channel of every instance (ai.onnx InstanceNormalization, newest version
 * 22; Ulyanov et al., 2016): {@code Y = (X − mean) / √(var + epsilon) · scale + B}, mean and
 * variance over D1, … of X [N, C, D1, …]; scale and B [C].
 */
public record InstanceNormalization(float epsilon) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "InstanceNormalization", a -> new InstanceNormalization(a.getFloat("epsilon", 1e-5f)))
          .since(6, (node, version, c) -> List.of(c.without(node, "consumed_inputs")));

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int channels = x.dim(1);
    int size = x.size() == 0 ? 0 : x.size() / x.dim(0) / channels;
    double[] in = x.toDoubles();
    double[] scale = c.tensor(1).toDoubles();
    double[] bias = c.tensor(2).toDoubles();
    Tensor y = Tensor.zeros(x.dtype(), x.shape());
    for (int channel = 0; channel < x.dim(0) * channels; channel++) {
      Statistics s = Statistics.of(in, channel * size, size);
      double by = s.inverseDeviation(epsilon) * scale[channel % channels];
      for (int i = channel * size; i < (channel + 1) * size; i++) {
        y.setDouble(i, (in[i] - s.mean()) * by + bias[channel % channels]);
      }
    }
    return List.of(y);
  }
}
