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

/**
 * The shape of a tensor as an int64 vector (ai.onnx Shape, newest version 25).
 *
 * @param start the first dimension told; negative counts from the end, clamped to the rank
 * @param end the dimension to stop before, likewise; {@link Long#MAX_VALUE} for all
 */
public record ShapeOf(long start, long end) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
          "Shape", a -> new ShapeOf(a.getLong("start", 0), a.getLong("end", Long.MAX_VALUE)));

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(DType.INT64, c.freshShape(1)));
    }
    List<Dim> told = x.dims().subList(from(x.rank()), to(x.rank()));
    c.setExtents(0, told);
    return List.of(ValueType.tensor(DType.INT64, told.size()));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    int[] shape = c.tensor(0).shape();
    int from = from(shape.length);
    long[] told = new long[to(shape.length) - from];
    for (int i = 0; i < told.length; i++) {
      told[i] = shape[from + i];
    }
    return List.of(Tensor.vector(told));
  }

  // Written out, because what the VM makes of a record takes long when it is first called.
  @Override
  public boolean equals(Object o) {
    return o instanceof ShapeOf s && start == s.start && end == s.end;
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(start) + Long.hashCode(end);
  }

  private int from(int rank) {
    return clamp(start, rank);
  }

  private int to(int rank) {
    return Math.max(from(rank), clamp(end, rank));
  }

  private static int clamp(long position, int rank) {
    return (int) Math.max(0, Math.min(rank, position < 0 ? position + rank : position));
  }
}
