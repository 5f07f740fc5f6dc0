package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * A convolution whose results are some channels of a larger image: Y is {@code others} with the
 * channels from {@code first} on replaced by those of {@code conv}.
 *
 * <p>Inputs: X, W and bias as {@link ChannelsLastConv} has them; others [N, O1, …, channels], or
 * omitted where it does not matter what the other channels are; Y [N, O1, …, channels].
 *
 * @param first the channel of Y that is the convolution's first
 * @param channels of Y
 */
public record ConcatConv(ChannelsLastConv conv, int first, int channels) implements Operator {
  @Override
  public List<ValueType> infer(InferenceContext c) {
    TensorType part = (TensorType) conv.infer(c).get(0);
    if (!part.shape().hasRank()) {
      return List.of(part);
    }
    List<Dim> dims = new ArrayList<>(part.shape().dims());
    dims.set(dims.size() - 1, Dim.of(channels));
    return List.of(ValueType.tensor(part.dtype(), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    List<String> names = List.of("x", "w", c.hasInput(2) ? "b" : "");
    List<Value> values = new ArrayList<>(List.of(c.tensor(0), c.tensor(1)));
    values.add(c.hasInput(2) ? c.tensor(2) : null);
    Node node =
        new Node(
            "", Lowering.DOMAIN, "ChannelsLastConv", names, List.of("y"), Attributes.NONE, conv);
    Tensor part = (Tensor) ReferenceEvaluator.run(node, values).get(0);
    int n = part.dim(part.rank() - 1);
    int[] shape = part.shape();
    shape[shape.length - 1] = channels;
    Tensor y = c.hasInput(3) ? c.tensor(3).copy() : Tensor.zeros(part.dtype(), shape);
    for (int pixel = 0; pixel * n < part.size(); pixel++) {
      y.copyElements(pixel * channels + first, part, pixel * n, n);
    }
    return List.of(y);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return (long) Tensor.sizeOf(outputs.get(0)) / channels * Tensor.sizeOf(inputs.get(1));
  }
}
