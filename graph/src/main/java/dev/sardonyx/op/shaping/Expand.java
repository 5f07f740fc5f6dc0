package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.op.Extents;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Collections;
import java.util.List;

/**
 * A tensor repeated to a broadcast shape (ai.onnx Expand, newest version 13): the result has the
 * common shape of the data and input {@code shape}; extents of 1 on either side give way.
 */
public record Expand() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Expand", a -> new Expand()).since(8);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Shape wanted = Extents.shape(c, 1);
    if (c.extents(1) == null && x.hasRank() && wanted.hasRank()) {
      // Nothing is known of the wanted extents: any of them may be 1.
      Shape y = c.freshShape(Math.max(x.rank(), wanted.rank()));
      return List.of(ValueType.tensor(c.dtype(0), y));
    }
    Shape y = Broadcast.shape(List.of(x, wanted));
    List<Dim> content = c.extents(0);
    if (content != null && content.size() == 1 && y.isStatic() && y.rank() == 1) {
      c.setExtents(0, Collections.nCopies(Math.toIntExact(y.dim(0).value()), content.get(0)));
    } else if (content != null && y.equals(x)) {
      c.setExtents(0, content);
    }
    return List.of(ValueType.tensor(c.dtype(0), y));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int[] shape = Broadcast.shape(x.shape(), Extents.shape(c.tensor(1)));
    int[] strides = Tensor.strides(x.shape());
    int[] steps = new int[shape.length];
    for (int d = 0; d < x.rank(); d++) {
      steps[shape.length - x.rank() + d] = x.dim(d) == 1 ? 0 : strides[d];
    }
    return List.of(Strided.copy(x, 0, steps, shape));
  }
}
