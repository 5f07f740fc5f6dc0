package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * Batch normalization (ai.onnx BatchNormalization, newest version 15; Ioffe and Szegedy, 2015):
 * {@code Y = (X − mean) / √(var + epsilon) · scale + B} with numbers per channel.
 *
 * <p>X [N, C, D1, …], scale, B, mean and var [C]. In training mode mean and var are those of X
 * (population variance), and the outputs 1 and 2 are {@code input · momentum + ofX · (1 −
 * momentum)}.
 *
 * <p>Below version 14 training is told by having more than one output; version 7 may normalize
 * every activation on its own ({@code spatial} 0), which is not supported.
 */
public record BatchNormalization(float epsilon, float momentum, boolean training)
    implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("BatchNormalization", BatchNormalization::parse)
          .since(14, BatchNormalization::upgrade);

  private static BatchNormalization parse(Attributes a) {
    return new BatchNormalization(
        a.getFloat("epsilon", 1e-5f),
        a.getFloat("momentum", 0.9f),
        a.getFlag("training_mode", false));
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    Attributes a = node.attributes();
    if (!a.getFlag("spatial", true)) {
      throw new ModelException(
          "attribute spatial: expected 1 (statistics per channel), got 0, which is not supported");
    }
    boolean training = node.hasOutput(1) && !a.getFlag("is_test", false);
    if (training && (node.hasOutput(3) || node.hasOutput(4))) {
      throw new ModelException(
          "expected at most 3 outputs, got the saved statistics of training, which newer versions"
              + " do not have");
    }
    for (String old : List.of("spatial", "is_test", "consumed_inputs")) {
      a = a.without(old);
    }
    if (training) {
      a = a.with("training_mode", Attribute.of(1));
    }
    List<String> outputs =
        node.outputs().subList(0, training ? Math.min(3, node.outputs().size()) : 1);
    return List.of(c.withAttributes(node.withOutputs(outputs), a));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return c.outputCount() == 1
        ? List.of(c.tensor(0))
        : List.of(c.tensor(0), c.tensor(3), c.tensor(4));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int channels = x.rank() < 2 ? 1 : x.dim(1);
    int batch = x.dim(0);
    int size = x.size() == 0 ? 0 : x.size() / batch / channels;
    double[] in = x.toDoubles();
    double[] scale = perChannel(c.tensor(1), channels);
    double[] bias = perChannel(c.tensor(2), channels);
    double[] mean = perChannel(c.tensor(3), channels);
    double[] variance = perChannel(c.tensor(4), channels);
    Tensor runningMean = Tensor.zeros(c.tensor(3).dtype(), channels);
    Tensor runningVariance = Tensor.zeros(c.tensor(4).dtype(), channels);
    Tensor y = Tensor.zeros(x.dtype(), x.shape());
    for (int ch = 0; ch < channels; ch++) {
      if (training) {
        double[] ofX = statistics(in, batch, channels, size, ch);
        runningMean.setDouble(ch, mean[ch] * momentum + ofX[0] * (1 - momentum));
        runningVariance.setDouble(ch, variance[ch] * momentum + ofX[1] * (1 - momentum));
        mean[ch] = ofX[0];
        variance[ch] = ofX[1];
      }
      double by = scale[ch] / Math.sqrt(variance[ch] + epsilon);
      for (int n = 0; n < batch; n++) {
        int at = (n * channels + ch) * size;
        for (int i = at; i < at + size; i++) {
          y.setDouble(i, (in[i] - mean[ch]) * by + bias[ch]);
        }
      }
    }
    return training ? Arrays.asList(y, runningMean, runningVariance) : List.of(y);
  }

  private static double[] perChannel(Tensor t, int channels) {
    if (t.size() != channels) {
      throw new ModelException(
          "expected scale, B, mean and var with one number per channel of X, "
              + channels
              + ", got "
              + t.describe());
    }
    return t.toDoubles();
  }

  /** Mean and variance of a channel. */
  private static double[] statistics(double[] x, int batch, int channels, int size, int channel) {
    double sum = 0;
    double squares = 0;
    for (int n = 0; n < batch; n++) {
      int at = (n * channels + channel) * size;
      for (int i = at; i < at + size; i++) {
        sum += x[i];
      }
    }
    double mean = sum / ((double) batch * size);
    for (int n = 0; n < batch; n++) {
      int at = (n * channels + channel) * size;
      for (int i = at; i < at + size; i++) {
        squares += (x[i] - mean) * (x[i] - mean);
      }
    }
    return new double[] {mean, squares / ((double) batch * size)};
  }
}
