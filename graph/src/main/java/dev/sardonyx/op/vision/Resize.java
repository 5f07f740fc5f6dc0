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
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Extents;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * Sampling at another resolution (ai.onnx Resize, newest version 19), axis by axis.
 *
 * <p>Inputs: data, region of interest (only for tf_crop_and_resize), scales, sizes; one of the last
 * two is given. An output position x is brought to an input position by the coordinate
 * transformation; the value there is that of the nearest neighbour, or a sum over the 2 (linear) or
 * 4 (cubic, Keys 1981) neighbours, more of them when a smaller result is antialiased.
 *
 * <p>Upsample (1 to 9) and Resize-10 are Resize with asymmetric coordinates; before version 13
 * there was tf_half_pixel_for_nn, which is half_pixel with another rounding.
 *
 * @param axes what the inputs speak of; null for all axes
 */
public record Resize(
    Mode mode,
    Coordinates coordinates,
    Rounding rounding,
    Aspect aspect,
    double cubicA,
    boolean excludeOutside,
    boolean antialias,
    double extrapolation,
    List<Integer> axes)
    implements Operator {
  /** How a value between elements is computed. */
  public enum Mode {
    NEAREST,
    LINEAR,
    CUBIC
  }

  /**
   * How positions of the output are brought to the input ({@code coordinate_transformation_mode}).
   */
  public enum Coordinates {
    HALF_PIXEL,
    HALF_PIXEL_SYMMETRIC,
    PYTORCH_HALF_PIXEL,
    ALIGN_CORNERS,
    ASYMMETRIC,
    TF_CROP_AND_RESIZE
  }

  /** Which neighbour is the nearest ({@code nearest_mode}). */
  public enum Rounding {
    ROUND_PREFER_FLOOR,
    ROUND_PREFER_CEIL,
    FLOOR,
    CEIL
  }

  /** What the sizes mean ({@code keep_aspect_ratio_policy}). */
  public enum Aspect {
    STRETCH,
    NOT_LARGER,
    NOT_SMALLER
  }

  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Resize", Resize::parse).since(13, Resize::upgrade);

  /** Upsample, of which opset 9 is the last version. */
  public static final OperatorDefinition UPSAMPLE =
      OperatorDefinition.of("Upsample", Resize::parse).since(10, Resize::upgradeUpsample);

  private static Resize parse(Attributes a) {
    int[] axes = a.getInts("axes");
    return new Resize(
        choice(Mode.class, a, "mode", "nearest"),
        choice(Coordinates.class, a, "coordinate_transformation_mode", "half_pixel"),
        choice(Rounding.class, a, "nearest_mode", "round_prefer_floor"),
        choice(Aspect.class, a, "keep_aspect_ratio_policy", "stretch"),
        a.getFloat("cubic_coeff_a", -0.75f),
        a.getFlag("exclude_outside", false),
        a.getFlag("antialias", false),
        a.getFloat("extrapolation_value", 0),
        axes == null ? null : Arrays.stream(axes).boxed().toList());
  }

  private static <E extends Enum<E>> E choice(
      Class<E> type, Attributes a, String name, String otherwise) {
    String[] allowed =
        Arrays.stream(type.getEnumConstants())
            .map(e -> e.name().toLowerCase(Locale.ROOT))
            .toArray(String[]::new);
    String chosen = a.getChoice(name, otherwise, allowed);
    return Enum.valueOf(type, chosen.toUpperCase(Locale.ROOT));
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    if (version < 11) {
      return List.of(asymmetric(node, node.input(1), c));
    }
    Attributes a = node.attributes();
    if (!a.getString("coordinate_transformation_mode", "").equals("tf_half_pixel_for_nn")) {
      return List.of(node);
    }
    // Its positions are (x + 0.5) / scale, that is half_pixel + 0.5: floor of it rounds half_pixel,
    // and rounding it, which takes 0.5 away again, is the ceiling of half_pixel.
    String rounding = a.getString("nearest_mode", "round_prefer_floor");
    if (!rounding.equals("floor") && !rounding.equals("round_prefer_floor")) {
      throw new ModelException(
          "attribute coordinate_transformation_mode: tf_half_pixel_for_nn is supported with"
              + " nearest_mode floor or round_prefer_floor, got "
              + rounding);
    }
    return List.of(
        c.withAttributes(
            node,
            a.with("coordinate_transformation_mode", Attribute.of("half_pixel"))
                .with(
                    "nearest_mode",
                    Attribute.of(rounding.equals("floor") ? "round_prefer_ceil" : "ceil"))));
  }

  private static List<Node> upgradeUpsample(Node node, int version, UpgradeContext c) {
    Attributes a = node.attributes();
    float[] scales = a.getFloats("scales");
    if (version < 7) {
      scales = new float[] {1, 1, a.getFloat("height_scale", 1), a.getFloat("width_scale", 1)};
    }
    String input = node.input(1);
    if (scales != null) {
      input = c.constant(Tensor.of(scales, scales.length));
    }
    return List.of(asymmetric(node, input, c));
  }

  /** The first versions knew one transformation, and rounded up when the result was smaller. */
  private static Node asymmetric(Node node, String scales, UpgradeContext c) {
    String mode = node.attributes().getString("mode", "nearest");
    Tensor known = c.constantValue(scales);
    boolean smaller = known != null && known.size() > 0;
    boolean shrinks = false;
    for (int i = 0; smaller && i < known.size(); i++) {
      shrinks |= known.getFloat(i) < 1;
      smaller = known.getFloat(i) <= 1;
    }
    Attributes a =
        Attributes.NONE
            .with("mode", Attribute.of(mode.endsWith("linear") ? "linear" : mode))
            .with("coordinate_transformation_mode", Attribute.of("asymmetric"))
            .with("nearest_mode", Attribute.of(smaller && shrinks ? "ceil" : "floor"));
    return c.node("", "Resize", List.of(node.input(0), "", scales), node.outputs(), a)
        .withName(node.name());
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    Tensor scales = c.constant(2);
    List<Dim> sizes = c.extents(3);
    boolean known = scales != null && scales.size() > 0 || sizes != null && !sizes.isEmpty();
    if (!known) {
      return List.of(ValueType.tensor(c.dtype(0), c.freshShape(x.rank())));
    }
    boolean exact =
        x.isStatic() && (scales != null && scales.size() > 0 || Extents.known(c, 3) != null);
    if (exact) {
      long[] asked = scales != null && scales.size() > 0 ? null : Extents.known(c, 3);
      List<Sampling> samplings = samplings(x.toArray(), scales, asked, null);
      return List.of(
          ValueType.tensor(
              c.dtype(0), new Shape(samplings.stream().map(s -> Dim.of(s.to)).toList())));
    }
    int[] which = axes(x.rank());
    List<Dim> dims = new ArrayList<>(x.dims());
    for (int i = 0; i < which.length; i++) {
      Dim d = dims.get(which[i]);
      if (scales != null && scales.size() > 0) {
        float scale = scales.getFloat(i);
        boolean whole = scale == (int) scale;
        dims.set(which[i], whole ? d.times((int) scale) : c.freshDim());
      } else {
        dims.set(which[i], aspect == Aspect.STRETCH ? sizes.get(i) : c.freshDim());
      }
    }
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  private int[] axes(int rank) {
    if (axes == null) {
      return IntStream.range(0, rank).toArray();
    }
    return Axis.of(axes.stream().mapToLong(Integer::longValue).toArray(), rank);
  }

  /** What happens along every axis: from and to extents, scale, region. */
  private List<Sampling> samplings(int[] shape, Tensor scales, long[] sizes, Tensor roi) {
    int[] which = axes(shape.length);
    int given = sizes == null ? scales.size() : sizes.length;
    if (given != which.length) {
      throw new ModelException(
          "expected a scale or size for each of " + which.length + " axes, got " + given);
    }
    double common = 0;
    for (int i = 0; sizes != null && i < which.length; i++) {
      double scale = sizes[i] / (double) shape[which[i]];
      boolean better = aspect == Aspect.NOT_LARGER ? scale < common : scale > common;
      common = i == 0 || better ? scale : common;
    }
    List<Sampling> out = new ArrayList<>();
    for (int extent : shape) {
      out.add(new Sampling(extent, extent, 1, 0, 1));
    }
    for (int i = 0; i < which.length; i++) {
      int from = shape[which[i]];
      double scale = sizes == null ? scales.getFloat(i) : sizes[i] / (double) from;
      long to = sizes == null ? (long) Math.floor(scales.getFloat(i) * from) : sizes[i];
      if (sizes != null && aspect != Aspect.STRETCH) {
        scale = common;
        to = (long) Math.floor(common * from + 0.5);
      }
      boolean region = roi != null && roi.size() == 2 * which.length;
      double start = region ? roi.getDouble(i) : 0;
      double end = region ? roi.getDouble(which.length + i) : 1;
      out.set(which[i], new Sampling(from, Math.toIntExact(to), scale, start, end));
    }
    return out;
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor scales = c.tensorOrNull(2);
    boolean byScales = scales != null && scales.size() > 0;
    if (!byScales && !c.hasInput(3)) {
      throw new ModelException("expected scales or sizes, got neither");
    }
    long[] sizes = byScales ? null : c.tensor(3).toLongs();
    Tensor roi = coordinates == Coordinates.TF_CROP_AND_RESIZE ? c.tensorOrNull(1) : null;
    List<Sampling> samplings = samplings(x.shape(), scales, sizes, roi);
    return List.of(mode == Mode.NEAREST ? nearest(x, samplings) : interpolated(x, samplings));
  }

  private Tensor nearest(Tensor x, List<Sampling> samplings) {
    int[] shape = samplings.stream().mapToInt(Sampling::to).toArray();
    Tensor y = Tensor.zeros(x.dtype(), shape);
    int[][] sources = nearest(samplings);
    if (coordinates == Coordinates.TF_CROP_AND_RESIZE && extrapolation != 0) {
      for (int i = 0; i < y.size(); i++) {
        y.setDouble(i, extrapolation);
      }
    }
    Strided.select(y, x, sources);
    return y;
  }

  private int[][] nearest(List<Sampling> samplings) {
    int[][] sources = new int[samplings.size()][];
    for (int d = 0; d < sources.length; d++) {
      Sampling s = samplings.get(d);
      sources[d] = new int[s.to];
      for (int i = 0; i < s.to; i++) {
        double at = s.position(i, coordinates);
        sources[d][i] = Double.isNaN(at) ? -1 : s.inside(round(at));
      }
    }
    return sources;
  }

  /**
   * The nearest neighbour of every output position, axis by axis. Not for tf_crop_and_resize.
   *
   * @param shape of the data
   * @param scales null or empty if sizes are given
   * @param sizes null if scales are given
   */
  public int[][] nearest(int[] shape, Tensor scales, Tensor sizes) {
    boolean byScales = scales != null && scales.size() > 0;
    return nearest(samplings(shape, scales, byScales ? null : sizes.toLongs(), null));
  }

  private long round(double at) {
    return (long)
        switch (rounding) {
          case FLOOR -> Math.floor(at);
          case CEIL -> Math.ceil(at);
          case ROUND_PREFER_FLOOR -> Math.ceil(at - 0.5);
          case ROUND_PREFER_CEIL -> Math.floor(at + 0.5);
        };
  }

  private Tensor interpolated(Tensor x, List<Sampling> samplings) {
    double[] data = x.toDoubles();
    int[] shape = x.shape();
    for (int d = 0; d < shape.length; d++) {
      Sampling s = samplings.get(d);
      if (s.changes()) {
        int outer = Tensor.sizeOf(Arrays.copyOf(shape, d));
        int inner = Tensor.sizeOf(Arrays.copyOfRange(shape, d + 1, shape.length));
        shape[d] = s.to;
        Tensor.sizeOf(shape);
        data = alongAxis(data, outer, inner, s);
      }
    }
    Tensor y = Tensor.zeros(x.dtype(), shape);
    for (int i = 0; i < data.length; i++) {
      y.setDouble(i, data[i]);
    }
    return y;
  }

  private double[] alongAxis(double[] x, int outer, int inner, Sampling s) {
    double[] y = new double[outer * s.to * inner];
    for (int i = 0; i < s.to; i++) {
      double at = s.position(i, coordinates);
      boolean outside = Double.isNaN(at);
      double[] weights = outside ? new double[0] : weightsAt(at, s);
      long first = first(at, weights);
      for (int o = 0; o < outer; o++) {
        int to = (o * s.to + i) * inner;
        if (outside) {
          Arrays.fill(y, to, to + inner, extrapolation);
        }
        for (int k = 0; k < weights.length; k++) {
          int from = (o * s.from + s.inside(first + k)) * inner;
          for (int j = 0; j < inner; j++) {
            y[to + j] += weights[k] * x[from + j];
          }
        }
      }
    }
    return y;
  }

  /**
   * How elements along an axis become those of the output: element i is the sum, over k below
   * {@code taps}, of weight {@code i · taps + k} times the element at source {@code i · taps + k}.
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Interpolation(int from, int to, int taps, int[] sources, float[] weights) {}

  /**
   * The interpolation along every axis, null for those that do not change. Not for nearest nor for
   * tf_crop_and_resize.
   *
   * @param shape of the data
   * @param scales null or empty if sizes are given
   * @param sizes null if scales are given
   */
  public List<Interpolation> interpolations(int[] shape, Tensor scales, Tensor sizes) {
    boolean byScales = scales != null && scales.size() > 0;
    List<Interpolation> all = new ArrayList<>();
    for (Sampling s : samplings(shape, scales, byScales ? null : sizes.toLongs(), null)) {
      all.add(s.changes() ? interpolation(s) : null);
    }
    return all;
  }

  private Interpolation interpolation(Sampling s) {
    int taps = weights(1, s.scale).length;
    int[] sources = new int[s.to * taps];
    float[] all = new float[s.to * taps];
    for (int i = 0; i < s.to; i++) {
      double at = s.position(i, coordinates);
      double[] weights = weightsAt(at, s);
      for (int k = 0; k < taps; k++) {
        sources[i * taps + k] = s.inside(first(at, weights) + k);
        all[i * taps + k] = (float) weights[k];
      }
    }
    return new Interpolation(s.from, s.to, taps, sources, all);
  }

  /** The weights of the neighbours of a position. */
  private double[] weightsAt(double at, Sampling s) {
    double[] weights = weights(at == Math.floor(at) ? 1 : at - Math.floor(at), s.scale);
    normalize(weights, first(at, weights), s.from);
    return weights;
  }

  /** The first of the neighbours of a position. */
  private static long first(double at, double[] weights) {
    return (long) Math.ceil(at) - weights.length / 2;
  }

  /**
   * The weights of the neighbours, an even number.
   *
   * @param ratio distance to the left one of the middle two, in (0, 1]
   */
  private double[] weights(double ratio, double scale) {
    double shrink = antialias ? Math.min(scale, 1) : 1;
    int reach = mode == Mode.LINEAR ? 1 : 2;
    int start = (int) Math.floor(-reach / shrink) + 1;
    double[] weights = new double[2 - 2 * start];
    for (int i = 0; i < weights.length; i++) {
      double distance = Math.abs((start + i - ratio) * shrink);
      weights[i] = mode == Mode.LINEAR ? Math.max(0, 1 - distance) : cubic(distance);
    }
    return weights;
  }

  private double cubic(double d) {
    if (d <= 1) {
      return ((cubicA + 2) * d - (cubicA + 3)) * d * d + 1;
    }
    return d < 2 ? ((cubicA * d - 5 * cubicA) * d + 8 * cubicA) * d - 4 * cubicA : 0;
  }

  private void normalize(double[] weights, long first, int extent) {
    double sum = 0;
    for (int k = 0; k < weights.length; k++) {
      if (excludeOutside && (first + k < 0 || first + k >= extent)) {
        weights[k] = 0;
      }
      sum += weights[k];
    }
    for (int k = 0; k < weights.length; k++) {
      weights[k] /= sum;
    }
  }

  /**
   * One axis: its extents, {@code scale} = to / from before rounding, and the region of interest in
   * parts of the extent.
   */
  private record Sampling(int from, int to, double scale, double start, double end) {
    boolean changes() {
      return from != to || scale != 1 || start != 0 || end != 1;
    }

    /** Where output position x lies in the input; NaN for outside the input of a crop. */
    double position(int x, Coordinates coordinates) {
      double exactTo = scale * from;
      return switch (coordinates) {
        case HALF_PIXEL -> (x + 0.5) / scale - 0.5;
        case HALF_PIXEL_SYMMETRIC -> from / 2.0 * (1 - to / exactTo) + (x + 0.5) / scale - 0.5;
        case PYTORCH_HALF_PIXEL -> exactTo == 1 ? -0.5 : (x + 0.5) / scale - 0.5;
        case ALIGN_CORNERS -> exactTo == 1 ? 0 : x * (from - 1) / (exactTo - 1);
        case ASYMMETRIC -> x / scale;
        case TF_CROP_AND_RESIZE -> {
          double at =
              start * (from - 1)
                  + (exactTo == 1
                      ? (end - start) * (from - 1) / 2
                      : x * (end - start) * (from - 1) / (exactTo - 1));
          yield at < 0 || at > from - 1 ? Double.NaN : at;
        }
      };
    }

    int inside(long i) {
      return (int) Math.max(0, Math.min(from - 1, i));
    }
  }
}
