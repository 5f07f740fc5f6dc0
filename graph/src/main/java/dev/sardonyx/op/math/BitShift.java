package dev.sardonyx.op.math;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Unsigned X shifted by Y bits, with broadcasting (ai.onnx BitShift, version 11). All bits of a
 * type and more shifted away leave 0.
 */
public record BitShift(boolean left) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("BitShift", BitShift::parse).since(11);

  private static BitShift parse(Attributes a) {
    String direction = a.getChoice("direction", null, "LEFT", "RIGHT");
    if (direction == null) {
      throw Attributes.missing("direction");
    }
    return new BitShift(direction.equals("LEFT"));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(Elementwise.sameType(c, 0, 2));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    return List.of(Elementwise.ofLongs(x, c.tensor(1), x.dtype(), this::shift));
  }

  private long shift(long x, long bits) {
    // Java takes the count modulo 64.
    return bits < 0 || bits > 63 ? 0 : left ? x << bits : x >>> bits;
  }
}
