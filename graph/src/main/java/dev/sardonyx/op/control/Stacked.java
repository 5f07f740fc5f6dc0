package dev.sardonyx.op.control;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.shaping.Concat;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The elements that iterations give, stacked along a new axis: a scan output. */
final class Stacked {
  private Stacked() {}

  static List<List<Tensor>> lists(int count) {
    List<List<Tensor>> lists = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lists.add(new ArrayList<>());
    }
    return lists;
  }

  /**
   * The stack.
   *
   * @param declared the type that the body declares, which tells the shape when there is no element
   * @param axis where the new axis stands in the result
   */
  static Tensor of(List<Tensor> elements, ValueType declared, long axis) {
    if (elements.isEmpty()) {
      return none(declared, axis);
    }
    int[] shape = elements.get(0).shape();
    int at = Axis.of(axis, shape.length + 1);
    List<Tensor> parts = new ArrayList<>();
    for (Tensor t : elements) {
      parts.add(t.reshape(with(t.shape(), at, 1)));
    }
    return Concat.join(parts, at);
  }

  private static Tensor none(ValueType declared, long axis) {
    if (!(declared instanceof TensorType t) || !t.shape().hasRank()) {
      return Tensor.zeros(declared instanceof TensorType t ? t.dtype() : DType.FLOAT, 0);
    }
    int[] shape =
        t.shape().dims().stream().mapToInt(d -> d.isKnown() ? (int) d.value() : 0).toArray();
    return Tensor.zeros(t.dtype(), with(shape, Axis.of(axis, shape.length + 1), 0));
  }

  private static int[] with(int[] shape, int at, int extent) {
    int[] out = new int[shape.length + 1];
    System.arraycopy(shape, 0, out, 0, at);
    out[at] = extent;
    System.arraycopy(shape, at, out, at + 1, shape.length - at);
    return out;
  }

  /** The type of the stack of {@code count} elements. */
  static ValueType type(ValueType element, Dim count, long axis) {
    if (!(element instanceof TensorType t) || !t.shape().hasRank()) {
      return element;
    }
    List<Dim> dims = new ArrayList<>(t.shape().dims());
    dims.add(Axis.of(axis, dims.size() + 1), count);
    return ValueType.tensor(t.dtype(), new Shape(dims));
  }
}
