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
  Add(7),
  Sub(7),
  Mul(7),
  Div(7),
  BitwiseAnd(18),
  BitwiseOr(18),
  BitwiseXor(18),
  And(7),
  Or(7),
  Xor(7);

  private final int since;

  BinaryMath(int since) {
    this.since = since;
  }

  // The functions are no fields of the rows, so that only those are linked that a model needs.

  /** The function of floats, or null if there is none. */
  private DoubleBinaryOperator onFloats() {
    return switch (this) {
      case Add -> (a, b) -> a + b;
      case Sub -> (a, b) -> a - b;
      case Mul -> (a, b) -> a * b;
      case Div -> (a, b) -> a / b;
      default -> null;
    };
  }

  private LongBinaryOperator onIntegers() {
    return switch (this) {
      case Add -> (a, b) -> a + b;
      case Sub -> (a, b) -> a - b;
      case Mul -> (a, b) -> a * b;
      case Div -> (a, b) -> a / b;
      case BitwiseAnd, And -> (a, b) -> a & b;
      case BitwiseOr, Or -> (a, b) -> a | b;
      case BitwiseXor, Xor -> (a, b) -> a ^ b;
    };
  }

  /** The function of extents, or null if there is none. */
  private BinaryOperator<Dim> onExtents() {
    return switch (this) {
      case Add -> Dim::plus;
      case Sub -> Dim::minus;
      case Mul -> Dim::times;
      case Div -> BinaryMath::quotient;
      default -> null;
    };
  }

  /** The definition of the row of that name. */
  public static OperatorDefinition definition(String name) {
    BinaryMath f = valueOf(name);
    return OperatorDefinition.of(name, a -> f).since(f.since, LegacyBroadcast::upgrade);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    BinaryOperator<Dim> onExtents =
        c.extents(0) == null || c.extents(1) == null ? null : onExtents();
    if (onExtents != null) {
      Elementwise.tellExtents(c, 0, 1, onExtents);
    }
    return List.of(Elementwise.sameType(c, 0, 2));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor a = c.tensor(0);
    Tensor b = c.tensor(1);
    DoubleBinaryOperator onFloats = onFloats();
    if (onFloats != null && a.dtype().isFloating()) {
      return List.of(Elementwise.ofDoubles(a, b, a.dtype(), onFloats));
    }
    if (this != Div) {
      return List.of(Elementwise.ofLongs(a, b, a.dtype(), onIntegers()));
    }
    for (int i = 0; i < b.size(); i++) {
      if (b.getLong(i) == 0) {
        throw new ModelException("expected divisors other than 0, got 0 at position " + i);
      }
    }
    LongBinaryOperator divide = a.dtype() == DType.UINT64 ? Long::divideUnsigned : onIntegers();
    return List.of(Elementwise.ofLongs(a, b, a.dtype(), divide));
  }

  private static Dim quotient(Dim a, Dim b) {
    if (b.is(0)) {
      return null;
    }
    return a.isKnown() && b.isKnown() ? Dim.of(a.value() / b.value()) : a.floorDividedBy(b);
  }
}
