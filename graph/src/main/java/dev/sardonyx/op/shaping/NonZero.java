package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The coordinates of the elements that are not zero, in row-major order (ai.onnx NonZero-13): an
 * int64 matrix [rank, count], a column per element.
 */
public record NonZero() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("NonZero", a -> new NonZero()).since(9);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Dim rank = x.hasRank() ? Dim.of(x.rank()) : c.freshDim();
    return List.of(ValueType.tensor(DType.INT64, Shape.of(rank, c.freshDim())));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int[] found = IntStream.range(0, x.size()).filter(i -> isNonZero(x, i)).toArray();
    int[] strides = Tensor.strides(x.shape());
    long[] y = new long[Tensor.sizeOf(x.rank(), found.length)];
    for (int d = 0; d < x.rank(); d++) {
      for (int i = 0; i < found.length; i++) {
        y[d * found.length + i] = found[i] / strides[d] % x.dim(d);
      }
    }
    return List.of(Tensor.of(y, x.rank(), found.length));
  }

  private static boolean isNonZero(Tensor x, int i) {
    return switch (x.dtype().kind()) {
      case STRING -> !x.getString(i).isEmpty();
      case COMPLEX -> x.getReal(i) != 0 || x.getImaginary(i) != 0;
      default -> x.getBoolean(i);
    };
  }
}
