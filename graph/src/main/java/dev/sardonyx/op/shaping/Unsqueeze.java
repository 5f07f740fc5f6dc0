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
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Extents;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Inserts dimensions of extent 1 (ai.onnx Unsqueeze, newest version 25) where input {@code axes}
 * says, counted in the result. Up to version 11 the axes are an attribute.
 */
public record Unsqueeze() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Unsqueeze", a -> new Unsqueeze()).since(13, Unsqueeze::upgrade);

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    long[] axes = node.attributes().getLongs("axes");
    if (axes == null) {
      return List.of(node);
    }
    List<String> inputs = List.of(node.input(0), c.constant(Tensor.vector(axes)));
    return List.of(
        c.node("", "Unsqueeze", inputs, node.outputs(), Attributes.NONE).withName(node.name()));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    long[] axes = Extents.known(c, 1);
    int count = axes == null ? Extents.count(c, 1) : axes.length;
    Shape y = Shape.UNKNOWN;
    if (x.hasRank() && axes != null) {
      List<Dim> dims = new ArrayList<>();
      int from = 0;
      for (boolean isNew : inserted(axes, x.rank())) {
        dims.add(isNew ? Dim.ONE : x.dim(from++));
      }
      y = new Shape(dims);
    } else if (x.hasRank() && count >= 0) {
      y = c.freshShape(x.rank() + count);
    }
    Extents.pass(c, c.extents(0), y);
    return List.of(ValueType.tensor(c.dtype(0), y));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    boolean[] isNew = inserted(c.tensor(1).toLongs(), x.rank());
    int[] shape = new int[isNew.length];
    int from = 0;
    for (int d = 0; d < shape.length; d++) {
      shape[d] = isNew[d] ? 1 : x.dim(from++);
    }
    return List.of(x.reshape(shape));
  }

  private static boolean[] inserted(long[] axes, int rank) {
    boolean[] isNew = new boolean[rank + axes.length];
    for (int axis : Axis.of(axes, isNew.length)) {
      if (isNew[axis]) {
        throw new ModelException("axes: expected every axis once, got " + Arrays.toString(axes));
      }
      isNew[axis] = true;
    }
    return isNew;
  }
}
