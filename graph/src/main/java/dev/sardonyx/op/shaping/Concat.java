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
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tensors joined along an axis, all other extents equal (ai.onnx Concat, newest version 13). In
 * version 1 the axis is 1 when not given.
 */
public record Concat(long axis) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Concat", Concat::parse).since(4, Concat::upgrade);

  private static Concat parse(Attributes a) {
    if (!a.has("axis")) {
      throw Attributes.missing("axis");
    }
    return new Concat(a.getLong("axis", 0));
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    if (node.attributes().has("axis")) {
      return List.of(node);
    }
    return List.of(c.withAttributes(node, node.attributes().with("axis", Attribute.of(1))));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    List<Shape> shapes = new ArrayList<>();
    for (int i = 0; i < c.inputCount(); i++) {
      if (c.dtype(i) != c.dtype(0)) {
        throw new ModelException(
            "expected tensors of one type, got " + c.type(0) + " and " + c.type(i));
      }
      shapes.add(c.shape(i));
    }
    followContent(c);
    return List.of(ValueType.tensor(c.dtype(0), shape(shapes, c)));
  }

  private Shape shape(List<Shape> shapes, InferenceContext c) {
    Shape ranked = shapes.stream().filter(Shape::hasRank).findFirst().orElse(null);
    if (ranked == null) {
      return Shape.UNKNOWN;
    }
    int at = Axis.of(axis, ranked.rank());
    List<Dim> dims = new ArrayList<>(ranked.dims());
    Dim sum = Dim.ZERO;
    for (Shape s : shapes) {
      if (!s.hasRank()) {
        sum = sum.plus(c.freshDim());
        continue;
      }
      if (s.rank() != ranked.rank()) {
        throw mismatch(shapes, at);
      }
      sum = sum.plus(s.dim(at));
      for (int d = 0; d < dims.size(); d++) {
        if (d != at && s.dim(d).isKnown()) {
          if (dims.get(d).isKnown() && !dims.get(d).equals(s.dim(d))) {
            throw mismatch(shapes, at);
          }
          dims.set(d, s.dim(d));
        }
      }
    }
    dims.set(at, sum);
    return new Shape(dims);
  }

  private static ModelException mismatch(Object shapes, int axis) {
    return new ModelException(
        "expected tensors that agree in all dimensions but " + axis + ", got " + shapes);
  }

  private static void followContent(InferenceContext c) {
    List<Dim> joined = new ArrayList<>();
    for (int i = 0; i < c.inputCount(); i++) {
      Shape s = c.shape(i);
      if (c.extents(i) == null || !s.hasRank() || s.rank() != 1) {
        return;
      }
      joined.addAll(c.extents(i));
    }
    c.setExtents(0, joined);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    List<Tensor> parts = new ArrayList<>();
    for (int i = 0; i < c.inputCount(); i++) {
      parts.add(c.tensor(i));
    }
    return List.of(join(parts, axis));
  }

  /**
   * The tensors joined along an axis.
   *
   * @throws ModelException if they differ in another dimension
   */
  public static Tensor join(List<Tensor> parts, long axis) {
    if (parts.isEmpty()) {
      throw new ModelException("expected at least one tensor to join, got none");
    }
    Tensor first = parts.get(0);
    int at = Axis.of(axis, first.rank());
    int[] shape = first.shape();
    long extent = 0;
    for (Tensor t : parts) {
      int[] s = t.shape();
      extent += s.length == shape.length ? s[at] : 0;
      if (s.length == shape.length) {
        s[at] = shape[at];
      }
      if (!Arrays.equals(s, shape)) {
        throw mismatch(parts.stream().map(Tensor::describe).toList(), at);
      }
    }
    shape[at] = Math.toIntExact(extent);
    Tensor y = Tensor.zeros(first.dtype(), shape);
    int outer = Tensor.sizeOf(Arrays.copyOf(shape, at));
    int row = outer == 0 ? 0 : y.size() / outer;
    int start = 0;
    for (Tensor t : parts) {
      int run = outer == 0 ? 0 : t.size() / outer;
      for (int o = 0; o < outer; o++) {
        y.copyElements(o * row + start, t, o * run, run);
      }
      start += run;
    }
    return y;
  }
}
