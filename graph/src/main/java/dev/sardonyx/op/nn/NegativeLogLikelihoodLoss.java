package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Negative log likelihood (ai.onnx NegativeLogLikelihoodLoss, newest version 22): {@code loss[n, d]
 * = −input[n, target[n, d], d] · weight[target[n, d]]}.
 *
 * <p>input [N, C, D1, …] are log probabilities, target [N, D1, …] classes, weight [C] or omitted
 * (1). Targets of {@code ignoreIndex} have loss and weight 0. The result is reduced as {@link
 * Reduction} says.
 *
 * @param ignoreIndex null when not given
 */
public record NegativeLogLikelihoodLoss(Reduction reduction, Long ignoreIndex) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("NegativeLogLikelihoodLoss", NegativeLogLikelihoodLoss::parse)
          .since(12);

  /** What becomes of the losses. */
  public enum Reduction {
    /** One per target. */
    NONE,
    /** Their sum. */
    SUM,
    /** Their sum divided by the sum of the weights. */
    MEAN
  }

  static NegativeLogLikelihoodLoss parse(Attributes a) {
    Reduction reduction =
        switch (a.getChoice("reduction", "mean", "none", "sum", "mean")) {
          case "none" -> Reduction.NONE;
          case "sum" -> Reduction.SUM;
          default -> Reduction.MEAN;
        };
    Long ignored = a.has("ignore_index") ? a.getLong("ignore_index", 0) : null;
    return new NegativeLogLikelihoodLoss(reduction, ignored);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(inferLoss(c));
  }

  ValueType inferLoss(InferenceContext c) {
    Shape x = c.shape(0);
    Shape loss = c.shape(1);
    if (reduction != Reduction.NONE) {
      loss = Shape.scalar();
    } else if (x.hasRank()) {
      List<Dim> dims = new ArrayList<>(x.dims());
      dims.remove(1);
      loss = new Shape(dims);
    }
    return ValueType.tensor(c.dtype(0), loss);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor input = c.tensor(0);
    return List.of(
        loss(input.dtype(), input.toDoubles(), input.shape(), c.tensor(1), c.tensorOrNull(2)));
  }

  /**
   * The loss of log probabilities.
   *
   * @param logs of shape {@code shape} [N, C, D1, …]
   */
  Tensor loss(DType type, double[] logs, int[] shape, Tensor target, Tensor weight) {
    int classes = shape[1];
    int inner = Tensor.strides(shape)[1];
    double[] losses = new double[target.size()];
    double sum = 0;
    double weights = 0;
    for (int i = 0; i < losses.length; i++) {
      long t = target.getLong(i);
      if (ignoreIndex != null && t == ignoreIndex) {
        continue;
      }
      if (t < 0 || t >= classes) {
        throw new ModelException(
            "target: expected classes from 0 to "
                + (classes - 1)
                + (ignoreIndex == null ? "" : " or " + ignoreIndex)
                + ", got "
                + t);
      }
      double w = weight == null ? 1 : weight.getDouble((int) t);
      losses[i] = -logs[(i / inner * classes + (int) t) * inner + i % inner] * w;
      sum += losses[i];
      weights += w;
    }
    if (reduction == Reduction.NONE) {
      return Tensor.of(losses, target.shape()).convert(type);
    }
    double result = reduction == Reduction.SUM ? sum : sum / weights;
    return Tensor.of(new double[] {result}).convert(type);
  }
}
