package dev.sardonyx.op.reduction;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The K largest or smallest elements along an axis, and their positions as int64 (ai.onnx TopK,
 * newest version 24). Of equal elements the one with the lower position comes first; NaN is larger
 * than all numbers. K is the second input, [1]; below version 10 an attribute.
 *
 * @param sorted whether the results must be in order; they always are
 */
public record TopK(int axis, boolean largest, boolean sorted) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("TopK", TopK::parse).since(11, TopK::upgrade);

  private static TopK parse(Attributes a) {
    return new TopK(a.getInt("axis", -1), a.getFlag("largest", true), a.getFlag("sorted", true));
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    if (version >= 10) {
      return List.of(node);
    }
    if (!node.attributes().has("k")) {
      throw Attributes.missing("k").in(node.describe());
    }
    String k = c.constant(Tensor.vector(node.attributes().getLong("k", 0)));
    return List.of(c.without(node, "k").withInputs(List.of(node.input(0), k)));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Shape out = Shape.UNKNOWN;
    if (x.hasRank()) {
      int along = Axis.of(axis, x.rank());
      List<Dim> k = c.extents(1);
      List<Dim> dims = new ArrayList<>(x.dims());
      dims.set(along, k != null && k.size() == 1 ? k.get(0) : c.freshDim());
      boolean known = dims.get(along).isKnown() && x.dim(along).isKnown();
      if (known) {
        check(dims.get(along).value(), x.dim(along).value());
      }
      out = new Shape(dims);
    }
    return List.of(ValueType.tensor(c.dtype(0), out), ValueType.tensor(DType.INT64, out));
  }

  private static void check(long k, long length) {
    if (k < 0 || k > length) {
      throw new ModelException("expected a K from 0 to the axis's " + length + ", got " + k);
    }
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int along = Axis.of(axis, x.rank());
    int length = x.dim(along);
    check(c.tensor(1).getLong(0), length);
    int k = c.tensor(1).getInt(0);
    int step = Tensor.strides(x.shape())[along];
    int[] shape = x.shape();
    shape[along] = k;
    Tensor values = Tensor.zeros(x.dtype(), shape);
    Tensor positions = Tensor.zeros(DType.INT64, shape);
    SortKeys keys = new SortKeys(x, largest);
    for (int row = 0; k > 0 && row < values.size() / k; row++) {
      int first = row / step * length * step + row % step;
      int firstOut = row / step * k * step + row % step;
      int[] best = first(k, length, first, step, keys);
      for (int i = 0; i < k; i++) {
        values.copyElement(firstOut + i * step, x, first + best[i] * step);
        positions.setLong(firstOut + i * step, best[i]);
      }
    }
    return List.of(values, positions);
  }

  /** The first {@code k} of a row in the order of {@code keys}, by inserting into a short list. */
  private static int[] first(int k, int length, int first, int step, SortKeys keys) {
    int[] best = new int[k];
    int count = 0;
    for (int i = 0; i < length; i++) {
      int low = 0;
      int high = count;
      while (low < high) {
        int middle = (low + high) / 2;
        boolean before = keys.compare(first + i * step, first + best[middle] * step) < 0;
        high = before ? middle : high;
        low = before ? low : middle + 1;
      }
      if (low < k) {
        count = Math.min(count + 1, k);
        System.arraycopy(best, low, best, low + 1, count - 1 - low);
        best[low] = i;
      }
    }
    return best;
  }
}
