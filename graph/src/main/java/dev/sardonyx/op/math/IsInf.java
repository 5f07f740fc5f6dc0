package dev.sardonyx.op.math;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Whether an element is infinite (ai.onnx IsInf, newest version 20).
 *
 * @param detectNegative whether −∞ counts
 * @param detectPositive whether +∞ counts
 */
public record IsInf(boolean detectNegative, boolean detectPositive) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("IsInf", IsInf::parse).since(10);

  private static IsInf parse(Attributes a) {
    return new IsInf(a.getFlag("detect_negative", true), a.getFlag("detect_positive", true));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(DType.BOOL, c.shape(0)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    return List.of(Elementwise.ofDoubles(c.tensor(0), DType.BOOL, x -> counts(x) ? 1 : 0));
  }

  private boolean counts(double x) {
    return Double.isInfinite(x) && (x > 0 ? detectPositive : detectNegative);
  }
}
