package dev.sardonyx.op.text;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/** Strings joined in pairs, {@code z = x + y} with broadcasting (ai.onnx StringConcat-20). */
public record StringConcat() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("StringConcat", a -> new StringConcat()).since(20);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape z = Broadcast.shape(List.of(c.shape(0), c.shape(1)));
    return List.of(ValueType.tensor(DType.STRING, z));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    int[] shape = Broadcast.shape(c.tensor(0).shape(), c.tensor(1).shape());
    Tensor x = Broadcast.to(c.tensor(0), shape);
    Tensor y = Broadcast.to(c.tensor(1), shape);
    Tensor z = Tensor.zeros(DType.STRING, shape);
    for (int i = 0; i < z.size(); i++) {
      z.setString(i, x.getString(i) + y.getString(i));
    }
    return List.of(z);
  }
}
