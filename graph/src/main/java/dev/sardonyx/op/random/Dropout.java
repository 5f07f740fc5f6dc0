package dev.sardonyx.op.random;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * The data itself in inference (ai.onnx Dropout, newest version 22).
 *
 * <p>Inputs: data, ratio (0.5 when omitted), training mode (false when omitted). In training an
 * element is 0 with probability ratio, the others are scaled by 1 / (1 − ratio). The second output
 * tells which elements are kept. Before version 12 the ratio is an attribute and inference is
 * meant.
 *
 * @param seed of the generator in training; when the model gives none it is 0, so that equal inputs
 *     give equal outputs
 */
public record Dropout(int seed) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Dropout", a -> new Dropout((int) a.getLong("seed", 0)))
          .since(12, Dropout::upgrade);

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    return List.of(c.without(node, "ratio", "is_test", "consumed_inputs"));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0), ValueType.tensor(DType.BOOL, c.shape(0)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    double ratio = c.hasInput(1) ? c.tensor(1).getDouble(0) : 0.5;
    boolean training = c.hasInput(2) && c.tensor(2).getBoolean(0) && ratio != 0;
    if (training && !(ratio > 0 && ratio < 1)) {
      throw new ModelException("ratio: expected 0 to below 1, got " + ratio);
    }
    if (!training && !c.hasOutput(1)) {
      return List.of(x);
    }
    MersenneTwister random = new MersenneTwister(seed);
    Tensor mask = Tensor.zeros(DType.BOOL, x.shape());
    Tensor y = training ? Tensor.zeros(x.dtype(), x.shape()) : x;
    for (int i = 0; i < x.size(); i++) {
      boolean kept = !training || random.nextDouble() >= ratio;
      mask.setBoolean(i, kept);
      if (training && kept) {
        y.setDouble(i, x.getDouble(i) / (1 - ratio));
      }
    }
    return List.of(y, mask);
  }
}
