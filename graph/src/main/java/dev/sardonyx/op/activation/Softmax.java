package dev.sardonyx.op.activation;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * Functions of the elements along one axis (ai.onnx Softmax, LogSoftmax, Hardmax; newest version
 * 13). With m the largest of them:
 *
 * <ul>
 *   <li>Softmax: {@code exp(x − m) / Σ exp(x − m)}
 *   <li>LogSoftmax: {@code x − m − log Σ exp(x − m)}
 *   <li>Hardmax: 1 for the first of the largest, else 0
 * </ul>
 *
 * <p>Below version 13 all dimensions from {@code axis} on count as one, and the axis defaults to 1.
 */
public record Softmax(Function function, int axis) implements Operator {
  /** What is computed, named as the operator. */
  public enum Function {
    Softmax,
    LogSoftmax,
    Hardmax
  }

  /** The definition of the row of that name. */
  static OperatorDefinition definition(String name) {
    Function f = Function.valueOf(name);
    return OperatorDefinition.of(name, a -> new Softmax(f, a.getInt("axis", -1)))
        .since(13, Softmax::upgrade);
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    int axis = node.attributes().getInt("axis", 1);
    Shape x = c.type(node.input(0)) instanceof TensorType t ? t.shape() : Shape.UNKNOWN;
    if (axis == -1 || x.hasRank() && onesBehind(x, Axis.of(axis, x.rank()))) {
      return List.of(c.withAttributes(node, node.attributes().with("axis", Attribute.of(axis))));
    }
    String flat = c.freshName(node.input(0));
    String result = c.freshName(node.output(0));
    Attributes flattenAxis = Attributes.NONE.with("axis", Attribute.of(axis));
    Attributes last = Attributes.NONE.with("axis", Attribute.of(-1));
    Node flatten = c.node("", "Flatten", List.of(node.input(0)), List.of(flat), flattenAxis);
    Node function = c.node("", node.opType(), List.of(flat), List.of(result), last);
    if (x.isStatic()) {
      String shape = c.constant(Tensor.vector(Arrays.stream(x.toArray()).asLongStream().toArray()));
      return List.of(flatten, function.withName(node.name()), reshape(node, result, shape, c));
    }
    String shape = c.freshName(node.input(0));
    return List.of(
        flatten,
        function.withName(node.name()),
        c.node("", "Shape", List.of(node.input(0)), List.of(shape), Attributes.NONE),
        reshape(node, result, shape, c));
  }

  private static Node reshape(Node node, String result, String shape, UpgradeContext c) {
    return c.node("", "Reshape", List.of(result, shape), node.outputs(), Attributes.NONE);
  }

  /** Whether all extents behind {@code axis} are 1, so that old and new meaning agree. */
  private static boolean onesBehind(Shape x, int axis) {
    return x.dims().subList(axis + 1, x.rank()).stream().allMatch(d -> d.is(1));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    if (c.shape(0).hasRank()) {
      Axis.of(axis, c.shape(0).rank());
    }
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int along = Axis.of(axis, x.rank());
    int length = x.dim(along);
    int step = Tensor.strides(x.shape())[along];
    double[] values = x.toDoubles();
    Tensor y = Tensor.zeros(x.dtype(), x.shape());
    for (int first = 0; first < x.size(); first++) {
      if (first / step % length == 0) {
        row(values, y, first, step, length);
      }
    }
    return List.of(y);
  }

  private void row(double[] x, Tensor y, int first, int step, int length) {
    int end = first + length * step;
    int largest = first;
    for (int i = first; i < end; i += step) {
      largest = x[i] > x[largest] ? i : largest;
    }
    double m = x[largest];
    double sum = 0;
    for (int i = first; i < end; i += step) {
      sum += Math.exp(x[i] - m);
    }
    double logSum = Math.log(sum);
    for (int i = first; i < end; i += step) {
      y.setDouble(
          i,
          switch (function) {
            case Softmax -> Math.exp(x[i] - m) / sum;
            case LogSoftmax -> x[i] - m - logSum;
            case Hardmax -> i == largest ? 1 : 0;
          });
    }
  }
}
