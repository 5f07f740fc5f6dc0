package dev.sardonyx.op.math;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Functions of one number, applied to every element; type and shape stay (ai.onnx Abs, Sqrt, …).
 *
 * <p>Floats are computed in double and rounded once; integers in long.
 */
public enum UnaryMath implements Operator {
  Abs(Math::abs, Math::abs),
  Ceil(Math::ceil),
  Exp(Math::exp),
  Floor(Math::floor),
  Log(Math::log),
  Neg(x -> -x, x -> -x),
  Reciprocal(x -> 1 / x),
  Sqrt(Math::sqrt);

  private final DoubleUnaryOperator onFloats;
  private final LongUnaryOperator onIntegers;

  UnaryMath(DoubleUnaryOperator onFloats) {
    this(onFloats, null);
  }

  UnaryMath(DoubleUnaryOperator onFloats, LongUnaryOperator onIntegers) {
    this.onFloats = onFloats;
    this.onIntegers = onIntegers;
  }

  /** One definition per row of the table. */
  public static List<OperatorDefinition> definitions() {
    return Arrays.stream(values())
        .map(f -> OperatorDefinition.of(f.name(), attributes -> f))
        .toList();
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor y = Tensor.zeros(x.dtype(), x.shape());
    boolean integers = x.dtype().isInteger() && onIntegers != null;
    for (int i = 0; i < x.size(); i++) {
      if (integers) {
        y.setLong(i, onIntegers.applyAsLong(x.getLong(i)));
      } else {
        y.setDouble(i, onFloats.applyAsDouble(x.getDouble(i)));
      }
    }
    return List.of(y);
  }
}
