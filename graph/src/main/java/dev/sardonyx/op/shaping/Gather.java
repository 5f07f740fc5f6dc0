package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Extents;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Rows of {@code data} along an axis, chosen by {@code indices} (ai.onnx Gather, newest version
 * 13): {@code y[a…, i…, b…] = data[a…, indices[i…], b…]}; the indices' shape takes the place of the
 * axis. Negative indices count from the end.
 */
public record Gather(long axis) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Gather", a -> new Gather(a.getLong("axis", 0)));

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Shape indices = c.shape(1);
    if (!x.hasRank() || !indices.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    int at = Axis.of(axis, x.rank());
    List<Dim> dims = new ArrayList<>(x.dims().subList(0, at));
    dims.addAll(indices.dims());
    dims.addAll(x.dims().subList(at + 1, x.rank()));
    if (x.rank() == 1 && indices.rank() <= 1) {
      followContent(c);
    }
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  private static void followContent(InferenceContext c) {
    List<Dim> content = c.extents(0);
    long[] indices = Extents.known(c, 1);
    if (content == null || indices == null) {
      return;
    }
    List<Dim> taken = new ArrayList<>();
    for (long index : indices) {
      taken.add(content.get(Axis.of(index, content.size())));
    }
    c.setExtents(0, taken);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor indices = c.tensor(1);
    int at = Axis.of(axis, x.rank());
    int extent = x.dim(at);
    int outer = Tensor.sizeOf(Arrays.copyOf(x.shape(), at));
    int run = Tensor.sizeOf(Arrays.copyOfRange(x.shape(), at + 1, x.rank()));
    int[] shape = new int[x.rank() - 1 + indices.rank()];
    System.arraycopy(x.shape(), 0, shape, 0, at);
    System.arraycopy(indices.shape(), 0, shape, at, indices.rank());
    System.arraycopy(x.shape(), at + 1, shape, at + indices.rank(), x.rank() - 1 - at);
    Tensor y = Tensor.zeros(x.dtype(), shape);
    int[] rows = new int[indices.size()];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = index(indices.getLong(i), extent);
    }
    int to = 0;
    for (int o = 0; o < outer; o++) {
      for (int row : rows) {
        y.copyElements(to, x, (o * extent + row) * run, run);
        to += run;
      }
    }
    return List.of(y);
  }

  /**
   * An index counted from the front.
   *
   * @throws ModelException if it is outside −extent to extent−1
   */
  static int index(long index, int extent) {
    if (index < -extent || index >= extent) {
      throw new ModelException(
          "indices: expected " + -extent + " to " + (extent - 1) + ", got " + index);
    }
    return (int) (index < 0 ? index + extent : index);
  }
}
