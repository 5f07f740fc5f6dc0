package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * The first {@code sequence_lens[b]} time steps of every batch entry in reverse order (ai.onnx
 * ReverseSequence-10).
 *
 * @param timeFirst whether the data is [time, batch, …], else [batch, time, …]
 */
public record ReverseSequence(boolean timeFirst) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("ReverseSequence", ReverseSequence::parse).since(10);

  private static ReverseSequence parse(Attributes a) {
    long batch = a.getLong("batch_axis", 1);
    long time = a.getLong("time_axis", 0);
    if (batch + time != 1 || batch * time != 0) {
      throw new ModelException(
          "attributes batch_axis and time_axis: expected 0 and 1, got " + batch + " and " + time);
    }
    return new ReverseSequence(time == 0);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int times = x.dim(timeFirst ? 0 : 1);
    int batch = x.dim(timeFirst ? 1 : 0);
    int run = Tensor.sizeOf(Arrays.copyOfRange(x.shape(), 2, x.rank()));
    Tensor y = x.copy();
    for (int b = 0; b < batch; b++) {
      long length = c.tensor(1).getLong(b);
      if (length < 0 || length > times) {
        throw new ModelException("sequence_lens: expected 0 to " + times + ", got " + length);
      }
      for (int t = 0; t < length; t++) {
        int from = (int) length - 1 - t;
        int to = (timeFirst ? t * batch + b : b * times + t) * run;
        y.copyElements(to, x, (timeFirst ? from * batch + b : b * times + from) * run, run);
      }
    }
    return List.of(y);
  }
}
