package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * Deformable convolution (ai.onnx DeformConv, newest version 22; Zhu et al., 2018): a convolution
 * whose kernel positions are moved by {@code offset} and weighed by {@code mask}.
 *
 * <pre>
 * Y[n, m, o] = B[m] + Σ over c, k of mask[n, g·K + k, o] · W[m, c, k]
 *     · X[n, c, o·stride − pad + k·dilation + offset[n, (g·K + k)·r + (0 … r − 1), o]]
 * </pre>
 *
 * <p>for r spatial dimensions, K kernel positions and g the offset group of channel c. X between
 * positions is interpolated linearly and 0 outside. X [N, C, D1, …], W [M, C/group, k1, …], offset
 * [N, offset_group·K·r, O1, …], B [M] and mask [N, offset_group·K, O1, …] may be omitted.
 */
public record DeformConv(Conv conv, int offsetGroup) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("DeformConv", DeformConv::parse).since(19);

  private static DeformConv parse(Attributes a) {
    int offsetGroup = a.getInt("offset_group", 1);
    Conv.checkGroup(offsetGroup);
    return new DeformConv(Conv.parse(a), offsetGroup);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(c.dtype(0), conv.inferShape(c, c.shape(0), c.shape(1))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext context) {
    Tensor input = context.tensor(0);
    Tensor weights = context.tensor(1);
    Geometry geometry = conv.geometry(input.shape(), weights.shape());
    int rank = geometry.input().length;
    int outputSize = geometry.outputSize();
    int kernelSize = geometry.kernelSize();
    int channels = input.dim(1);
    if (channels % offsetGroup != 0 || weights.dim(1) * conv.group() != channels) {
      throw new ModelException(
          "expected X with group · W's channels and offset_group dividing them, got X "
              + input.describe()
              + ", W "
              + weights.describe());
    }
    int planes = offsetGroup * kernelSize;
    check(context.tensor(2), "offset", input.dim(0), planes * rank, geometry);
    if (context.hasInput(4)) {
      check(context.tensor(4), "mask", input.dim(0), planes, geometry);
    }
    double[] x = input.toDoubles();
    double[] w = weights.toDoubles();
    double[] offset = context.tensor(2).toDoubles();
    double[] bias = context.hasInput(3) ? context.tensor(3).toDoubles() : null;
    double[] mask = context.hasInput(4) ? context.tensor(4).toDoubles() : null;
    int outputs = weights.dim(0);
    int perGroup = outputs / conv.group();
    double[] sampled = new double[channels * kernelSize];
    double[] at = new double[rank];
    Tensor y = Tensor.zeros(input.dtype(), conv.outputShape(input.shape(), weights.shape()));
    for (int n = 0; n < input.dim(0); n++) {
      for (int o = 0; o < outputSize; o++) {
        int[] out = Geometry.position(o, geometry.output());
        for (int i = 0; i < sampled.length; i++) {
          int channel = i / kernelSize;
          int plane = channel / (channels / offsetGroup) * kernelSize + i % kernelSize;
          int[] k = Geometry.position(i % kernelSize, geometry.kernel());
          for (int d = 0; d < rank; d++) {
            int moved = ((n * planes + plane) * rank + d) * outputSize + o;
            at[d] =
                out[d] * geometry.strides()[d]
                    - geometry.pads()[d]
                    + k[d] * geometry.dilations()[d]
                    + offset[moved];
          }
          double v = interpolate(x, n * channels + channel, geometry.input(), at);
          sampled[i] = mask == null ? v : v * mask[(n * planes + plane) * outputSize + o];
        }
        for (int m = 0; m < outputs; m++) {
          int count = weights.dim(1) * kernelSize;
          int first = m / perGroup * count;
          double sum = bias == null ? 0 : bias[m];
          for (int i = 0; i < count; i++) {
            sum += sampled[first + i] * w[m * count + i];
          }
          y.setDouble((n * outputs + m) * outputSize + o, sum);
        }
      }
    }
    return List.of(y);
  }

  private static void check(Tensor t, String name, int n, int planes, Geometry geometry) {
    int[] expected = Window.shape(n, planes, geometry.output());
    if (!t.hasShape(expected)) {
      throw new ModelException(
          name + ": expected shape " + Arrays.toString(expected) + ", got " + t.describe());
    }
  }

  /** The value between the 2^r positions around {@code at}; those outside count as 0. */
  private static double interpolate(double[] x, int plane, int[] extents, double[] at) {
    double sum = 0;
    for (int corner = 0; corner < 1 << at.length; corner++) {
      double weight = 1;
      int index = plane;
      for (int d = 0; d < at.length; d++) {
        double low = Math.floor(at[d]);
        boolean upper = (corner >> d & 1) == 1;
        weight *= upper ? at[d] - low : 1 - (at[d] - low);
        double i = upper ? low + 1 : low;
        if (!(i >= 0 && i < extents[d])) {
          weight = 0;
          i = 0;
        }
        index = index * extents[d] + (int) i;
      }
      sum += weight == 0 ? 0 : weight * x[index];
    }
    return sum;
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return Conv.countMacs(inputs.get(1), outputs.get(0));
  }
}
