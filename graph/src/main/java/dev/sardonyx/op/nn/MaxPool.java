package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.op.nn.Window.Run;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * The maximum of every window of every channel (ai.onnx MaxPool, newest version 22): X [N, C, D1,
 * …] → Y [N, C, O1, …]; padding never wins, NaN does.
 *
 * <p>The second output, if wanted, holds the position of each maximum (the first of equal ones) in
 * the flattened X; with {@code columnMajor} (storage_order 1) the spatial dimensions count with the
 * first one fastest. Versions below 10 have no dilations and no ceil mode, version 1 no indices.
 */
public record MaxPool(Window window, boolean columnMajor) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("MaxPool", MaxPool::parse);

  private static MaxPool parse(Attributes a) {
    return new MaxPool(Window.parsePool(a), a.getFlag("storage_order", false));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape y = window.poolShape(c.shape(0), c::freshDim);
    return List.of(ValueType.tensor(c.dtype(0), y), ValueType.tensor(DType.INT64, y));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Geometry geometry = window.over(Window.spatial(x.shape()));
    List<Run> runs = geometry.runs();
    int step = geometry.runStep();
    double[] in = x.toDoubles();
    int xSize = geometry.inputSize();
    int ySize = geometry.outputSize();
    double[] best = new double[ySize];
    int[] where = new int[ySize];
    int[] shape = Window.shape(x.dim(0), x.dim(1), geometry.output());
    Tensor y = Tensor.zeros(x.dtype(), shape);
    Tensor indices = c.hasOutput(1) ? Tensor.zeros(DType.INT64, shape) : null;
    for (int channel = 0; channel < x.dim(0) * x.dim(1); channel++) {
      Arrays.fill(best, Double.NEGATIVE_INFINITY);
      Arrays.fill(where, -1);
      for (Run r : runs) {
        for (int j = 0; j < r.count(); j++) {
          int at = r.input() + j * step;
          double v = in[channel * xSize + at];
          int o = r.output() + j;
          boolean wins = v > best[o] || Double.isNaN(v) && !Double.isNaN(best[o]);
          if (wins || where[o] < 0) {
            best[o] = v;
            where[o] = at;
          }
        }
      }
      for (int o = 0; o < ySize; o++) {
        y.setDouble(channel * ySize + o, best[o]);
        if (indices != null) {
          int at = columnMajor ? columnMajor(where[o], geometry.input()) : where[o];
          indices.setLong(channel * ySize + o, channel * (long) xSize + at);
        }
      }
    }
    return Arrays.asList(y, indices);
  }

  private static int columnMajor(int at, int... extents) {
    int[] index = Geometry.position(at, extents);
    int flat = 0;
    for (int d = extents.length - 1; d >= 0; d--) {
      flat = flat * extents[d] + index[d];
    }
    return flat;
  }
}
