package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * Root mean square normalization (ai.onnx RMSNormalization, version 23; Zhang and Sennrich, 2019):
 * {@code Y = X / √(mean(X²) + epsilon) · scale}, the mean over the dimensions from {@code axis} on;
 * scale broadcasts to X. Y has the type of scale.
 */
public record RMSNormalization(int axis, float epsilon) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("RMSNormalization", RMSNormalization::parse).since(23);

  private static RMSNormalization parse(Attributes a) {
    return new RMSNormalization(a.getInt("axis", -1), a.getFloat("epsilon", 1e-5f));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(c.dtype(1), c.shape(0)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    DType type = c.tensor(1).dtype();
    int[] shape = x.shape();
    int rows = Tensor.sizeOf(Arrays.copyOf(shape, Axis.of(axis, shape.length)));
    int size = rows == 0 ? 0 : x.size() / rows;
    double[] in = x.toDoubles();
    double[] scale = c.tensor(1).toDoubles();
    int[] scaleAt = Broadcast.positions(c.tensor(1).shape(), shape);
    Tensor y = Tensor.zeros(type, shape);
    for (int row = 0; row < rows; row++) {
      double squares = 0;
      for (int i = row * size; i < (row + 1) * size; i++) {
        squares += in[i] * in[i];
      }
      double by = 1 / Math.sqrt(squares / size + epsilon);
      for (int i = row * size; i < (row + 1) * size; i++) {
        y.setDouble(i, in[i] * by * scale[scaleAt[i]]);
      }
    }
    return List.of(y);
  }
}
