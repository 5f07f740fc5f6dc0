package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * Conv over images whose channels come last, and all that follows it: {@code Y = prelu(f(conv(X, W)
 * + bias + residual), slopes)}.
 *
 * <p>Inputs: X [N, D1, …, C], W [M, C/group, k1, …] as Conv has it, bias [M] or omitted, residual
 * of Y's shape or omitted, slopes [M] of results below zero or omitted; Y [N, O1, …, M].
 *
 * @param planes whether X is [N, C, D1, …] nevertheless, as images come from outside
 */
public record ChannelsLastConv(Conv conv, boolean planes, UnaryFunction activation)
    implements WithEpilogue {
  @Override
  public ChannelsLastConv withActivation(UnaryFunction f) {
    return new ChannelsLastConv(conv, planes, f);
  }

  /** Whether with these weights every output pixel reads just its own input pixel. */
  boolean isPointwise(Tensor w) {
    if (w == null || conv.group() != 1 || w.size() != w.dim(0) * w.dim(1)) {
      return false;
    }
    int[] xShape = w.shape();
    Arrays.fill(xShape, 8);
    xShape[1] = w.dim(1);
    Geometry g = conv.geometry(xShape, w.shape());
    return Arrays.stream(g.strides()).allMatch(s -> s == 1)
        && Arrays.stream(g.pads()).allMatch(p -> p == 0);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(
        ValueType.tensor(
            c.dtype(0),
            Layout.channelsLast(
                conv.inferShape(
                    c, planes ? c.shape(0) : Layout.channelsFirst(c.shape(0)), c.shape(1)))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = planes ? c.tensor(0) : Layout.channelsFirst(c.tensor(0));
    Tensor w = c.tensor(1);
    double[] bias = c.hasInput(2) ? c.tensor(2).toDoubles() : null;
    double[] sums = conv.convolve(x.toDoubles(), x.shape(), w.toDoubles(), w.shape(), bias);
    int[] spatial = conv.geometry(x.shape(), w.shape()).output();
    int[] shape = new int[spatial.length + 2];
    shape[0] = x.dim(0);
    shape[1] = w.dim(0);
    System.arraycopy(spatial, 0, shape, 2, spatial.length);
    Tensor first = Tensor.zeros(x.dtype(), shape);
    for (int i = 0; i < sums.length; i++) {
      first.setDouble(i, sums[i]);
    }
    Tensor y = Layout.channelsLast(first);
    if (c.hasInput(3)) {
      for (int i = 0; i < y.size(); i++) {
        y.setDouble(i, y.getDouble(i) + c.tensor(3).getDouble(i));
      }
    }
    Activations.apply(activation, y);
    if (c.hasInput(4)) {
      Activations.prelu(c.tensor(4), y);
    }
    return List.of(y);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    int[] w = inputs.get(1);
    return (long) Tensor.sizeOf(outputs.get(0)) * (Tensor.sizeOf(w) / Math.max(1, w[0]));
  }
}
