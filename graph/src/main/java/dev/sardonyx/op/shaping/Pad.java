package dev.sardonyx.op.shaping;

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
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Extents;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Elements added (or, for negative counts, taken away) at both ends of axes (ai.onnx Pad, newest
 * version 25).
 *
 * <p>Inputs: data; {@code pads} (counts at the beginning of every axis, then at the end); the
 * constant (0 when omitted); the axes (all when omitted). Before version 11 pads and value are
 * attributes ({@code paddings} in version 1).
 */
public record Pad(Mode mode) implements Operator {
  /** What is put outside: for data a b c, to the right: 0 0 0, b a b, c c c, a b c. */
  public enum Mode {
    CONSTANT,
    REFLECT,
    EDGE,
    WRAP;

    /** The position inside an axis of {@code extent} that stands for {@code i}; −1 for none. */
    int source(int i, int extent) {
      if (i >= 0 && i < extent) {
        return i;
      }
      if (this == CONSTANT) {
        return -1;
      }
      if (extent == 0) {
        throw new ModelException(
            "expected a dimension with elements to pad from, got an empty one");
      }
      return switch (this) {
        case EDGE -> i < 0 ? 0 : extent - 1;
        case WRAP -> Math.floorMod(i, extent);
        default -> {
          int period = Math.max(1, 2 * (extent - 1));
          int at = Math.floorMod(i, period);
          yield Math.min(at, period - at) % extent;
        }
      };
    }
  }

  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Pad", Pad::parse).since(11, Pad::upgrade);

  private static Pad parse(Attributes a) {
    String mode = a.getChoice("mode", "constant", "constant", "reflect", "edge", "wrap");
    return new Pad(Mode.valueOf(mode.toUpperCase(Locale.ROOT)));
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    Attributes a = node.attributes();
    long[] pads = a.getLongs(version < 2 ? "paddings" : "pads");
    if (pads == null) {
      throw Attributes.missing(version < 2 ? "paddings" : "pads");
    }
    List<String> inputs = new ArrayList<>(List.of(node.input(0), c.constant(Tensor.vector(pads))));
    float value = a.getFloat("value", 0);
    if (value != 0) {
      DType dtype = c.type(node.input(0)) instanceof TensorType t ? t.dtype() : DType.FLOAT;
      inputs.add(c.constant(Tensor.scalar(value).convert(dtype)));
    }
    Attributes kept = a.without("pads").without("paddings").without("value");
    return List.of(c.node("", "Pad", inputs, node.outputs(), kept).withName(node.name()));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    List<Dim> pads = c.extents(1);
    long[] given = c.hasInput(3) ? Extents.known(c, 3) : null;
    if (pads == null || c.hasInput(3) && given == null) {
      return List.of(ValueType.tensor(c.dtype(0), c.freshShape(x.rank())));
    }
    int[] axes = axes(given, x.rank());
    checkCount(pads.size(), axes);
    List<Dim> dims = new ArrayList<>(x.dims());
    for (int i = 0; i < axes.length; i++) {
      Dim added = pads.get(i).plus(pads.get(axes.length + i));
      dims.set(axes[i], dims.get(axes[i]).plus(added));
    }
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  private static int[] axes(long[] given, int rank) {
    return given == null ? IntStream.range(0, rank).toArray() : Axis.of(given, rank);
  }

  private static void checkCount(int pads, int[] axes) {
    if (pads != 2 * axes.length) {
      throw new ModelException(
          "pads: expected two counts for each of " + axes.length + " axes, got " + pads);
    }
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int[][] sources = sources(x.shape(), c.tensor(1), c.tensorOrNull(3));
    Tensor y =
        Tensor.zeros(x.dtype(), Arrays.stream(sources).mapToInt(axis -> axis.length).toArray());
    Tensor constant = mode == Mode.CONSTANT ? c.tensorOrNull(2) : null;
    if (constant != null && constant.size() > 0) {
      for (int i = 0; i < y.size(); i++) {
        y.copyElement(i, constant, 0);
      }
    }
    Strided.select(y, x, sources);
    return List.of(y);
  }

  /**
   * Where along each axis of the data an output position is taken from; −1 for the constant.
   *
   * @param shape of the data
   * @param padsInput counts at the beginning of every axis, then at the end
   * @param axesInput which axes, null for all
   */
  public int[][] sources(int[] shape, Tensor padsInput, Tensor axesInput) {
    int[] pads = Extents.of(padsInput);
    int[] axes = axes(axesInput == null ? null : axesInput.toLongs(), shape.length);
    checkCount(pads.length, axes);
    int[][] sources = new int[shape.length][];
    for (int d = 0; d < shape.length; d++) {
      sources[d] = IntStream.range(0, shape[d]).toArray();
    }
    for (int i = 0; i < axes.length; i++) {
      int extent = shape[axes[i]];
      int before = pads[i];
      long padded = (long) extent + before + pads[axes.length + i];
      if (padded < 0) {
        throw new ModelException(
            "pads: expected to take away no more than there is, got " + padsInput);
      }
      int[] axis = new int[Math.toIntExact(padded)];
      Arrays.setAll(axis, at -> mode.source(at - before, extent));
      sources[axes[i]] = axis;
    }
    return sources;
  }
}
