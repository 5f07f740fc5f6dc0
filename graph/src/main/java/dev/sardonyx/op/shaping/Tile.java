package dev.sardonyx.op.shaping;

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
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Extents;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A tensor repeated along every axis (ai.onnx Tile, newest version 13): input {@code repeats} has
 * one count per axis. In version 1 the inputs are one count and one axis.
 */
public record Tile() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Tile", a -> new Tile()).since(6, Tile::upgrade);

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    Tensor tiles = c.constantValue(node.input(1));
    Tensor axis = c.constantValue(node.input(2));
    boolean ranked = c.type(node.input(0)) instanceof TensorType t && t.shape().hasRank();
    if (tiles == null || axis == null || !ranked) {
      throw new ModelException(
          "Tile of opset " + version + ": expected constant tiles and axis and data of known rank");
    }
    long[] repeats = new long[((TensorType) c.type(node.input(0))).shape().rank()];
    Arrays.fill(repeats, 1);
    repeats[Axis.of(axis.getLong(0), repeats.length)] = tiles.getLong(0);
    List<String> inputs = List.of(node.input(0), c.constant(Tensor.vector(repeats)));
    return List.of(
        c.node("", "Tile", inputs, node.outputs(), Attributes.NONE).withName(node.name()));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    List<Dim> repeats = c.extents(1);
    if (!x.hasRank() || repeats == null) {
      int rank = x.hasRank() ? x.rank() : Extents.count(c, 1);
      return List.of(ValueType.tensor(c.dtype(0), rank < 0 ? Shape.UNKNOWN : c.freshShape(rank)));
    }
    List<Dim> dims = new ArrayList<>();
    for (int d = 0; d < x.rank(); d++) {
      dims.add(x.dim(d).times(repeats.get(d)));
    }
    List<Dim> content = c.extents(0);
    if (content != null && x.rank() == 1 && repeats.get(0).isKnown()) {
      long times = repeats.get(0).value();
      List<Dim> repeated = new ArrayList<>();
      for (long i = 0; i < times && repeated.size() <= 64; i++) {
        repeated.addAll(content);
      }
      c.setExtents(0, repeated);
    }
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int[] repeats = Extents.shape(c.tensor(1));
    if (repeats.length != x.rank()) {
      throw new ModelException(
          "repeats: expected one count per dimension of " + x.describe() + ", got " + c.tensor(1));
    }
    // [a, b] repeated (p, q) times is [p, a, q, b] with steps of 0 along p and q.
    int[] strides = Tensor.strides(x.shape());
    int[] shape = new int[2 * repeats.length];
    int[] steps = new int[2 * repeats.length];
    int[] y = new int[repeats.length];
    for (int d = 0; d < repeats.length; d++) {
      shape[2 * d] = repeats[d];
      shape[2 * d + 1] = x.dim(d);
      steps[2 * d + 1] = strides[d];
      y[d] = Math.multiplyExact(repeats[d], x.dim(d));
    }
    return List.of(Strided.copy(x, 0, steps, shape).reshape(y));
  }
}
