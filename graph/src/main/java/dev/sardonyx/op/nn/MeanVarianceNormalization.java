package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * Normalization over given axes (ai.onnx MeanVarianceNormalization, newest version 13): {@code Y =
 * (X − mean) / (√var + 1e-9)}; without {@code axes} over 0, 2 and 3, every channel of images on its
 * own.
 */
public record MeanVarianceNormalization(List<Long> axes) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("MeanVarianceNormalization", MeanVarianceNormalization::parse).since(9);

  private static MeanVarianceNormalization parse(Attributes a) {
    long[] axes = a.getLongs("axes");
    return new MeanVarianceNormalization(
        axes == null ? List.of(0L, 2L, 3L) : Arrays.stream(axes).boxed().toList());
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int[] kept = x.shape();
    for (long axis : axes) {
      kept[Axis.of(axis, kept.length)] = 1;
    }
    int[] group = Broadcast.positions(kept, x.shape());
    double[] in = x.toDoubles();
    int groups = Tensor.sizeOf(kept);
    double count = (double) in.length / groups;
    double[] mean = new double[groups];
    for (int i = 0; i < in.length; i++) {
      mean[group[i]] += in[i] / count;
    }
    double[] variance = new double[groups];
    for (int i = 0; i < in.length; i++) {
      double d = in[i] - mean[group[i]];
      variance[group[i]] += d * d / count;
    }
    Tensor y = Tensor.zeros(x.dtype(), x.shape());
    for (int i = 0; i < in.length; i++) {
      y.setDouble(i, (in[i] - mean[group[i]]) / (Math.sqrt(variance[group[i]]) + 1e-9));
    }
    return List.of(y);
  }
}
