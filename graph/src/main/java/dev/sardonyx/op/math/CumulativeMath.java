package dev.sardonyx.op.math;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Running sums or products along an axis, which is the second input (ai.onnx CumSum, newest version
 * 14; CumProd, version 26): {@code [a, b, c]} becomes {@code [a, a+b, a+b+c]}.
 *
 * @param exclusive whether an element's own value is left out: {@code [0, a, a+b]}
 * @param reverse whether to run from the end: {@code [a+b+c, b+c, c]}
 */
public record CumulativeMath(boolean product, boolean exclusive, boolean reverse)
    implements Operator {
  static final OperatorDefinition SUM =
      OperatorDefinition.of("CumSum", a -> parse(false, a)).since(11);
  static final OperatorDefinition PRODUCT =
      OperatorDefinition.of("CumProd", a -> parse(true, a)).since(26);

  private static CumulativeMath parse(boolean product, Attributes a) {
    return new CumulativeMath(product, a.getFlag("exclusive", false), a.getFlag("reverse", false));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    if (c.constant(1) != null && c.shape(0).hasRank()) {
      Axis.of(c.constant(1).getLong(0), c.shape(0).rank());
    }
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int axis = Axis.of(c.tensor(1).getLong(0), x.rank());
    int length = x.dim(axis);
    int step = Tensor.strides(x.shape())[axis];
    Tensor y = Tensor.zeros(x.dtype(), x.shape());
    for (int first = 0; first < x.size(); first++) {
      if (first / step % length == 0) {
        run(x, y, reverse ? first + (length - 1) * step : first, reverse ? -step : step, length);
      }
    }
    return List.of(y);
  }

  private void run(Tensor x, Tensor y, int first, int step, int length) {
    double soFar = product ? 1 : 0;
    long soFarOfIntegers = product ? 1 : 0;
    boolean integers = x.dtype().isInteger();
    for (int i = 0, at = first; i < length; i++, at += step) {
      double before = soFar;
      long beforeOfIntegers = soFarOfIntegers;
      if (integers) {
        long v = x.getLong(at);
        soFarOfIntegers = product ? soFarOfIntegers * v : soFarOfIntegers + v;
        y.setLong(at, exclusive ? beforeOfIntegers : soFarOfIntegers);
      } else {
        double v = x.getDouble(at);
        soFar = product ? soFar * v : soFar + v;
        y.setDouble(at, exclusive ? before : soFar);
      }
    }
  }
}
