package dev.sardonyx.op.math;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Functions of any number of tensors of one type, element by element with broadcasting (ai.onnx
 * Max, Min, Sum, Mean; newest version 13). NaN anywhere gives NaN. Below opset 8 all shapes are
 * equal.
 */
public enum VariadicMath implements Operator {
  Max,
  Min,
  Sum,
  Mean;

  /** The definition of the row of that name. */
  public static OperatorDefinition definition(String name) {
    VariadicMath f = valueOf(name);
    return OperatorDefinition.of(name, a -> f).since(8, "consumed_inputs");
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    if (this == Max || this == Min) {
      List<Dim> content = c.extents(0);
      for (int i = 1; i < c.inputCount(); i++) {
        content = Elementwise.broadcast(content, c.extents(i), this == Max ? Dim::max : Dim::min);
      }
      if (content != null) {
        c.setExtents(0, content);
      }
    }
    return List.of(Elementwise.sameType(c, 0, c.inputCount()));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    DType dtype = c.tensor(0).dtype();
    int[][] shapes = new int[c.inputCount()][];
    for (int i = 0; i < shapes.length; i++) {
      shapes[i] = c.tensor(i).shape();
    }
    Tensor y = Tensor.zeros(dtype, Broadcast.shape(shapes));
    if (dtype.isFloating()) {
      ofDoubles(c, y);
    } else {
      ofLongs(c, y);
    }
    return List.of(y);
  }

  private void ofDoubles(EvaluationContext c, Tensor y) {
    double[] sum = new double[y.size()];
    for (int i = 0; i < c.inputCount(); i++) {
      double[] x = c.tensor(i).toDoubles();
      int[] at = Broadcast.positions(c.tensor(i).shape(), y.shape());
      for (int j = 0; j < sum.length; j++) {
        sum[j] = i == 0 ? x[at[j]] : combine(sum[j], x[at[j]]);
      }
    }
    for (int j = 0; j < sum.length; j++) {
      y.setDouble(j, this == Mean ? sum[j] / c.inputCount() : sum[j]);
    }
  }

  private double combine(double a, double b) {
    return switch (this) {
      case Max -> Math.max(a, b);
      case Min -> Math.min(a, b);
      case Sum, Mean -> a + b;
    };
  }

  /** Max and Min of integers; the others are for floats alone. */
  private void ofLongs(EvaluationContext c, Tensor y) {
    long flip = y.dtype() == DType.UINT64 ? Long.MIN_VALUE : 0;
    for (int i = 0; i < c.inputCount(); i++) {
      long[] x = c.tensor(i).toLongs();
      int[] at = Broadcast.positions(c.tensor(i).shape(), y.shape());
      for (int j = 0; j < at.length; j++) {
        boolean better =
            this == Max
                ? (x[at[j]] ^ flip) > (y.getLong(j) ^ flip)
                : (x[at[j]] ^ flip) < (y.getLong(j) ^ flip);
        if (i == 0 || better) {
          y.setLong(j, x[at[j]]);
        }
      }
    }
  }
}
