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
import dev.sardonyx.op.shaping.Concat;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * A 1×1 convolution of joined images to which a product, a sum and a function are applied first:
 * {@code Y = conv(f(scale · concat(X0, X1, …) + shift))}, the order of operators in DenseNet (Huang
 * et al. 2017) and other networks with pre-activation (He et al. 2016). With scales that are
 * computed for every image, and nothing else, it is the end of squeeze-and-excitation (Hu et al.
 * 2018).
 *
 * <p>Inputs: X0 [N, D1, …, C0], then W, bias and residual as {@link ChannelsLastConv} has them,
 * scale of C elements, C being the sum of all Ci, or without shift N times as many if every image
 * has its own, shift of C elements or omitted, then X1, X2, …
 *
 * @param conv with one kernel position, stride 1, no padding and one group
 * @param activation the function f
 */
public record PreActivatedConv(ChannelsLastConv conv, UnaryFunction activation)
    implements Operator {
  /** The first input of the second and further images. */
  public static final int FURTHER = 6;

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank() || !c.shape(1).hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    List<Dim> dims = new ArrayList<>(x.dims());
    dims.set(dims.size() - 1, c.shape(1).dim(0));
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    List<Tensor> parts = new ArrayList<>(List.of(c.tensor(0)));
    for (int i = FURTHER; i < c.inputCount(); i++) {
      parts.add(c.tensor(i));
    }
    Tensor x = Concat.join(parts, -1);
    int channels = c.tensor(1).dim(1);
    int scales = c.tensor(4).size();
    int perImage = x.size() / Math.max(1, x.dim(0));
    for (int i = 0; i < x.size(); i++) {
      int channel = i % channels;
      double scale = c.tensor(4).getDouble((i / perImage * channels + channel) % scales);
      double shift = c.hasInput(5) ? c.tensor(5).getDouble(channel) : -0.0;
      x.setDouble(i, x.getDouble(i) * scale + shift);
    }
    Activations.apply(activation, x);
    List<String> names = new ArrayList<>(List.of("x", "w"));
    List<Value> values = new ArrayList<>(List.of(x, c.tensor(1)));
    for (int i = 2; i < 4; i++) {
      names.add(c.hasInput(i) ? "i" + i : "");
      values.add(c.hasInput(i) ? c.tensor(i) : null);
    }
    return ReferenceEvaluator.run(
        new Node(
            "", Lowering.DOMAIN, "ChannelsLastConv", names, List.of("y"), Attributes.NONE, conv),
        values);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return (long) Tensor.sizeOf(outputs.get(0)) * inputs.get(1)[1];
  }
}
