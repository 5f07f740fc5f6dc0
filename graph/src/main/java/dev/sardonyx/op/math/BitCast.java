package dev.sardonyx.op.math;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.nio.ByteBuffer;
import java.util.List;

/** The same bits read as another type of the same width (ai.onnx BitCast, version 26). */
public record BitCast(DType to) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("BitCast", BitCast::parse).since(26);

  private static BitCast parse(Attributes a) {
    DType to = a.getDType("to", null);
    if (to == null) {
      throw Attributes.missing("to");
    }
    return new BitCast(to);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    check(c.dtype(0));
    return List.of(ValueType.tensor(to, c.shape(0)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    check(x.dtype());
    return List.of(Tensor.ofLittleEndian(to, ByteBuffer.wrap(x.toLittleEndian()), x.shape()));
  }

  private void check(DType from) {
    if (from.bits() != to.bits() || to == DType.STRING || from == DType.STRING) {
      throw new ModelException("expected types of the same width, got " + from + " and " + to);
    }
  }
}
