package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.CommonType;
import dev.sardonyx.op.shaping.Concat;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The tensors of a sequence joined along an axis (ai.onnx ConcatFromSequence-11).
 *
 * @param newAxis whether they are stacked along an axis that they do not have yet
 */
public record ConcatFromSequence(long axis, boolean newAxis) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("ConcatFromSequence", ConcatFromSequence::parse).since(11);

  private static ConcatFromSequence parse(Attributes a) {
    if (!a.has("axis")) {
      throw Attributes.missing("axis");
    }
    return new ConcatFromSequence(a.getLong("axis", 0), a.getFlag("new_axis", false));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    ValueType element = Sequences.type(c, 0).element();
    if (!(element instanceof TensorType t) || !t.shape().hasRank()) {
      return List.of(CommonType.withoutShapes(element));
    }
    List<Dim> dims = new ArrayList<>(t.shape().dims());
    if (newAxis) {
      dims.add(Axis.of(axis, dims.size() + 1), c.freshDim());
    } else {
      dims.set(Axis.of(axis, dims.size()), c.freshDim());
    }
    return List.of(ValueType.tensor(t.dtype(), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    List<Tensor> parts = new ArrayList<>();
    for (Value v : Sequences.value(c, 0).elements()) {
      Tensor t = (Tensor) v;
      parts.add(newAxis ? t.reshape(withAxis(t.shape())) : t);
    }
    return List.of(Concat.join(parts, axis));
  }

  private int[] withAxis(int[] shape) {
    int at = Axis.of(axis, shape.length + 1);
    int[] out = new int[shape.length + 1];
    for (int d = 0; d < out.length; d++) {
      out[d] = d == at ? 1 : shape[d < at ? d : d - 1];
    }
    return out;
  }
}
