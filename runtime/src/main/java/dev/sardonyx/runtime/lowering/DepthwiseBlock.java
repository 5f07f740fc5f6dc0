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
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * A depthwise convolution with the 1×1 convolution before it, the one behind it, or both: the
 * depthwise separable convolution of MobileNet (Howard et al. 2017) and the inverted residual of
 * MobileNetV2 (Sandler et al. 2018).
 *
 * <p>Inputs: X [N, H, W, C], then of the depthwise convolution W and bias, a residual of Y's shape,
 * W and bias of {@code expand}, W and bias of {@code project}. Biases and the residual may be
 * omitted, and are what {@link ChannelsLastConv} has; so are the weights of a convolution that is
 * not there. Y [N, O1, O2, M].
 *
 * @param expand with one kernel position, stride 1, no padding and one group, or null
 * @param depthwise a group for each channel
 * @param project as expand, or null; the residual is this one's, so that without it there is none
 */
public record DepthwiseBlock(
    ChannelsLastConv expand, ChannelsLastConv depthwise, ChannelsLastConv project)
    implements Operator {
  /** The weights of the depthwise convolution. */
  public static final int DEPTHWISE = 1;

  public static final int RESIDUAL = 3;

  /** The weights of {@link #expand}. */
  public static final int EXPAND = 4;

  /** The weights of {@link #project}. */
  public static final int PROJECT = 6;

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (x.hasRank() && expand != null && c.shape(EXPAND).hasRank()) {
      x = withChannels(x, c.shape(EXPAND).dim(0));
    }
    Shape y =
        Layout.channelsLast(
            depthwise.conv().inferShape(c, Layout.channelsFirst(x), c.shape(DEPTHWISE)));
    if (y.hasRank() && project != null && c.shape(PROJECT).hasRank()) {
      y = withChannels(y, c.shape(PROJECT).dim(0));
    }
    return List.of(ValueType.tensor(c.dtype(0), y));
  }

  private static Shape withChannels(Shape shape, Dim channels) {
    List<Dim> dims = new ArrayList<>(shape.dims());
    dims.set(dims.size() - 1, channels);
    return new Shape(dims);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    if (expand != null) {
      x = evaluate(expand, x, c, EXPAND, null);
    }
    x = evaluate(depthwise, x, c, DEPTHWISE, null);
    if (project != null) {
      x = evaluate(project, x, c, PROJECT, c.hasInput(RESIDUAL) ? c.tensor(RESIDUAL) : null);
    }
    return List.of(x);
  }

  private static Tensor evaluate(
      ChannelsLastConv conv, Tensor x, EvaluationContext c, int weights, Tensor residual) {
    List<String> names = new ArrayList<>(List.of("x", "w"));
    List<Value> values = new ArrayList<>(List.of(x, c.tensor(weights)));
    names.add(c.hasInput(weights + 1) ? "b" : "");
    values.add(c.hasInput(weights + 1) ? c.tensor(weights + 1) : null);
    if (residual != null) {
      names.add("r");
      values.add(residual);
    }
    Node node =
        new Node(
            "", Lowering.DOMAIN, "ChannelsLastConv", names, List.of("y"), Attributes.NONE, conv);
    return (Tensor) ReferenceEvaluator.run(node, values).get(0);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    int[] x = inputs.get(0);
    int[] y = outputs.get(0);
    int[] w = inputs.get(DEPTHWISE);
    long inPixels = Tensor.sizeOf(x) / Math.max(1, x[3]);
    long outPixels = Tensor.sizeOf(y) / Math.max(1, y[3]);
    long macs = outPixels * Tensor.sizeOf(w);
    macs += expand == null ? 0 : inPixels * Tensor.sizeOf(inputs.get(EXPAND));
    return macs + (project == null ? 0 : outPixels * Tensor.sizeOf(inputs.get(PROJECT)));
  }
}
