package dev.sardonyx.op.math;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * {@code min(max(x, low), high)} (ai.onnx Clip, newest version 13); the bounds are scalars of x's
 * type, either may be omitted. Where low is above high everything becomes high. NaN stays.
 *
 * <p>Below version 11 the bounds are attributes; from 6 on they default to the largest finite float
 * and its negative.
 */
public record Clip() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Clip", a -> new Clip()).since(11, Clip::upgrade);

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    String low = bound(node, "min", version >= 6 ? -Float.MAX_VALUE : Float.NaN, c);
    String high = bound(node, "max", version >= 6 ? Float.MAX_VALUE : Float.NaN, c);
    List<String> inputs =
        high.isEmpty()
            ? (low.isEmpty() ? List.of(node.input(0)) : List.of(node.input(0), low))
            : List.of(node.input(0), low, high);
    return List.of(
        c.node("", "Clip", inputs, node.outputs(), Attributes.NONE).withName(node.name()));
  }

  private static String bound(Node node, String name, float otherwise, UpgradeContext c) {
    float value = node.attributes().getFloat(name, otherwise);
    if (Float.isNaN(value)) {
      return "";
    }
    DType dtype = c.type(node.input(0)) instanceof TensorType t ? t.dtype() : DType.FLOAT;
    return c.constant(Tensor.scalar(value).convert(dtype));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    for (int i = 1; i < c.inputCount(); i++) {
      if (c.hasInput(i) && c.dtype(i) != c.dtype(0)) {
        throw new ModelException(
            "expected bounds of the input's type, " + c.dtype(0) + ", got " + c.tensor(i));
      }
    }
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor low = c.tensorOrNull(1);
    Tensor high = c.tensorOrNull(2);
    if (x.dtype().isFloating()) {
      double least = low == null ? Double.NEGATIVE_INFINITY : low.getDouble(0);
      double most = high == null ? Double.POSITIVE_INFINITY : high.getDouble(0);
      return List.of(Elementwise.ofDoubles(x, x.dtype(), v -> Math.min(Math.max(v, least), most)));
    }
    // Flipping the highest bit makes the order of unsigned numbers that of signed ones.
    long flip = x.dtype() == DType.UINT64 ? Long.MIN_VALUE : 0;
    long least = low == null ? Long.MIN_VALUE : low.getLong(0) ^ flip;
    long most = high == null ? Long.MAX_VALUE : high.getLong(0) ^ flip;
    return List.of(
        Elementwise.ofLongs(x, x.dtype(), v -> Math.min(Math.max(v ^ flip, least), most) ^ flip));
  }
}
