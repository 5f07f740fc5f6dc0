package dev.sardonyx.op.math;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;
import java.util.function.LongBinaryOperator;

/**
 * The remainder of a division, with broadcasting (ai.onnx Mod, newest version 13).
 *
 * @param fmod whether the result has the sign of the dividend, as C's {@code fmod}; else that of
 *     the divisor, as Python's {@code %}. The specification wants it for floats; without it they
 *     follow Python too
 */
public record Mod(boolean fmod) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Mod", Mod::parse).since(10);

  private static Mod parse(Attributes a) {
    return new Mod(a.getFlag("fmod", false));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Elementwise.tellExtents(c, 0, 1, this::known);
    return List.of(Elementwise.sameType(c, 0, 2));
  }

  private Dim known(Dim a, Dim b) {
    return a.isKnown() && b.isKnown() && !b.is(0)
        ? Dim.of(onIntegers(false).applyAsLong(a.value(), b.value()))
        : null;
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor a = c.tensor(0);
    Tensor b = c.tensor(1);
    if (a.dtype().isFloating()) {
      return List.of(Elementwise.ofDoubles(a, b, a.dtype(), this::onFloats));
    }
    for (int i = 0; i < b.size(); i++) {
      if (b.getLong(i) == 0) {
        throw new ModelException("expected divisors other than 0, got 0 at position " + i);
      }
    }
    return List.of(Elementwise.ofLongs(a, b, a.dtype(), onIntegers(a.dtype() == DType.UINT64)));
  }

  private LongBinaryOperator onIntegers(boolean unsigned) {
    return unsigned ? Long::remainderUnsigned : fmod ? (a, b) -> a % b : Math::floorMod;
  }

  private double onFloats(double a, double b) {
    double r = a % b;
    return !fmod && r != 0 && r < 0 != b < 0 ? r + b : r;
  }
}
