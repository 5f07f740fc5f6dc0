package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Extents;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The middle of the data cut out, or the data put in the middle of zeros, axis by axis, so that the
 * result has the extents of input {@code shape} (ai.onnx CenterCropPad-18). An odd rest goes to the
 * end.
 *
 * @param axes what {@code shape} speaks of; null for all axes
 */
public record CenterCropPad(List<Long> axes) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("CenterCropPad", CenterCropPad::parse).since(18);

  private static CenterCropPad parse(Attributes a) {
    long[] axes = a.getLongs("axes");
    return new CenterCropPad(axes == null ? null : Arrays.stream(axes).boxed().toList());
  }

  private int[] axes(int rank) {
    return axes == null
        ? IntStream.range(0, rank).toArray()
        : Axis.of(axes.stream().mapToLong(Long::longValue).toArray(), rank);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    List<Dim> wanted = c.extents(1);
    int[] which = axes(x.rank());
    List<Dim> dims = new ArrayList<>(x.dims());
    for (int i = 0; i < which.length; i++) {
      dims.set(which[i], wanted == null ? c.freshDim() : wanted.get(i));
    }
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int[] wanted = Extents.shape(c.tensor(1));
    int[] which = axes(x.rank());
    int[] shape = x.shape();
    for (int i = 0; i < which.length; i++) {
      shape[which[i]] = wanted[i];
    }
    Tensor y = Tensor.zeros(x.dtype(), shape);
    int[][] sources = new int[shape.length][];
    for (int d = 0; d < shape.length; d++) {
      int extent = x.dim(d);
      int shift = extent > shape[d] ? (extent - shape[d]) / 2 : -((shape[d] - extent) / 2);
      sources[d] =
          IntStream.range(0, shape[d])
              .map(i -> i + shift < 0 || i + shift >= extent ? -1 : i + shift)
              .toArray();
    }
    Strided.select(y, x, sources);
    return List.of(y);
  }
}
