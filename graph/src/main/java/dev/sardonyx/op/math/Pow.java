package dev.sardonyx.op.math;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.op.LegacyBroadcast;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * {@code Z = X^Y} with broadcasting (ai.onnx Pow, newest version 15); Z has the type of X, Y may be
 * of any numeric type. Integers to integers wrap around; other mixtures are computed in double and
 * truncated if X is an integer. Below opset 7 see {@link LegacyBroadcast}.
 */
public record Pow() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Pow", a -> new Pow()).since(7, LegacyBroadcast::upgrade);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(c.dtype(0), Elementwise.shape(c, 0, 2)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor y = c.tensor(1);
    if (x.dtype().isFloating() || y.dtype().isFloating()) {
      return List.of(Elementwise.ofDoubles(x, y, x.dtype(), Pow::power));
    }
    boolean unsigned = y.dtype() == DType.UINT64;
    return List.of(
        Elementwise.ofLongs(
            x, y, x.dtype(), (a, b) -> b < 0 && !unsigned ? inverse(a, b) : power(a, b)));
  }

  /**
   * As IEEE 754 and C: 1 to any power and −1 to an infinite one are 1, even where Java says NaN.
   */
  private static double power(double x, double y) {
    return x == 1 || x == -1 && Double.isInfinite(y) ? 1 : Math.pow(x, y);
  }

  /** Square and multiply; {@code exponent} is unsigned. */
  private static long power(long base, long exponent) {
    long result = 1;
    for (long e = exponent, square = base; e != 0; e >>>= 1, square *= square) {
      if ((e & 1) != 0) {
        result *= square;
      }
    }
    return result;
  }

  /** A negative power, truncated: not 0 only for 1 and −1. */
  private static long inverse(long base, long exponent) {
    return base == 1 ? 1 : base == -1 ? ((exponent & 1) == 0 ? 1 : -1) : 0;
  }
}
