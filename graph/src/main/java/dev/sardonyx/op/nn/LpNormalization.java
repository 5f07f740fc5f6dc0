package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Division by the p-norm along an axis (ai.onnx LpNormalization, newest version 22): {@code Y = X /
 * (Σ |X|^p)^(1/p)}, p 1 or 2; 0 where the norm is 0.
 */
public record LpNormalization(int axis, int p) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("LpNormalization", LpNormalization::parse);

  private static LpNormalization parse(Attributes a) {
    int p = a.getInt("p", 2);
    if (p != 1 && p != 2) {
      throw new ModelException("attribute p: expected 1 or 2, got " + p);
    }
    return new LpNormalization(a.getInt("axis", -1), p);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int at = Axis.of(axis, x.rank());
    int extent = x.dim(at);
    int inner = Tensor.strides(x.shape())[at];
    double[] in = x.toDoubles();
    double[] sums = new double[extent == 0 ? 0 : in.length / extent];
    for (int i = 0; i < in.length; i++) {
      sums[i / inner / extent * inner + i % inner] += p == 1 ? Math.abs(in[i]) : in[i] * in[i];
    }
    Tensor y = Tensor.zeros(x.dtype(), x.shape());
    for (int i = 0; i < in.length; i++) {
      double sum = sums[i / inner / extent * inner + i % inner];
      y.setDouble(i, sum == 0 ? 0 : in[i] / (p == 1 ? sum : Math.sqrt(sum)));
    }
    return List.of(y);
  }
}
