package dev.sardonyx.op.nn;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Cross entropy of scores (ai.onnx SoftmaxCrossEntropyLoss, newest version 13): {@link
 * NegativeLogLikelihoodLoss} of {@code log_prob = log(softmax(scores))} over dimension 1, which is
 * the second output.
 */
public record SoftmaxCrossEntropyLoss(NegativeLogLikelihoodLoss loss) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "SoftmaxCrossEntropyLoss",
              a -> new SoftmaxCrossEntropyLoss(NegativeLogLikelihoodLoss.parse(a)))
          .since(12);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(loss.inferLoss(c), c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor scores = c.tensor(0);
    int[] shape = scores.shape();
    double[] logs = scores.toDoubles();
    int inner = Tensor.strides(shape)[1];
    for (int row = 0; row < shape[0] * inner; row++) {
      toLogSoftmax(logs, row / inner * shape[1] * inner + row % inner, inner, shape[1]);
    }
    Tensor logProbabilities = Tensor.of(logs, shape).convert(scores.dtype());
    return List.of(
        loss.loss(scores.dtype(), logs, shape, c.tensor(1), c.tensorOrNull(2)), logProbabilities);
  }

  private static void toLogSoftmax(double[] x, int from, int step, int count) {
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < count; i++) {
      most = Math.max(most, x[from + i * step]);
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += Math.exp(x[from + i * step] - most);
    }
    double log = most + Math.log(sum);
    for (int i = 0; i < count; i++) {
      x[from + i * step] -= log;
    }
  }
}
