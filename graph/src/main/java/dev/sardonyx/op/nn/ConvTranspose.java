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
import dev.sardonyx.op.nn.Window.AutoPad;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.op.nn.Window.Run;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Transposed convolution (ai.onnx ConvTranspose, newest version 22): every input is spread over the
 * outputs that a convolution of the same window would have taken it from.
 *
 * <pre>Y[n, m, i·stride − pad + k·dilation] += X[n, c, i] · W[c, m, k],   Y begins as B[m]</pre>
 *
 * <p>X [N, C, D1, …], W [C, M/group, k1, …], B [M] or omitted, Y [N, M, O1, …] with O = (D −
 * 1)·stride + (k − 1)·dilation + 1 + output_padding − pads, unless {@code output_shape} gives O and
 * thereby the pads. With {@code auto_pad} SAME, O = D·stride. All versions mean the same.
 *
 * @param outputShape the spatial extents of Y, or empty
 */
public record ConvTranspose(
    Window window, int group, List<Integer> outputPadding, List<Integer> outputShape)
    implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("ConvTranspose", ConvTranspose::parse);

  public ConvTranspose {
    Conv.checkGroup(group);
  }

  private static ConvTranspose parse(Attributes a) {
    return new ConvTranspose(
        Window.parse(a),
        a.getInt("group", 1),
        Window.list(a, "output_padding", 0),
        Window.list(a, "output_shape", 0));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(c.dtype(0), inferShape(c, c.shape(0), c.shape(1))));
  }

  /** The output shape for an input {@code x} and weights {@code w}. */
  public Shape inferShape(InferenceContext c, Shape x, Shape w) {
    if (!x.hasRank() || !w.hasRank()) {
      Shape known = x.hasRank() ? x : w;
      return known.hasRank() ? c.freshShape(known.rank()) : Shape.UNKNOWN;
    }
    Conv.checkRanks(x, w);
    if (x.dim(1).isKnown() && w.dim(0).isKnown() && !x.dim(1).equals(w.dim(0))) {
      throw new ModelException("expected W [C, M/group, …] with the C of X " + x + ", got " + w);
    }
    List<Dim> dims = new ArrayList<>(List.of(x.dim(0), w.dim(1).times(group)));
    int rank = x.rank() - 2;
    checkRank(rank);
    for (int i = 0; i < rank; i++) {
      dims.add(outputExtent(i, x.dim(2 + i), w.dim(2 + i), rank));
    }
    return new Shape(dims);
  }

  private void checkRank(int rank) {
    window.checkRank(rank);
    Window.checkLength("output_padding", outputPadding, rank);
    // Some files give the whole shape.
    if (outputShape.size() != rank + 2) {
      Window.checkLength("output_shape", outputShape, rank);
    }
  }

  private int padding(int i) {
    return outputPadding.isEmpty() ? 0 : outputPadding.get(i);
  }

  private boolean isSame() {
    return window.autoPad() == AutoPad.SAME_UPPER || window.autoPad() == AutoPad.SAME_LOWER;
  }

  /** Extent of the output before pads are cut off. */
  private Dim fullExtent(int i, Dim input, Dim kernel) {
    return input
        .plus(-1)
        .times(window.stride(i))
        .plus(kernel.plus(-1).times(window.dilation(i)))
        .plus(1 + padding(i));
  }

  private Dim outputExtent(int i, Dim input, Dim kernel, int rank) {
    if (!outputShape.isEmpty()) {
      return Dim.of(outputShape.get(outputShape.size() - rank + i));
    }
    if (isSame()) {
      return input.times(window.stride(i));
    }
    Dim full = fullExtent(i, input, kernel);
    if (window.autoPad() == AutoPad.VALID || window.pads().isEmpty()) {
      return full;
    }
    return full.plus(-window.pads().get(i)).plus(-window.pads().get(rank + i));
  }

  /**
   * The convolution of which this is the transpose, as numbers: its input is this operator's output
   * and its output this operator's input.
   *
   * @param xShape [N, C, D1, …]
   * @param wShape [C, M/group, k1, …]
   */
  public Geometry geometry(int[] xShape, int[] wShape) {
    int[] x = Window.spatial(xShape);
    int[] kernel = Window.spatial(wShape);
    int rank = x.length;
    checkRank(rank);
    int[] y = new int[rank];
    int[] pads = new int[2 * rank];
    int[] strides = new int[rank];
    int[] dilations = new int[rank];
    for (int i = 0; i < rank; i++) {
      Dim extent = outputExtent(i, Dim.of(x[i]), Dim.of(kernel[i]), rank);
      y[i] = Math.toIntExact(extent.value());
      strides[i] = window.stride(i);
      dilations[i] = window.dilation(i);
      if (!outputShape.isEmpty() || isSame()) {
        long full = fullExtent(i, Dim.of(x[i]), Dim.of(kernel[i])).value();
        int total = Math.toIntExact(Math.max(full - y[i], 0));
        pads[i] = window.autoPad() == AutoPad.SAME_UPPER ? total / 2 : total - total / 2;
        pads[rank + i] = total - pads[i];
      } else if (window.autoPad() == AutoPad.NOTSET && !window.pads().isEmpty()) {
        pads[i] = window.pads().get(i);
        pads[rank + i] = window.pads().get(rank + i);
      }
    }
    return new Geometry(y, x, kernel, strides, dilations, pads);
  }

  @Override
  public List<Value> evaluate(EvaluationContext context) {
    Tensor input = context.tensor(0);
    Tensor weights = context.tensor(1);
    Geometry geometry = geometry(input.shape(), weights.shape());
    List<Run> runs = geometry.runs();
    int step = geometry.runStep();
    int channels = input.dim(1);
    int perGroup = weights.dim(1);
    int channelsPerGroup = channels / group;
    if (weights.dim(0) != channels || channelsPerGroup * group != channels) {
      throw new ModelException(
          "expected W [C, M/group, …] with the C of X and group dividing it, got X "
              + input.describe()
              + ", W "
              + weights.describe()
              + ", group "
              + group);
    }
    double[] x = input.toDoubles();
    double[] w = weights.toDoubles();
    double[] bias = context.hasInput(2) ? context.tensor(2).toDoubles() : null;
    int xSize = geometry.outputSize();
    int ySize = geometry.inputSize();
    int kSize = geometry.kernelSize();
    int outputs = perGroup * group;
    Tensor y = Tensor.zeros(input.dtype(), Window.shape(input.dim(0), outputs, geometry.input()));
    double[] sums = new double[ySize];
    for (int n = 0; n < input.dim(0); n++) {
      for (int m = 0; m < outputs; m++) {
        Arrays.fill(sums, bias == null ? 0 : bias[m]);
        int first = m / perGroup * channelsPerGroup;
        for (int c = first; c < first + channelsPerGroup; c++) {
          int xAt = (n * channels + c) * xSize;
          int wAt = (c * perGroup + m % perGroup) * kSize;
          for (Run r : runs) {
            double by = w[wAt + r.kernel()];
            for (int j = 0; j < r.count(); j++) {
              sums[r.input() + j * step] += by * x[xAt + r.output() + j];
            }
          }
        }
        int yAt = (n * outputs + m) * ySize;
        for (int i = 0; i < ySize; i++) {
          y.setDouble(yAt + i, sums[i]);
        }
      }
    }
    return List.of(y);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return Conv.countMacs(inputs.get(1), inputs.get(0));
  }
}
