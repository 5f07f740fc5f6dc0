package dev.sardonyx.op.reduction;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.LongStream;

/**
 * One number made of all elements along some axes (ai.onnx ReduceSum, newest version 13; ReduceMax
 * and ReduceMin, 20; the others, 18). The axes are the second input.
 *
 * <p>Floats are summed in double; integers in long, where sums and products wrap around, and what
 * is no integer (mean, root, logarithm) is truncated. Of no elements the sums are 0, the product 1,
 * logarithms −∞, the mean NaN, the maximum the type's least value and the minimum its greatest.
 *
 * <p>Up to version 17 (ReduceSum 12) the axes are an attribute.
 *
 * @param keepDims whether reduced dimensions stay, with extent 1
 * @param noopWithEmptyAxes whether no axes means none; else it means all. Reducing over none still
 *     applies the function: ReduceL1 gives {@code |x|}
 */
public record Reduction(Function function, boolean keepDims, boolean noopWithEmptyAxes)
    implements Operator {
  /** What is computed of the elements x. */
  public enum Function {
    SUM("ReduceSum"),
    /** {@code Σx / n}. */
    MEAN("ReduceMean"),
    MAX("ReduceMax"),
    MIN("ReduceMin"),
    PROD("ReduceProd"),
    /** {@code Σ|x|}. */
    L1("ReduceL1"),
    /** {@code √Σx²}. */
    L2("ReduceL2"),
    /** {@code log Σx}. */
    LOG_SUM("ReduceLogSum"),
    /** {@code log Σexp(x)}. */
    LOG_SUM_EXP("ReduceLogSumExp"),
    /** {@code Σx²}. */
    SUM_SQUARE("ReduceSumSquare");

    private final String operator;

    Function(String operator) {
      this.operator = operator;
    }
  }

  /** The definition of the function whose operator has that name. */
  static OperatorDefinition definition(String name) {
    for (Function f : Function.values()) {
      if (f.operator.equals(name)) {
        return OperatorDefinition.of(name, a -> parse(f, a))
            .since(f == Function.SUM ? 13 : 18, Reduction::upgrade);
      }
    }
    throw new IllegalArgumentException("expected the name of a reduction, got " + name);
  }

  private static Reduction parse(Function f, Attributes a) {
    return new Reduction(f, a.getFlag("keepdims", true), a.getFlag("noop_with_empty_axes", false));
  }

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    long[] axes = node.attributes().getLongs("axes");
    Node plain = c.without(node, "axes");
    return List.of(
        axes == null || axes.length == 0
            ? plain
            : plain.withInputs(List.of(node.input(0), c.constant(Tensor.vector(axes)))));
  }

  // ---- inference ----

  @Override
  public List<ValueType> infer(InferenceContext c) {
    tellExtents(c);
    return List.of(ValueType.tensor(c.dtype(0), shape(c)));
  }

  private Shape shape(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return Shape.UNKNOWN;
    }
    if (c.hasInput(1) && c.constant(1) == null) {
      return unknownAxes(c, x);
    }
    boolean[] reduced = reduced(c.constant(1), x.rank());
    List<Dim> dims = new ArrayList<>();
    for (int d = 0; d < x.rank(); d++) {
      if (!reduced[d]) {
        dims.add(x.dim(d));
      } else if (keepDims) {
        dims.add(Dim.ONE);
      }
    }
    return new Shape(dims);
  }

  /** The rank at least, if the number of axes tells it. */
  private Shape unknownAxes(InferenceContext c, Shape x) {
    if (keepDims) {
      return c.freshShape(x.rank());
    }
    Shape axes = c.shape(1);
    boolean counted = axes.hasRank() && axes.rank() == 1 && axes.dim(0).isKnown();
    long count = counted ? axes.dim(0).value() : 0;
    return count > 0 && count <= x.rank() ? c.freshShape((int) (x.rank() - count)) : Shape.UNKNOWN;
  }

  /** Which dimensions are reduced; {@code axes} is null when omitted. */
  private boolean[] reduced(Tensor axes, int rank) {
    boolean[] reduced = new boolean[rank];
    if (axes == null || axes.size() == 0) {
      Arrays.fill(reduced, !noopWithEmptyAxes);
    } else {
      for (int axis : Axis.of(axes.toLongs(), rank)) {
        reduced[axis] = true;
      }
    }
    return reduced;
  }

  /** Follows shape arithmetic such as the product of all extents. */
  private void tellExtents(InferenceContext c) {
    List<Dim> x = c.extents(0);
    boolean vector = x != null && c.shape(0).hasRank() && c.shape(0).rank() == 1 && !x.isEmpty();
    boolean allAxes = !c.hasInput(1) && !noopWithEmptyAxes || c.constant(1) != null;
    if (!vector || !allAxes || !reduced(c.constant(1), 1)[0]) {
      return;
    }
    BinaryOperator<Dim> fold =
        switch (function) {
          case SUM -> Dim::plus;
          case PROD -> Dim::times;
          case MAX -> Dim::max;
          case MIN -> Dim::min;
          default -> null;
        };
    if (fold != null) {
      c.setExtents(0, List.of(x.stream().reduce(fold).orElseThrow()));
    }
  }

  // ---- evaluation ----

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    boolean[] reduced = reduced(c.tensorOrNull(1), x.rank());
    int[] ones = x.shape();
    List<Integer> kept = new ArrayList<>();
    for (int d = 0; d < ones.length; d++) {
      if (!reduced[d]) {
        kept.add(ones[d]);
      } else {
        ones[d] = 1;
      }
    }
    Tensor y = Tensor.zeros(x.dtype(), ones);
    int[] to = targets(x.shape(), reduced, ones);
    int count = y.size() == 0 ? 0 : x.size() / y.size();
    if (x.dtype().isFloating()) {
      double[][] rows = new double[y.size()][count];
      int[] filled = new int[y.size()];
      for (int i = 0; i < to.length; i++) {
        rows[to[i]][filled[to[i]]++] = x.getDouble(i);
      }
      for (int i = 0; i < rows.length; i++) {
        y.setDouble(i, reduce(rows[i]));
      }
    } else {
      long[][] rows = new long[y.size()][count];
      int[] filled = new int[y.size()];
      for (int i = 0; i < to.length; i++) {
        rows[to[i]][filled[to[i]]++] = x.getLong(i);
      }
      for (int i = 0; i < rows.length; i++) {
        y.setLong(i, reduce(rows[i], x.dtype()));
      }
    }
    return List.of(keepDims ? y : y.reshape(kept.stream().mapToInt(Integer::intValue).toArray()));
  }

  /** For every element of the input in row-major order the position of its result. */
  private static int[] targets(int[] shape, boolean[] reduced, int[] ones) {
    int[] strides = Tensor.strides(shape);
    int[] outStrides = Tensor.strides(ones);
    int[] to = new int[Tensor.sizeOf(shape)];
    for (int i = 0; i < to.length; i++) {
      for (int d = 0; d < shape.length; d++) {
        to[i] += reduced[d] ? 0 : i / strides[d] % shape[d] * outStrides[d];
      }
    }
    return to;
  }

  private double reduce(double[] x) {
    DoubleStream s = Arrays.stream(x);
    return switch (function) {
      case SUM -> s.sum();
      case MEAN -> s.sum() / x.length;
      case MAX -> s.max().orElse(Double.NEGATIVE_INFINITY);
      case MIN -> s.min().orElse(Double.POSITIVE_INFINITY);
      case PROD -> s.reduce(1, (a, b) -> a * b);
      case L1 -> s.map(Math::abs).sum();
      case L2 -> Math.sqrt(s.map(v -> v * v).sum());
      case LOG_SUM -> Math.log(s.sum());
      case LOG_SUM_EXP -> logSumExp(x);
      case SUM_SQUARE -> s.map(v -> v * v).sum();
    };
  }

  /** {@code m + log Σexp(x − m)} for the largest m, which does not overflow. */
  private static double logSumExp(double[] x) {
    double m = Arrays.stream(x).max().orElse(Double.NEGATIVE_INFINITY);
    return Double.isInfinite(m)
        ? m
        : m + Math.log(Arrays.stream(x).map(v -> Math.exp(v - m)).sum());
  }

  private long reduce(long[] x, DType dtype) {
    LongStream s = Arrays.stream(x);
    boolean signed = dtype.isSigned();
    // Flipping the highest bit makes the order of unsigned numbers that of signed ones.
    long flip = signed ? 0 : Long.MIN_VALUE;
    return switch (function) {
      case SUM -> s.sum();
      case MEAN -> mean(s.sum(), x.length, signed);
      case MAX -> s.map(v -> v ^ flip).max().orElse(least(dtype) ^ flip) ^ flip;
      case MIN -> s.map(v -> v ^ flip).min().orElse(~least(dtype) ^ flip) ^ flip;
      case PROD -> s.reduce(1, (a, b) -> a * b);
      case L1 -> s.map(v -> signed ? Math.abs(v) : v).sum();
      case L2 -> (long) Math.sqrt(s.asDoubleStream().map(v -> v * v).sum());
      case LOG_SUM -> (long) Math.log(s.asDoubleStream().sum());
      case LOG_SUM_EXP -> (long) logSumExp(s.asDoubleStream().toArray());
      case SUM_SQUARE -> s.map(v -> v * v).sum();
    };
  }

  private static long mean(long sum, int count, boolean signed) {
    return count == 0 ? 0 : signed ? sum / count : Long.divideUnsigned(sum, count);
  }

  /** The least number of an integer type; its complement is the greatest. */
  private static long least(DType dtype) {
    return dtype.isSigned() ? -1L << (dtype.bits() - 1) : 0;
  }
}
