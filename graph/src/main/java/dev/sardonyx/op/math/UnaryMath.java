package dev.sardonyx.op.math;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Functions of one number, applied to every element; type and shape stay (ai.onnx Abs, Sqrt, …).
 *
 * <p>Floats are computed in double and rounded once; integers in long, where they wrap around. Each
 * row names the version from which the operator means what it means now; later ones only add types.
 */
public enum UnaryMath implements Operator {
  Abs(6),
  Acos(7),
  Acosh(9),
  Asin(7),
  Asinh(9),
  Atan(7),
  Atanh(9),
  BitwiseNot(18),
  Ceil(6),
  Cos(7),
  Cosh(9),
  Erf(9),
  Exp(6),
  Floor(6),
  Log(6),
  Neg(6),
  Reciprocal(6),
  /** To the nearest integer, halves to the even one. */
  Round(11),
  Sign(9),
  Sin(7),
  Sinh(9),
  Sqrt(6),
  Tan(7);

  private final int since;

  UnaryMath(int since) {
    this.since = since;
  }

  // The functions are no fields of the rows, so that only those are linked that a model needs.

  /** The function of floats, or null if there is none. */
  private DoubleUnaryOperator onFloats() {
    return switch (this) {
      case Abs -> Math::abs;
      case Acos -> Math::acos;
      case Acosh -> x -> x > 1e150 ? Math.log(x) + Math.log(2) : Math.log(x + Math.sqrt(x * x - 1));
      case Asin -> Math::asin;
      case Asinh -> UnaryMath::asinh;
      case Atan -> Math::atan;
      case Atanh -> x -> Math.log1p(2 * x / (1 - x)) / 2;
      case BitwiseNot -> null;
      case Ceil -> Math::ceil;
      case Cos -> Math::cos;
      case Cosh -> Math::cosh;
      case Erf -> ErrorFunction::erf;
      case Exp -> Math::exp;
      case Floor -> Math::floor;
      case Log -> Math::log;
      case Neg -> x -> -x;
      case Reciprocal -> x -> 1 / x;
      case Round -> Math::rint;
      case Sign -> Math::signum;
      case Sin -> Math::sin;
      case Sinh -> Math::sinh;
      case Sqrt -> Math::sqrt;
      case Tan -> Math::tan;
    };
  }

  /** The function of integers, or null if there is none. */
  private LongUnaryOperator onIntegers() {
    return switch (this) {
      case Abs -> Math::abs;
      case BitwiseNot -> x -> ~x;
      case Neg -> x -> -x;
      case Sign -> Long::signum;
      default -> null;
    };
  }

  /** The definition of the row of that name. */
  public static OperatorDefinition definition(String name) {
    UnaryMath f = valueOf(name);
    return OperatorDefinition.of(name, a -> f).since(f.since, "consumed_inputs");
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    List<Dim> content = c.extents(0);
    if (this == Neg && content != null) {
      c.setExtents(0, content.stream().map(d -> d.times(-1)).toList());
    }
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    if (x.dtype() == DType.UINT64 && this == Abs) {
      return List.of(x);
    }
    if (x.dtype() == DType.UINT64 && this == Sign) {
      return List.of(Elementwise.ofLongs(x, x.dtype(), v -> v == 0 ? 0 : 1));
    }
    LongUnaryOperator onIntegers = onIntegers();
    DoubleUnaryOperator onFloats = onFloats();
    return List.of(
        onFloats == null || x.dtype().isInteger() && onIntegers != null
            ? Elementwise.ofLongs(x, x.dtype(), onIntegers)
            : Elementwise.ofDoubles(x, x.dtype(), onFloats));
  }

  /** {@code log(|x| + √(x²+1))} with the sign of x, written so that small x keep their digits. */
  private static double asinh(double x) {
    double a = Math.abs(x);
    double y =
        a > 1e150 ? Math.log(a) + Math.log(2) : Math.log1p(a + a * a / (1 + Math.sqrt(a * a + 1)));
    return Math.copySign(y, x);
  }
}
