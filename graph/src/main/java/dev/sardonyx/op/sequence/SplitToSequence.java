package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.SequenceType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Extents;
import dev.sardonyx.op.shaping.Split;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * A tensor cut along an axis into a sequence (ai.onnx SplitToSequence, newest version 24).
 *
 * <p>Input {@code split} is the extents of the parts, or a scalar: the extent of all but the last,
 * which is what remains. When it is omitted the parts have extent 1.
 *
 * @param keepDims whether parts of extent 1 made without {@code split} keep the axis
 */
public record SplitToSequence(long axis, boolean keepDims) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "SplitToSequence",
              a -> new SplitToSequence(a.getLong("axis", 0), a.getFlag("keepdims", true)))
          .since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(new SequenceType(ValueType.tensor(c.dtype(0), Shape.UNKNOWN)));
    }
    int at = Axis.of(axis, x.rank());
    List<Dim> dims = new ArrayList<>(x.dims());
    if (c.hasInput(1)) {
      dims.set(at, c.freshDim());
    } else if (keepDims) {
      dims.set(at, Dim.ONE);
    } else {
      dims.remove(at);
    }
    return List.of(new SequenceType(ValueType.tensor(c.dtype(0), new Shape(dims))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int at = Axis.of(axis, x.rank());
    List<Tensor> parts = Split.cut(x, at, sizes(c.tensorOrNull(1), x.dim(at)));
    if (c.hasInput(1) || keepDims) {
      return List.of(new SequenceValue(List.copyOf(parts)));
    }
    int[] shape = new int[x.rank() - 1];
    for (int d = 0; d < shape.length; d++) {
      shape[d] = x.dim(d < at ? d : d + 1);
    }
    return List.of(new SequenceValue(parts.stream().<Value>map(p -> p.reshape(shape)).toList()));
  }

  private static int[] sizes(Tensor split, int extent) {
    if (split != null && split.rank() == 1) {
      return Extents.shape(split);
    }
    int each = split == null ? 1 : split.getInt(0);
    if (each < 1) {
      throw new ModelException("split: expected parts of 1 and more, got " + each);
    }
    int[] sizes = new int[(extent + each - 1) / each];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Math.min(each, extent - i * each);
    }
    return sizes;
  }
}
