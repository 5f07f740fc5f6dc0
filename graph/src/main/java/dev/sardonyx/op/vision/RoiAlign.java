package dev.sardonyx.op.vision;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Regions of a feature map, each averaged into a grid of bins without rounding (ai.onnx RoiAlign,
 * newest version 22; He et al. 2017).
 *
 * <p>Data [N, C, H, W], regions [R, 4] as x1, y1, x2, y2, their batch entries [R]; result [R, C,
 * height, width]. Every bin is sampled bilinearly at {@code samplingRatio}² points (as many as
 * elements, rounded up, when 0), of which the mean or the largest is taken. Version 10 has no
 * halfPixel.
 *
 * @param max whether the largest is taken; it is the largest of the weighted neighbours
 * @param halfPixel whether coordinates are shifted by half an element
 */
public record RoiAlign(
    int height, int width, int samplingRatio, float scale, boolean max, boolean halfPixel)
    implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("RoiAlign", RoiAlign::parse).since(16, RoiAlign::upgrade);

  private static final String MODE = "coordinate_transformation_mode";

  private static RoiAlign parse(Attributes a) {
    return new RoiAlign(
        a.getInt("output_height", 1),
        a.getInt("output_width", 1),
        a.getInt("sampling_ratio", 0),
        a.getFloat("spatial_scale", 1),
        a.getChoice("mode", "avg", "avg", "max").equals("max"),
        a.getChoice(MODE, "half_pixel", "half_pixel", "output_half_pixel").equals("half_pixel"));
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    Attributes a = node.attributes().with(MODE, Attribute.of("output_half_pixel"));
    return List.of(c.withAttributes(node, a));
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
    if (x.rank() != 4 || regions.rank() != 2 || regions.dim(1) != 4) {
      throw new ModelException(
          "expected data [N, C, H, W] and regions [R, 4], got "
              + x.describe()
              + " and "
              + regions.describe());
    }
    int channels = x.dim(1);
    int image = x.dim(2) * x.dim(3);
    double[] data = x.toDoubles();
    Tensor y = Tensor.zeros(x.dtype(), regions.dim(0), channels, height, width);
    int to = 0;
    for (int r = 0; r < regions.dim(0); r++) {
      int batch = Math.toIntExact(c.tensor(2).getLong(r));
      if (batch < 0 || batch >= x.dim(0)) {
        throw new ModelException(
            "batch_indices: expected 0 to " + (x.dim(0) - 1) + ", got " + batch);
      }
      Span rows = span(regions.getDouble(r * 4 + 1), regions.getDouble(r * 4 + 3), height);
      Span columns = span(regions.getDouble(r * 4), regions.getDouble(r * 4 + 2), width);
      for (int channel = 0; channel < channels; channel++) {
        int start = (batch * channels + channel) * image;
        for (int i = 0; i < height; i++) {
          for (int j = 0; j < width; j++) {
            y.setDouble(to++, bin(data, start, x.dim(2), x.dim(3), rows, i, columns, j));
          }
        }
      }
    }
    return List.of(y);
  }

  /** One axis of a region: where it starts, the size of a bin, samples per bin. */
  private record Span(double start, double bin, int samples) {
    double at(int i, int sample) {
      return start + i * bin + (sample + 0.5) * bin / samples;
    }
  }

  private Span span(double from, double to, int bins) {
    double offset = halfPixel ? 0.5 : 0;
    double start = from * scale - offset;
    double extent = to * scale - offset - start;
    if (!halfPixel) {
      extent = Math.max(extent, 1);
    }
    int samples = samplingRatio > 0 ? samplingRatio : (int) Math.ceil(extent / bins);
    return new Span(start, extent / bins, samples);
  }

  private double bin(
      double[] data, int start, int h, int w, Span rows, int i, Span columns, int j) {
    double sum = 0;
    double largest = Double.NEGATIVE_INFINITY;
    for (int a = 0; a < rows.samples; a++) {
      for (int b = 0; b < columns.samples; b++) {
        double[] parts = neighbours(data, start, h, w, rows.at(i, a), columns.at(j, b));
        for (double part : parts) {
          sum += part;
          largest = Math.max(largest, part);
        }
      }
    }
    int count = rows.samples * columns.samples;
    if (count <= 0) {
      return 0;
    }
    return max ? largest : sum / count;
  }

  /** The four neighbours times their bilinear weights; zeros for a point outside. */
  private static double[] neighbours(double[] data, int start, int h, int w, double y, double x) {
    if (!(y >= -1 && y <= h && x >= -1 && x <= w)) {
      return new double[4];
    }
    double row = Math.max(0, Math.min(h - 1, y));
    double column = Math.max(0, Math.min(w - 1, x));
    int top = (int) row;
    int left = (int) column;
    int bottom = Math.min(h - 1, top + 1);
    int right = Math.min(w - 1, left + 1);
    double down = row - top;
    double along = column - left;
    return new double[] {
      (1 - down) * (1 - along) * data[start + top * w + left],
      (1 - down) * along * data[start + top * w + right],
      down * (1 - along) * data[start + bottom * w + left],
      down * along * data[start + bottom * w + right]
    };
  }
}
