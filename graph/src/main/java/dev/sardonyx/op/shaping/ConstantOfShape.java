package dev.sardonyx.op.shaping;

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
import java.util.Collections;
import java.util.List;

/**
 * A tensor of the shape that the input holds, every element the same (ai.onnx ConstantOfShape,
 * newest version 25).
 *
 * @param value one element; its type is the result's
 */
public record ConstantOfShape(Tensor value) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("ConstantOfShape", ConstantOfShape::parse).since(9);

  private static ConstantOfShape parse(Attributes a) {
    Tensor value = a.getTensor("value");
    if (value != null && value.size() != 1) {
      throw new ModelException(
          "attribute value: expected a tensor of one element, got " + value.describe());
    }
    return new ConstantOfShape(value == null ? Tensor.scalar(0f) : value);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape y = Extents.shape(c, 0);
    boolean small = y.isStatic() && y.rank() <= 1 && y.size().value() <= 64;
    if (small && value.dtype().isInteger()) {
      int count = Math.toIntExact(y.size().value());
      c.setExtents(0, Collections.nCopies(count, Dim.of(value.getLong(0))));
    }
    return List.of(ValueType.tensor(value.dtype(), y));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor y = Tensor.zeros(value.dtype(), Extents.shape(c.tensor(0)));
    for (int i = 0; i < y.size(); i++) {
      y.copyElement(i, value, 0);
    }
    return List.of(y);
  }
}
