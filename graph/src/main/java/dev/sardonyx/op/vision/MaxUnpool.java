package dev.sardonyx.op.vision;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Extents;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * The elements that MaxPool kept, put back where they were, 0 elsewhere (ai.onnx MaxUnpool, newest
 * version 22).
 *
 * <p>Inputs: data [N, C, D…]; indices as MaxPool gives them: positions in the whole tensor before
 * pooling; the output shape when it is larger than {@code (D − 1)·stride + kernel − pads}, to which
 * the indices refer.
 *
 * @param pads beginnings of all axes, then ends
 */
public record MaxUnpool(List<Integer> kernel, List<Integer> strides, List<Integer> pads)
    implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("MaxUnpool", MaxUnpool::parse).since(9);

  private static MaxUnpool parse(Attributes a) {
    int[] kernel = a.getInts("kernel_shape");
    if (kernel == null) {
      throw Attributes.missing("kernel_shape");
    }
    return new MaxUnpool(
        list(kernel, kernel.length, 0),
        list(a.getInts("strides"), kernel.length, 1),
        list(a.getInts("pads"), 2 * kernel.length, 0));
  }

  private static List<Integer> list(int[] values, int count, int otherwise) {
    return values == null
        ? Collections.nCopies(count, otherwise)
        : Arrays.stream(values).boxed().toList();
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (c.hasInput(2)) {
      return List.of(ValueType.tensor(c.dtype(0), Extents.shape(c, 2)));
    }
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    List<Dim> dims = new ArrayList<>(x.dims());
    for (int d = 0; d < kernel.size(); d++) {
      Dim steps = x.dim(d + 2).plus(-1).times(strides.get(d));
      dims.set(d + 2, steps.plus(added(d)));
    }
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  private int added(int d) {
    return kernel.get(d) - pads.get(d) - pads.get(kernel.size() + d);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor indices = c.tensor(1);
    if (x.rank() != kernel.size() + 2 || indices.size() != x.size()) {
      throw new ModelException(
          "expected data of rank "
              + (kernel.size() + 2)
              + " and an index per element, got "
              + x.describe()
              + " and "
              + indices.describe());
    }
    int[] unpooled = x.shape();
    for (int d = 0; d < kernel.size(); d++) {
      unpooled[d + 2] = (x.dim(d + 2) - 1) * strides.get(d) + added(d);
    }
    int[] shape = c.hasInput(2) ? Extents.shape(c.tensor(2)) : unpooled;
    if (shape.length != unpooled.length) {
      throw new ModelException(
          "output_shape: expected " + unpooled.length + " extents, got " + c.tensor(2));
    }
    int[] from = Tensor.strides(unpooled);
    int[] to = Tensor.strides(shape);
    int size = Tensor.sizeOf(unpooled);
    Tensor y = Tensor.zeros(x.dtype(), shape);
    for (int i = 0; i < x.size(); i++) {
      int index = Math.toIntExact(indices.getLong(i));
      if (index < 0 || index >= size) {
        throw new ModelException("I: expected positions 0 to " + (size - 1) + ", got " + index);
      }
      int at = 0;
      boolean inside = true;
      for (int d = 0; d < shape.length; d++) {
        int coordinate = index / from[d] % unpooled[d];
        inside &= coordinate < shape[d];
        at += coordinate * to[d];
      }
      if (inside) {
        y.copyElement(at, x, i);
      }
    }
    return List.of(y);
  }
}
