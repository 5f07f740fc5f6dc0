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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Samples of the data at given points (ai.onnx GridSample, newest version 22).
 *
 * <p>Data [N, C, D₁, …, D_r], grid [N, O₁, …, O_r, r], result [N, C, O₁, …, O_r]. A point's
 * coordinates run from −1 to 1, the last axis of the data first. Version 16 calls the modes
 * bilinear and bicubic and has r = 2.
 *
 * @param alignCorners whether −1 and 1 are the middles of the outermost elements, not their edges
 */
public record GridSample(Mode mode, Padding padding, boolean alignCorners) implements Operator {
  /** How a value between elements is computed. */
  public enum Mode {
    NEAREST,
    LINEAR,
    CUBIC
  }

  /** What is found outside. */
  public enum Padding {
    ZEROS,
    BORDER,
    REFLECTION
  }

  private static final double CUBIC_A = -0.75;

  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("GridSample", GridSample::parse).since(20, GridSample::upgrade);

  private static GridSample parse(Attributes a) {
    String mode = a.getChoice("mode", "linear", "linear", "nearest", "cubic");
    String padding = a.getChoice("padding_mode", "zeros", "zeros", "border", "reflection");
    return new GridSample(
        Mode.valueOf(mode.toUpperCase(Locale.ROOT)),
        Padding.valueOf(padding.toUpperCase(Locale.ROOT)),
        a.getFlag("align_corners", false));
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    String mode = node.attributes().getString("mode", "bilinear");
    String newMode = mode.startsWith("bi") ? mode.substring(2) : mode;
    Attributes a = node.attributes().with("mode", Attribute.of(newMode));
    return List.of(c.withAttributes(node, a));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Shape grid = c.shape(1);
    if (!x.hasRank() && !grid.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    List<Dim> dims = new ArrayList<>();
    dims.add(x.hasRank() ? x.dim(0) : grid.dim(0));
    dims.add(x.hasRank() ? x.dim(1) : c.freshDim());
    for (int d = 1; d < (grid.hasRank() ? grid.rank() : x.rank()) - 1; d++) {
      dims.add(grid.hasRank() ? grid.dim(d) : c.freshDim());
    }
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor grid = c.tensor(1);
    int rank = x.rank() - 2;
    if (rank < 1 || grid.rank() != x.rank() || grid.dim(-1) != rank) {
      throw new ModelException(
          "expected data [N, C, D...] and grid [N, O..., "
              + rank
              + "], got "
              + x.describe()
              + " and "
              + grid.describe());
    }
    int[] extents = Arrays.copyOfRange(x.shape(), 2, x.rank());
    int[] shape = grid.shape();
    System.arraycopy(shape, 1, shape, 2, rank);
    shape[1] = x.dim(1);
    double[] data = x.toDoubles();
    double[] points = grid.toDoubles();
    int inner = Tensor.sizeOf(extents);
    int count = x.dim(0) == 0 ? 0 : points.length / rank / x.dim(0);
    Tensor y = Tensor.zeros(x.dtype(), shape);
    for (int n = 0; n < x.dim(0); n++) {
      for (int p = 0; p < count; p++) {
        Neighbours[] axes = new Neighbours[rank];
        for (int d = 0; d < rank; d++) {
          axes[d] = along(points[(n * count + p) * rank + rank - 1 - d], extents[d]);
        }
        for (int channel = 0; channel < x.dim(1); channel++) {
          int image = n * x.dim(1) + channel;
          y.setDouble(image * count + p, sum(data, image * inner, inner, extents, axes, 0));
        }
      }
    }
    return List.of(y);
  }

  /** The neighbours along one axis, −1 for one that counts as 0, and their weights. */
  private record Neighbours(int[] at, double[] weights) {}

  private static double sum(
      double[] data, int start, int size, int[] extents, Neighbours[] axes, int axis) {
    if (axis == axes.length) {
      return data[start];
    }
    int stride = size / extents[axis];
    double sum = 0;
    for (int i = 0; i < axes[axis].at.length; i++) {
      if (axes[axis].at[i] >= 0) {
        int next = start + axes[axis].at[i] * stride;
        sum += axes[axis].weights[i] * sum(data, next, stride, extents, axes, axis + 1);
      }
    }
    return sum;
  }

  private Neighbours along(double coordinate, int extent) {
    double low = alignCorners ? 0 : -0.5;
    double high = alignCorners ? extent - 1 : extent - 0.5;
    double x =
        alignCorners ? (coordinate + 1) / 2 * (extent - 1) : ((coordinate + 1) * extent - 1) / 2;
    if (mode == Mode.NEAREST) {
      x = Math.rint(x);
    }
    if (padding == Padding.BORDER) {
      x = Math.max(0, Math.min(extent - 1, x));
    } else if (padding == Padding.REFLECTION) {
      x = reflected(x, low, high);
    }
    double[] weights = weights(x - Math.floor(x));
    long first = (long) Math.floor(x) - (weights.length - 1) / 2;
    int[] at = new int[weights.length];
    for (int i = 0; i < at.length; i++) {
      at[i] = inside(first + i, extent, low, high);
    }
    return new Neighbours(at, weights);
  }

  private double[] weights(double t) {
    return switch (mode) {
      case NEAREST -> new double[] {1};
      case LINEAR -> new double[] {1 - t, t};
      case CUBIC -> new double[] {outer(t + 1), middle(t), middle(1 - t), outer(2 - t)};
    };
  }

  private static double middle(double d) {
    return ((CUBIC_A + 2) * d - (CUBIC_A + 3)) * d * d + 1;
  }

  private static double outer(double d) {
    return ((CUBIC_A * d - 5 * CUBIC_A) * d + 8 * CUBIC_A) * d - 4 * CUBIC_A;
  }

  private int inside(long i, int extent, double low, double high) {
    if (i >= 0 && i < extent) {
      return (int) i;
    }
    return switch (padding) {
      case ZEROS -> -1;
      case BORDER -> i < 0 ? 0 : extent - 1;
      case REFLECTION -> (int) Math.max(0, Math.min(extent - 1, reflected((double) i, low, high)));
    };
  }

  /** {@code x} mirrored at both ends until it lies between them. */
  private static double reflected(double x, double low, double high) {
    double range = high - low;
    if (range <= 0 || Double.isNaN(x)) {
      return low;
    }
    if (x >= low && x <= high) {
      return x;
    }
    double beyond = x < low ? low - x : x - high;
    double times = Math.floor(beyond / range);
    double rest = beyond - times * range;
    boolean fromLow = x < low == (times % 2 == 0);
    return fromLow ? low + rest : high - rest;
  }
}
