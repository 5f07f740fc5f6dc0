package dev.sardonyx.op.math;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.op.LegacyBroadcast;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;

/**
 * Functions of two numbers of one type, element by element with broadcasting; the result is of that
 * type (ai.onnx Add, Mul, BitwiseAnd, Or, …).
 *
 * <p>Floats are computed in double and rounded once; integers wrap around and divide towards zero.
 * Below opset 7 the second operand alone is broadcast, from an axis on; see {@link
 * LegacyBroadcast}.
 */
public enum BinaryMath implements Operator {
  Add(7, (a, b) -> a + b, (a, b) -> a + b, Dim::plus),
  Sub(7, (a, b) -> a - b, (a, b) -> a - b, Dim::minus),
  Mul(7, (a, b) -> a * b, (a, b) -> a * b, Dim::times),
  Div(7, (a, b) -> a / b, (a, b) -> a / b, BinaryMath::quotient),
  BitwiseAnd(18, null, (a, b) -> a & b, null),
  BitwiseOr(18, null, (a, b) -> a | b, null),
  BitwiseXor(18, null, (a, b) -> a ^ b, null),
  And(7, null, (a, b) -> a & b, null),
  Or(7, null, (a, b) -> a | b, null),
  Xor(7, null, (a, b) -> a ^ b, null);

  private final int since;
  private final DoubleBinaryOperator onFloats;
  private final LongBinaryOperator onIntegers;
  private final BinaryOperator<Dim> onExtents;

  BinaryMath(
      int since,
      DoubleBinaryOperator onFloats,
      LongBinaryOperator onIntegers,
      BinaryOperator<Dim> onExtents) {
    this.since = since;
    this.onFloats = onFloats;
    this.onIntegers = onIntegers;
    this.onExtents = onExtents;
  }

  /** The definition of the row of that name. */
  public static OperatorDefinition definition(String name) {
    BinaryMath f = valueOf(name);
    return OperatorDefinition.of(name, a -> f).since(f.since, LegacyBroadcast::upgrade);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    if (onExtents != null) {
      Elementwise.tellExtents(c, 0, 1, onExtents);
    }
    return List.of(Elementwise.sameType(c, 0, 2));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor a = c.tensor(0);
    Tensor b = c.tensor(1);
    if (onFloats != null && a.dtype().isFloating()) {
      return List.of(Elementwise.ofDoubles(a, b, a.dtype(), onFloats));
    }
    if (this != Div) {
      return List.of(Elementwise.ofLongs(a, b, a.dtype(), onIntegers));
    }
    for (int i = 0; i < b.size(); i++) {
      if (b.getLong(i) == 0) {
        throw new ModelException("expected divisors other than 0, got 0 at position " + i);
      }
    }
    LongBinaryOperator divide = a.dtype() == DType.UINT64 ? Long::divideUnsigned : onIntegers;
    return List.of(Elementwise.ofLongs(a, b, a.dtype(), divide));
  }

  private static Dim quotient(Dim a, Dim b) {
    if (b.is(0)) {
      return null;
    }
    return a.isKnown() && b.isKnown() ? Dim.of(a.value() / b.value()) : a.floorDividedBy(b);
  }
}
