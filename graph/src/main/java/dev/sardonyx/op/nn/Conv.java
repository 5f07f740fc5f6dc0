package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.op.nn.Window.Run;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Convolution over any number of spatial dimensions (ai.onnx Conv, newest version 22).
 *
 * <pre>
 * Y[n, m, o] = B[m] + Σ over c, k of X[n, g·C/group + c, o·stride − pad + k·dilation] · W[m, c, k]
 * </pre>
 *
 * <p>X [N, C, D1, …], W [M, C/group, k1, …], B [M] or omitted, Y [N, M, O1, …]; g is the group of
 * output channel m. All versions mean the same.
 */
public record Conv(Window window, int group) implements Operator {
  public static final OperatorDefinition DEFINITION = OperatorDefinition.of("Conv", Conv::parse);

  public Conv {
    checkGroup(group);
  }

  public static Conv parse(Attributes a) {
    return new Conv(Window.parse(a), a.getInt("group", 1));
  }

  static void checkGroup(int group) {
    if (group < 1) {
      throw new ModelException("attribute group: expected at least 1, got " + group);
    }
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(c.dtype(0), inferShape(c, c.shape(0), c.shape(1))));
  }

  /** The output shape of a convolution of {@code x} with weights {@code w}. */
  public Shape inferShape(InferenceContext c, Shape x, Shape w) {
    if (!x.hasRank() || !w.hasRank()) {
      Shape known = x.hasRank() ? x : w;
      int rank = known.hasRank() ? known.rank() : window.kernel().size() + 2;
      return rank == 2 ? Shape.UNKNOWN : c.freshShape(rank);
    }
    checkRanks(x, w);
    Dim channels = w.dim(1).times(group);
    if (channels.isKnown() && x.dim(1).isKnown() && !channels.equals(x.dim(1))) {
      throw new ModelException(
          "expected X with " + channels + " channels (W " + w + ", group " + group + "), got " + x);
    }
    if (w.dim(0).isKnown() && w.dim(0).value() % group != 0) {
      throw new ModelException(
          "expected as many output channels that group " + group + " divides them, got W " + w);
    }
    List<Dim> kernel = w.dims().subList(2, w.rank());
    checkKernel(kernel);
    List<Dim> dims = new ArrayList<>(List.of(x.dim(0), w.dim(0)));
    dims.addAll(window.outputExtents(x.dims().subList(2, x.rank()), kernel, c::freshDim));
    return new Shape(dims);
  }

  /** Checks that inputs and weights have a batch or output dimension, channels and extents. */
  static void checkRanks(Shape x, Shape w) {
    if (Window.spatialRank(x) != w.rank() - 2) {
      throw new ModelException("expected W of the rank of X " + x + ", got " + w);
    }
  }

  private void checkKernel(List<Dim> kernel) {
    for (int i = 0; i < window.kernel().size() && i < kernel.size(); i++) {
      if (kernel.get(i).isKnown() && !kernel.get(i).is(window.kernel().get(i))) {
        throw new ModelException(
            "attribute kernel_shape: expected the kernel of W "
                + kernel
                + ", got "
                + window.kernel());
      }
    }
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor w = c.tensor(1);
    double[] bias = c.hasInput(2) ? c.tensor(2).toDoubles() : null;
    double[] sums = convolve(x.toDoubles(), x.shape(), w.toDoubles(), w.shape(), bias);
    Tensor y = Tensor.zeros(x.dtype(), outputShape(x.shape(), w.shape()));
    for (int i = 0; i < sums.length; i++) {
      y.setDouble(i, sums[i]);
    }
    return List.of(y);
  }

  /** The window over inputs and weights of these shapes, [N, C, D1, …] and [M, C/group, k1, …]. */
  public Geometry geometry(int[] xShape, int[] wShape) {
    return window.over(Window.spatial(xShape), Window.spatial(wShape));
  }

  /** The output's shape [N, M, O1, …]. */
  public int[] outputShape(int[] xShape, int[] wShape) {
    return Window.shape(xShape[0], wShape[0], geometry(xShape, wShape).output());
  }

  /**
   * The convolution of numbers in row-major order.
   *
   * @param bias one per output channel, or null
   * @return [N, M, O1, …] in row-major order
   */
  public double[] convolve(double[] x, int[] xShape, double[] w, int[] wShape, double[] bias) {
    Geometry geometry = geometry(xShape, wShape);
    List<Run> runs = geometry.runs();
    int outputs = wShape[0];
    int perGroup = outputs / group;
    int channels = wShape[1];
    if (channels * group != xShape[1] || perGroup * group != outputs) {
      throw new ModelException(
          "expected X with group · W's channels, got X "
              + Arrays.toString(xShape)
              + ", W "
              + Arrays.toString(wShape)
              + ", group "
              + group);
    }
    int xSize = geometry.inputSize();
    int ySize = geometry.outputSize();
    int kSize = geometry.kernelSize();
    double[] y = new double[Tensor.sizeOf(xShape[0], outputs, ySize)];
    double[] sums = new double[ySize];
    for (int n = 0; n < xShape[0]; n++) {
      for (int m = 0; m < outputs; m++) {
        Arrays.fill(sums, bias == null ? 0 : bias[m]);
        int firstChannel = n * xShape[1] + m / perGroup * channels;
        for (int c = 0; c < channels; c++) {
          int wAt = (m * channels + c) * kSize;
          int xAt = (firstChannel + c) * xSize;
          for (Run r : runs) {
            addScaled(sums, r, x, xAt + r.input(), geometry.runStep(), w[wAt + r.kernel()]);
          }
        }
        System.arraycopy(sums, 0, y, (n * outputs + m) * ySize, ySize);
      }
    }
    return y;
  }

  private static void addScaled(double[] sums, Run r, double[] x, int xAt, int step, double by) {
    int at = r.output();
    int count = r.count();
    if (step == 1) {
      for (int j = 0; j < count; j++) {
        sums[at + j] += by * x[xAt + j];
      }
    } else {
      for (int j = 0; j < count; j++) {
        sums[at + j] += by * x[xAt + j * step];
      }
    }
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return countMacs(inputs.get(1), outputs.get(0));
  }

  /** Every output is a sum over the weights of its channel. */
  public static long countMacs(int[] w, int[] y) {
    return product(y) * (product(w) / Math.max(w[0], 1));
  }

  static long product(int... shape) {
    return Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
  }
}
