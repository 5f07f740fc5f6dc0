package dev.sardonyx.op.math;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.op.LegacyBroadcast;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Whether a relation holds between two elements, with broadcasting (ai.onnx Equal, Less, …). NaN
 * stands in none. Below opset 7 see {@link LegacyBroadcast}.
 */
public enum Comparison implements Operator {
  Equal(7),
  Greater(7),
  GreaterOrEqual(12),
  Less(7),
  LessOrEqual(12);

  private final int since;

  Comparison(int since) {
    this.since = since;
  }

  /** The definition of the row of that name. */
  public static OperatorDefinition definition(String name) {
    Comparison f = valueOf(name);
    return OperatorDefinition.of(name, a -> f).since(f.since, LegacyBroadcast::upgrade);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    if (this == Equal) {
      Elementwise.tellExtents(c, 0, 1, Comparison::equal);
    }
    TensorType operands = (TensorType) Elementwise.sameType(c, 0, 2);
    return List.of(ValueType.tensor(DType.BOOL, operands.shape()));
  }

  /** 1 or 0 where it is certain that two extents are equal or not, else null. */
  private static Dim equal(Dim a, Dim b) {
    if (a.equals(b)) {
      return Dim.ONE;
    }
    // Exporters ask which entries of a target shape are −1; an extent never is.
    boolean different =
        a.isKnown() && b.isKnown()
            || isNegative(a) && b.isNonNegative()
            || isNegative(b) && a.isNonNegative();
    return different ? Dim.ZERO : null;
  }

  private static boolean isNegative(Dim d) {
    return d.isKnown() && d.value() < 0;
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor a = c.tensor(0);
    Tensor b = c.tensor(1);
    if (a.dtype() == DType.STRING) {
      return List.of(equalStrings(a, b));
    }
    if (a.dtype().isFloating()) {
      return List.of(Elementwise.ofDoubles(a, b, DType.BOOL, (x, y) -> holds(x, y) ? 1 : 0));
    }
    // Flipping the highest bit makes the order of unsigned numbers that of signed ones.
    long flip = a.dtype() == DType.UINT64 ? Long.MIN_VALUE : 0;
    return List.of(
        Elementwise.ofLongs(
            a, b, DType.BOOL, (x, y) -> holds(Long.compare(x ^ flip, y ^ flip), 0) ? 1 : 0));
  }

  private boolean holds(double a, double b) {
    return switch (this) {
      case Equal -> a == b;
      case Greater -> a > b;
      case GreaterOrEqual -> a >= b;
      case Less -> a < b;
      case LessOrEqual -> a <= b;
    };
  }

  private static Tensor equalStrings(Tensor a, Tensor b) {
    int[] shape = Broadcast.shape(a.shape(), b.shape());
    int[] atA = Broadcast.positions(a.shape(), shape);
    int[] atB = Broadcast.positions(b.shape(), shape);
    Tensor y = Tensor.zeros(DType.BOOL, shape);
    for (int i = 0; i < y.size(); i++) {
      y.setBoolean(i, a.getString(atA[i]).equals(b.getString(atB[i])));
    }
    return y;
  }
}
