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
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Removes dimensions of extent 1 (ai.onnx Squeeze, newest version 25): those that input {@code
 * axes} names, or all when it is omitted. Up to version 11 the axes are an attribute.
 */
public record Squeeze() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Squeeze", a -> new Squeeze()).since(13, Squeeze::upgrade);

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    long[] axes = node.attributes().getLongs("axes");
    if (axes == null) {
      return List.of(node);
    }
    List<String> inputs = List.of(node.input(0), c.constant(Tensor.vector(axes)));
    return List.of(c.node("", "Squeeze", inputs, node.outputs(), Attributes.NONE));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Tensor axes = c.constant(1);
    boolean allOnes = !c.hasInput(1) && x.isStatic();
    if (c.extents(0) != null) {
      c.setExtents(0, c.extents(0));
    }
    if (!x.hasRank() || axes == null && !allOnes) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    boolean[] removed = new boolean[x.rank()];
    if (axes == null) {
      for (int d = 0; d < x.rank(); d++) {
        removed[d] = x.dim(d).is(1);
      }
    } else {
      for (int axis : Axis.of(axes.toLongs(), x.rank())) {
        if (x.dim(axis).isKnown() && !x.dim(axis).is(1)) {
          throw new ModelException(
              "axes: expected dimensions of extent 1, but axis " + axis + " of " + x + " is not");
        }
        removed[axis] = true;
      }
    }
    List<Dim> kept = new ArrayList<>();
    for (int d = 0; d < x.rank(); d++) {
      if (!removed[d]) {
        kept.add(x.dim(d));
      }
    }
    return List.of(ValueType.tensor(c.dtype(0), new Shape(kept)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    boolean[] removed = new boolean[x.rank()];
    if (c.hasInput(1)) {
      for (int axis : Axis.of(c.tensor(1).toLongs(), x.rank())) {
        removed[axis] = true;
      }
    } else {
      for (int d = 0; d < x.rank(); d++) {
        removed[d] = x.dim(d) == 1;
      }
    }
    List<Integer> kept = new ArrayList<>();
    for (int d = 0; d < x.rank(); d++) {
      if (!removed[d]) {
        kept.add(x.dim(d));
      }
    }
    return List.of(x.reshape(kept.stream().mapToInt(Integer::intValue).toArray()));
  }
}
