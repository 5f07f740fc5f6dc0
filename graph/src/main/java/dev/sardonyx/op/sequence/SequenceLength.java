package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/** The number of elements of a sequence, an int64 scalar (ai.onnx SequenceLength-11). */
public record SequenceLength() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("SequenceLength", a -> new SequenceLength()).since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(DType.INT64));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    return List.of(Tensor.scalar((long) Sequences.value(c, 0).size()));
  }
}
