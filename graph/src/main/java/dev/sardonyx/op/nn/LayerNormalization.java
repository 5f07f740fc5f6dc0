package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Layer normalization (ai.onnx LayerNormalization, version 17; Ba et al., 2016): {@code Y = (X −
 * mean) / √(var + epsilon) · Scale + B}, mean and variance over the dimensions from {@code axis}
 * on.
 *
 * <p>Scale and B (optional) broadcast to X. Outputs 1 and 2, if wanted, are mean and 1/√(var +
 * epsilon) in the type {@code stash}, with the normalized dimensions as 1.
 */
public record LayerNormalization(int axis, float epsilon, DType stash) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("LayerNormalization", LayerNormalization::parse).since(17);

  private static LayerNormalization parse(Attributes a) {
    return new LayerNormalization(
        a.getInt("axis", -1), a.getFloat("epsilon", 1e-5f), a.getDType("stash_type", DType.FLOAT));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    ValueType stashed = ValueType.tensor(stash, stashedShape(c.shape(0)));
    return List.of(c.tensor(0), stashed, stashed);
  }

  private Shape stashedShape(Shape x) {
    if (!x.hasRank()) {
      return x;
    }
    int from = Axis.of(axis, x.rank());
    List<Dim> dims = new ArrayList<>(x.dims());
    for (int d = from; d < dims.size(); d++) {
      dims.set(d, Dim.ONE);
    }
    return new Shape(dims);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int from = Axis.of(axis, x.rank());
    int[] stashed = x.shape();
    Arrays.fill(stashed, from, stashed.length, 1);
    int rows = Tensor.sizeOf(stashed);
    int size = rows == 0 ? 0 : x.size() / rows;
    double[] in = x.toDoubles();
    double[] scale = c.tensor(1).toDoubles();
    int[] scaleAt = Broadcast.positions(c.tensor(1).shape(), x.shape());
    double[] bias = c.hasInput(2) ? c.tensor(2).toDoubles() : null;
    int[] biasAt = c.hasInput(2) ? Broadcast.positions(c.tensor(2).shape(), x.shape()) : null;
    Tensor y = Tensor.zeros(x.dtype(), x.shape());
    Tensor mean = Tensor.zeros(stash, stashed);
    Tensor inverse = Tensor.zeros(stash, stashed);
    for (int row = 0; row < rows; row++) {
      Statistics s = Statistics.of(in, row * size, size);
      double by = s.inverseDeviation(epsilon);
      mean.setDouble(row, s.mean());
      inverse.setDouble(row, by);
      for (int i = row * size; i < (row + 1) * size; i++) {
        double normal = (in[i] - s.mean()) * by * scale[scaleAt[i]];
        y.setDouble(i, bias == null ? normal : normal + bias[biasAt[i]]);
      }
    }
    return List.of(y, mean, inverse);
  }
}
