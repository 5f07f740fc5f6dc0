package dev.sardonyx.op.vision;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * The largest element of every bin of regions (ai.onnx MaxRoiPool, newest version 22; Girshick
 * 2015).
 *
 * <p>Data [N, C, H, W], regions [R, 5] as batch entry, x1, y1, x2, y2; result [R, C, height,
 * width]. Corners are scaled and rounded, bins widened to whole elements; an empty bin gives 0.
 */
public record MaxRoiPool(int height, int width, float scale) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("MaxRoiPool", MaxRoiPool::parse);

  private static MaxRoiPool parse(Attributes a) {
    int[] shape = a.getInts("pooled_shape");
    if (shape == null || shape.length != 2 || shape[0] < 1 || shape[1] < 1) {
      throw new ModelException(
          "attribute pooled_shape: expected height and width of 1 and more, got "
              + Arrays.toString(shape));
    }
    return new MaxRoiPool(shape[0], shape[1], a.getFloat("spatial_scale", 1));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Dim regions = c.shape(1).hasRank() ? c.shape(1).dim(0) : c.freshDim();
    Dim channels = c.shape(0).hasRank() ? c.shape(0).dim(1) : c.freshDim();
    return List.of(
        ValueType.tensor(c.dtype(0), Shape.of(regions, channels, Dim.of(height), Dim.of(width))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor regions = c.tensor(1);
    if (x.rank() != 4 || regions.rank() != 2 || regions.dim(1) != 5) {
      throw new ModelException(
          "expected data [N, C, H, W] and regions [R, 5], got "
              + x.describe()
              + " and "
              + regions.describe());
    }
    int channels = x.dim(1);
    Tensor y = Tensor.zeros(x.dtype(), regions.dim(0), channels, height, width);
    int to = 0;
    for (int r = 0; r < regions.dim(0); r++) {
      int batch = (int) regions.getDouble(r * 5);
      if (batch < 0 || batch >= x.dim(0)) {
        throw new ModelException(
            "rois: expected batch entries 0 to " + (x.dim(0) - 1) + ", got " + batch);
      }
      int[][] columns =
          bins(regions.getDouble(r * 5 + 1), regions.getDouble(r * 5 + 3), width, x.dim(3));
      int[][] rows =
          bins(regions.getDouble(r * 5 + 2), regions.getDouble(r * 5 + 4), height, x.dim(2));
      for (int channel = 0; channel < channels; channel++) {
        int image = (batch * channels + channel) * x.dim(2) * x.dim(3);
        for (int[] row : rows) {
          for (int[] column : columns) {
            y.setDouble(to++, largest(x, image, row, column));
          }
        }
      }
    }
    return List.of(y);
  }

  private int[][] bins(double from, double to, int count, int extent) {
    long start = Math.round(from * scale);
    long size = Math.max(1, Math.round(to * scale) - start + 1);
    double bin = size / (double) count;
    int[][] bins = new int[count][];
    for (int i = 0; i < count; i++) {
      double first = Math.floor(i * bin) + start;
      double end = Math.ceil((i + 1) * bin) + start;
      bins[i] =
          new int[] {
            (int) Math.max(0, Math.min(extent, first)), (int) Math.max(0, Math.min(extent, end))
          };
    }
    return bins;
  }

  private static double largest(Tensor x, int image, int[] row, int[] column) {
    if (row[0] >= row[1] || column[0] >= column[1]) {
      return 0;
    }
    double largest = Double.NEGATIVE_INFINITY;
    for (int i = row[0]; i < row[1]; i++) {
      for (int j = column[0]; j < column[1]; j++) {
        largest = Math.max(largest, x.getDouble(image + i * x.dim(3) + j));
      }
    }
    return largest;
  }
}
