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
  Abs(6, Math::abs, Math::abs),
  Acos(7, Math::acos),
  Acosh(9, x -> x > 1e150 ? Math.log(x) + Math.log(2) : Math.log(x + Math.sqrt(x * x - 1))),
  Asin(7, Math::asin),
  Asinh(9, UnaryMath::asinh),
  Atan(7, Math::atan),
  Atanh(9, x -> Math.log1p(2 * x / (1 - x)) / 2),
  BitwiseNot(18, null, x -> ~x),
  Ceil(6, Math::ceil),
  Cos(7, Math::cos),
  Cosh(9, Math::cosh),
  Erf(9, ErrorFunction::erf),
  Exp(6, Math::exp),
  Floor(6, Math::floor),
  Log(6, Math::log),
  Neg(6, x -> -x, x -> -x),
  Reciprocal(6, x -> 1 / x),
  /** To the nearest integer, halves to the even one. */
  Round(11, Math::rint),
  Sign(9, Math::signum, Long::signum),
  Sin(7, Math::sin),
  Sinh(9, Math::sinh),
  Sqrt(6, Math::sqrt),
  Tan(7, Math::tan);

  private final int since;
  private final DoubleUnaryOperator onFloats;
  private final LongUnaryOperator onIntegers;

  UnaryMath(int since, DoubleUnaryOperator onFloats) {
    this(since, onFloats, null);
  }

  UnaryMath(int since, DoubleUnaryOperator onFloats, LongUnaryOperator onIntegers) {
    this.since = since;
    this.onFloats = onFloats;
    this.onIntegers = onIntegers;
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
