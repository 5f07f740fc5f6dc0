package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Normalization of groups of channels (ai.onnx GroupNormalization, newest version 21; Wu and He,
 * 2018): {@code Y = (X − mean) / √(var + epsilon) · scale + bias}, mean and variance over the C /
 * groups channels of a group and D1, … of X [N, C, D1, …]; scale and bias [C].
 *
 * <p>In version 18 scale and bias are per group; they are repeated for its channels.
 */
public record GroupNormalization(int groups, float epsilon) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("GroupNormalization", GroupNormalization::parse)
          .since(21, GroupNormalization::upgrade);

  private static GroupNormalization parse(Attributes a) {
    int groups = a.getInt("num_groups", 0);
    if (groups < 1) {
      throw new ModelException("attribute num_groups: expected at least 1, got " + groups);
    }
    return new GroupNormalization(groups, a.getFloat("epsilon", 1e-5f));
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    int groups = parse(node.attributes()).groups;
    Dim channels =
        c.type(node.input(0)) instanceof TensorType t && t.shape().hasRank()
            ? t.shape().dim(1)
            : Dim.symbol("C");
    if (!channels.isKnown() || channels.value() % groups != 0) {
      throw new ModelException(
          "expected a known number of channels that "
              + groups
              + " groups divide (version "
              + version
              + " scales groups, newer ones channels), got "
              + channels);
    }
    long perGroup = channels.value() / groups;
    String[] repeated = new String[2];
    List<Node> nodes = new ArrayList<>();
    String column = c.constant(Tensor.vector(groups, 1));
    String matrix = c.constant(Tensor.vector(groups, perGroup));
    String flat = c.constant(Tensor.vector(groups * perGroup));
    for (int i = 0; i < 2; i++) {
      String from = node.input(1 + i);
      String asColumn = c.freshName(from + "_column");
      String asMatrix = c.freshName(from + "_matrix");
      repeated[i] = c.freshName(from + "_channels");
      nodes.add(c.node("", "Reshape", List.of(from, column), List.of(asColumn), Attributes.NONE));
      nodes.add(
          c.node("", "Expand", List.of(asColumn, matrix), List.of(asMatrix), Attributes.NONE));
      nodes.add(
          c.node("", "Reshape", List.of(asMatrix, flat), List.of(repeated[i]), Attributes.NONE));
    }
    nodes.add(node.withInputs(List.of(node.input(0), repeated[0], repeated[1])));
    return nodes;
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int channels = x.dim(1);
    if (channels % groups != 0) {
      throw new ModelException(
          "expected channels that " + groups + " groups divide, got " + x.describe());
    }
    int rows = x.dim(0) * groups;
    int size = rows == 0 ? 0 : x.size() / rows;
    int channelSize = Math.max(size / (channels / groups), 1);
    double[] in = x.toDoubles();
    double[] scale = c.tensor(1).toDoubles();
    double[] bias = c.tensor(2).toDoubles();
    Tensor y = Tensor.zeros(x.dtype(), x.shape());
    for (int row = 0; row < rows; row++) {
      Statistics s = Statistics.of(in, row * size, size);
      double by = s.inverseDeviation(epsilon);
      for (int i = row * size; i < (row + 1) * size; i++) {
        int channel = i / channelSize % channels;
        y.setDouble(i, (in[i] - s.mean()) * by * scale[channel] + bias[channel]);
      }
    }
    return List.of(y);
  }
}
