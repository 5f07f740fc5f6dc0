package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.op.nn.Window.Run;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * The mean of every window of every channel (ai.onnx AveragePool, newest version 22): X [N, C, D1,
 * …] → Y [N, C, O1, …].
 *
 * <p>The sum is divided by the number of kernel positions inside the input, or inside the padded
 * input when {@code countIncludePad}; what reaches beyond the end padding (ceil mode) never counts.
 * Version 1 has no {@code count_include_pad}, versions below 19 no dilations.
 */
public record AveragePool(Window window, boolean countIncludePad) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("AveragePool", AveragePool::parse);

  private static AveragePool parse(Attributes a) {
    return new AveragePool(Window.parsePool(a), a.getFlag("count_include_pad", false));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(ValueType.tensor(c.dtype(0), window.poolShape(c.shape(0), c::freshDim)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Geometry geometry = window.over(Window.spatial(x.shape()));
    List<Run> runs = geometry.runs();
    int step = geometry.runStep();
    double[] in = x.toDoubles();
    int[] counts = countIncludePad ? paddedCounts(geometry) : counts(geometry);
    int xSize = geometry.inputSize();
    double[] sums = new double[geometry.outputSize()];
    Tensor y = Tensor.zeros(x.dtype(), Window.shape(x.dim(0), x.dim(1), geometry.output()));
    for (int channel = 0; channel < x.dim(0) * x.dim(1); channel++) {
      Arrays.fill(sums, 0);
      for (Run r : runs) {
        int at = channel * xSize + r.input();
        for (int j = 0; j < r.count(); j++) {
          sums[r.output() + j] += in[at + j * step];
        }
      }
      for (int i = 0; i < sums.length; i++) {
        y.setDouble(channel * sums.length + i, sums[i] / counts[i]);
      }
    }
    return List.of(y);
  }

  /** For every output position the number of kernel positions inside the input. */
  private static int[] counts(Geometry geometry) {
    int[] counts = new int[geometry.outputSize()];
    for (Run r : geometry.runs()) {
      for (int j = 0; j < r.count(); j++) {
        counts[r.output() + j]++;
      }
    }
    return counts;
  }

  /** The same inside the padded input: that of an input which is as large and has no pads. */
  private static int[] paddedCounts(Geometry g) {
    int[] padded = g.input().clone();
    for (int i = 0; i < padded.length; i++) {
      padded[i] += g.pads()[i] + g.pads()[padded.length + i];
    }
    int[] none = new int[g.pads().length];
    return counts(new Geometry(padded, g.output(), g.kernel(), g.strides(), g.dilations(), none));
  }
}
