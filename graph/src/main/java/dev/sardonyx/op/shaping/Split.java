package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Attribute;
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
import dev.sardonyx.op.Extents;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor cut along an axis, one output per part (ai.onnx Split, newest version 18).
 *
 * <p>The extents of the parts are input {@code split}, or equal when it is omitted (rounded up, the
 * last one smaller). Before version 13 they are an attribute; before version 18 the number of equal
 * parts is the number of outputs. (Version 1 also allowed them as an input, as now.)
 *
 * @param parts the number of equal parts ({@code num_outputs}), or −1 for the number of outputs
 */
public record Split(long axis, int parts) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "Split", a -> new Split(a.getLong("axis", 0), a.getInt("num_outputs", -1)))
          .since(18, Split::upgrade);

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    long[] split = node.attributes().getLongs("split");
    Attributes kept = node.attributes().without("split");
    if (split != null) {
      List<String> inputs = List.of(node.input(0), c.constant(Tensor.vector(split)));
      return List.of(c.node("", "Split", inputs, node.outputs(), kept).withName(node.name()));
    }
    if (node.hasInput(1)) {
      return List.of(node);
    }
    Attribute count = Attribute.of(node.outputs().size());
    return List.of(c.withAttributes(node, kept.with("num_outputs", count)));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    List<ValueType> types = new ArrayList<>();
    if (!x.hasRank()) {
      for (int i = 0; i < c.outputCount(); i++) {
        types.add(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
      }
      return types;
    }
    int at = Axis.of(axis, x.rank());
    List<Dim> sizes = sizes(x.dim(at), c);
    List<Dim> content = x.rank() == 1 ? c.extents(0) : null;
    int start = 0;
    for (int i = 0; i < c.outputCount(); i++) {
      List<Dim> dims = new ArrayList<>(x.dims());
      dims.set(at, sizes.get(i));
      types.add(ValueType.tensor(c.dtype(0), new Shape(dims)));
      if (content != null && sizes.get(i).isKnown()) {
        int end = start + Math.toIntExact(sizes.get(i).value());
        c.setExtents(i, content.subList(start, end));
        start = end;
      } else {
        content = null;
      }
    }
    return types;
  }

  private List<Dim> sizes(Dim extent, InferenceContext c) {
    List<Dim> sizes = new ArrayList<>();
    if (c.hasInput(1)) {
      List<Dim> given = c.extents(1);
      if (given != null && given.size() != c.outputCount()) {
        throw wrongCount(given.size(), c.outputCount());
      }
      for (int i = 0; i < c.outputCount(); i++) {
        sizes.add(given == null ? c.freshDim() : given.get(i));
      }
      return sizes;
    }
    int count = parts < 0 ? c.outputCount() : parts;
    if (count != c.outputCount()) {
      throw wrongCount(count, c.outputCount());
    }
    if (extent.isKnown()) {
      for (int size : equalParts(Math.toIntExact(extent.value()), count)) {
        sizes.add(Dim.of(size));
      }
      return sizes;
    }
    Dim each = extent.ceilDividedBy(Dim.of(count));
    for (int i = 0; i < count - 1; i++) {
      sizes.add(each);
    }
    sizes.add(extent.minus(each.times(count - 1)));
    return sizes;
  }

  private static ModelException wrongCount(int parts, int outputs) {
    return new ModelException("expected one part per output (" + outputs + "), got " + parts);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int extent = x.dim(Axis.of(axis, x.rank()));
    int[] sizes =
        c.hasInput(1)
            ? Extents.shape(c.tensor(1))
            : equalParts(extent, parts < 0 ? c.outputCount() : parts);
    if (sizes.length != c.outputCount()) {
      throw wrongCount(sizes.length, c.outputCount());
    }
    return List.copyOf(cut(x, axis, sizes));
  }

  /** {@code count} extents that add up to {@code extent}, equal but for the last. */
  public static int[] equalParts(int extent, int count) {
    if (count < 1) {
      throw new ModelException("expected at least one part, got " + count);
    }
    int each = (int) (((long) extent + count - 1) / count);
    int[] sizes = new int[count];
    for (int i = 0; i < count; i++) {
      sizes[i] = (int) Math.max(0, Math.min(each, extent - (long) i * each));
    }
    return sizes;
  }

  /**
   * The parts of {@code x} along an axis.
   *
   * @throws ModelException if the sizes do not add up to the extent of the axis
   */
  public static List<Tensor> cut(Tensor x, long axis, int... sizes) {
    int at = Axis.of(axis, x.rank());
    if (Arrays.stream(sizes).asLongStream().sum() != x.dim(at)) {
      throw new ModelException(
          "expected parts that add up to " + x.dim(at) + ", got " + Arrays.toString(sizes));
    }
    int[] steps = Tensor.strides(x.shape());
    int start = 0;
    List<Tensor> parts = new ArrayList<>();
    for (int size : sizes) {
      int[] shape = x.shape();
      shape[at] = size;
      parts.add(Strided.copy(x, start * steps[at], steps, shape));
      start += size;
    }
    return parts;
  }
}
