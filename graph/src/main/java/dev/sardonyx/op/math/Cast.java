package dev.sardonyx.op.math;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Value;
import java.util.List;
import java.util.Locale;

/**
 * Converts every element to another type, as {@link Conversion} describes (ai.onnx Cast, newest
 * version 25). Below version 6 the type is given by its name.
 */
public record Cast(DType to, Conversion conversion) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Cast", Cast::parse).since(6, Cast::upgrade);

  private static Cast parse(Attributes a) {
    DType to = a.getDType("to", null);
    if (to == null) {
      throw Attributes.missing("to");
    }
    return new Cast(to, Conversion.parse(a));
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    String name = node.attributes().getString("to", "").toLowerCase(Locale.ROOT);
    for (DType d : DType.values()) {
      if (d.onnxName().equals(name)) {
        Attributes a = node.attributes().with("to", Attribute.of(d.code()));
        return List.of(c.withAttributes(node, a));
      }
    }
    throw new ModelException(
        node.describe() + ": expected the name of an element type in attribute to, got " + name);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return inferTo(c, to);
  }

  /** The input's shape with type {@code to}; contents of integer tensors are followed. */
  static List<ValueType> inferTo(InferenceContext c, DType to) {
    if (c.extents(0) != null && (to == DType.INT64 || to == DType.INT32)) {
      c.setExtents(0, c.extents(0));
    }
    return List.of(ValueType.tensor(to, c.shape(0)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    return List.of(conversion.convert(c.tensor(0), to));
  }
}
