package dev.sardonyx.op.reduction;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The position of the largest or smallest element along an axis, as int64 (ai.onnx ArgMax, ArgMin;
 * newest version 13). Of equal ones the first; NaN is larger than all numbers.
 *
 * @param largest ArgMax, else ArgMin
 * @param keepDims whether the axis stays, with extent 1
 * @param selectLastIndex whether of equal elements the last is taken
 */
public record ArgReduction(boolean largest, int axis, boolean keepDims, boolean selectLastIndex)
    implements Operator {
  static final OperatorDefinition MAX = OperatorDefinition.of("ArgMax", a -> parse(true, a));
  static final OperatorDefinition MIN = OperatorDefinition.of("ArgMin", a -> parse(false, a));

  private static ArgReduction parse(boolean largest, Attributes a) {
    return new ArgReduction(
        largest,
        a.getInt("axis", 0),
        a.getFlag("keepdims", true),
        a.getFlag("select_last_index", false));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(DType.INT64, Shape.UNKNOWN));
    }
    int along = Axis.of(axis, x.rank());
    List<Dim> dims = new ArrayList<>(x.dims());
    if (keepDims) {
      dims.set(along, Dim.ONE);
    } else {
      dims.remove(along);
    }
    return List.of(ValueType.tensor(DType.INT64, new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int along = Axis.of(axis, x.rank());
    int length = x.dim(along);
    int step = Tensor.strides(x.shape())[along];
    SortKeys keys = new SortKeys(x, largest);
    Tensor y = Tensor.zeros(DType.INT64, outputShape(x, along));
    for (int i = 0; i < y.size(); i++) {
      int first = i / step * length * step + i % step;
      int best = 0;
      for (int k = 1; k < length; k++) {
        int order = keys.compare(first + k * step, first + best * step);
        best = order < 0 || order == 0 && selectLastIndex ? k : best;
      }
      y.setLong(i, best);
    }
    return List.of(y);
  }

  private int[] outputShape(Tensor x, int along) {
    List<Integer> dims = new ArrayList<>();
    for (int d = 0; d < x.rank(); d++) {
      if (d != along) {
        dims.add(x.dim(d));
      } else if (keepDims) {
        dims.add(1);
      }
    }
    return dims.stream().mapToInt(Integer::intValue).toArray();
  }
}
