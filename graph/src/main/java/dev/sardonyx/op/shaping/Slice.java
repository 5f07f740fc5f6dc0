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
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Extents;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Elements {@code start, start + step, …} before {@code end} along some axes, as in numpy (ai.onnx
 * Slice, newest version 13): inputs data, starts, ends, axes (all from the first on when omitted),
 * steps (1 when omitted). Negative positions count from the end; what lies outside is clamped.
 * Before version 10 starts, ends and axes are attributes.
 */
public record Slice() implements Operator {
  /** Positions beyond this mean "to the end" whatever the extent is. */
  private static final long FAR = Integer.MAX_VALUE;

  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Slice", a -> new Slice()).since(10, Slice::upgrade);

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    long[] starts = node.attributes().getLongs("starts");
    long[] ends = node.attributes().getLongs("ends");
    long[] axes = node.attributes().getLongs("axes");
    if (starts == null || ends == null) {
      throw Attributes.missing(starts == null ? "starts" : "ends");
    }
    List<String> inputs = new ArrayList<>();
    inputs.add(node.input(0));
    inputs.add(c.constant(Tensor.vector(starts)));
    inputs.add(c.constant(Tensor.vector(ends)));
    if (axes != null) {
      inputs.add(c.constant(Tensor.vector(axes)));
    }
    return List.of(
        c.node("", "Slice", inputs, node.outputs(), Attributes.NONE).withName(node.name()));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    List<Dim> starts = c.extents(1);
    List<Dim> ends = c.extents(2);
    long[] steps = c.hasInput(4) ? Extents.known(c, 4) : null;
    boolean stepsKnown = !c.hasInput(4) || steps != null;
    int count = Math.max(Extents.count(c, 1), Extents.count(c, 2));
    long[] axes = c.hasInput(3) ? Extents.known(c, 3) : firstAxes(count);
    if (axes == null) {
      return List.of(ValueType.tensor(c.dtype(0), c.freshShape(x.rank())));
    }
    List<Dim> dims = new ArrayList<>(x.dims());
    for (int i = 0; i < axes.length; i++) {
      int axis = Axis.of(axes[i], x.rank());
      boolean known = starts != null && ends != null && stepsKnown;
      long step = steps == null ? 1 : steps[i];
      dims.set(
          axis, known ? extent(x.dim(axis), starts.get(i), ends.get(i), step, c) : c.freshDim());
    }
    Shape y = new Shape(dims);
    if (x.rank() == 1 && c.extents(0) != null && axes.length == 1 && stepsKnown) {
      followContent(c, starts, ends, steps == null ? 1 : steps[0]);
    }
    return List.of(ValueType.tensor(c.dtype(0), y));
  }

  private static long[] firstAxes(int count) {
    return count < 0 ? null : IntStream.range(0, count).asLongStream().toArray();
  }

  /** Symbolic extents are taken to be 1 or more, and starts to lie inside. */
  private static Dim extent(Dim extent, Dim start, Dim end, long step, InferenceContext c) {
    if (extent.isKnown() && start.isKnown() && end.isKnown()) {
      return Dim.of(Cut.of(start.value(), end.value(), step, extent.value()).count());
    }
    if (step < 0) {
      boolean whole =
          start.isKnown()
              && end.isKnown()
              && (start.value() == -1 || start.value() >= FAR)
              && end.value() <= -FAR;
      return whole ? extent.ceilDividedBy(Dim.of(-step)) : c.freshDim();
    }
    Dim from = start.isKnown() && start.value() >= 0 ? start : position(start, extent);
    Dim to = position(end, extent);
    if (from == null || to == null || step == 0) {
      return c.freshDim();
    }
    Dim length = to.minus(from);
    return step == 1 ? length : length.ceilDividedBy(Dim.of(step));
  }

  /** Where a start or end lies from the front, or null when that cannot be said. */
  private static Dim position(Dim p, Dim extent) {
    if (p.isKnown()) {
      long v = p.value();
      if (v >= FAR) {
        return extent;
      }
      if (v < 0) {
        return v <= -FAR ? Dim.ZERO : extent.plus(v);
      }
      return v <= 1 ? p : p.min(extent);
    }
    Dim fromEnd = extent.minus(p);
    if (fromEnd.isKnown() && fromEnd.value() >= 0) {
      return p;
    }
    return p.isSymbol() ? p.min(extent) : null;
  }

  private static void followContent(
      InferenceContext c, List<Dim> starts, List<Dim> ends, long step) {
    List<Dim> content = c.extents(0);
    if (starts == null || ends == null || !starts.get(0).isKnown() || !ends.get(0).isKnown()) {
      return;
    }
    Cut cut = Cut.of(starts.get(0).value(), ends.get(0).value(), step, content.size());
    List<Dim> kept = new ArrayList<>();
    for (int i = 0; i < cut.count(); i++) {
      kept.add(content.get((int) (cut.first() + i * step)));
    }
    c.setExtents(0, kept);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    long[] starts = c.tensor(1).toLongs();
    long[] ends = c.tensor(2).toLongs();
    long[] axes = c.hasInput(3) ? c.tensor(3).toLongs() : firstAxes(starts.length);
    long[] steps = c.hasInput(4) ? c.tensor(4).toLongs() : null;
    if (ends.length != starts.length || axes.length != starts.length) {
      throw new ModelException(
          "expected as many starts, ends and axes, got "
              + starts.length
              + ", "
              + ends.length
              + ", "
              + axes.length);
    }
    int[] shape = x.shape();
    int[] strides = Tensor.strides(shape);
    int first = 0;
    for (int i = 0; i < axes.length; i++) {
      int axis = Axis.of(axes[i], x.rank());
      long step = steps == null ? 1 : steps[i];
      Cut cut = Cut.of(starts[i], ends[i], step, x.dim(axis));
      shape[axis] = (int) cut.count();
      if (cut.count() > 0) {
        first += (int) (cut.first() * strides[axis]);
      }
      strides[axis] = cut.count() > 1 ? (int) (step * strides[axis]) : 0;
    }
    return List.of(Strided.copy(x, first, strides, shape));
  }

  /** The elements taken along one axis: the first one, and how many. */
  private record Cut(long first, long count) {
    static Cut of(long start, long end, long step, long extent) {
      if (step == 0) {
        throw new ModelException("steps: expected numbers other than 0, got 0");
      }
      long from = start < 0 ? start + extent : start;
      long to = end < 0 ? end + extent : end;
      if (step > 0) {
        from = Math.max(0, Math.min(from, extent));
        to = Math.max(0, Math.min(to, extent));
        return new Cut(from, to <= from ? 0 : (to - from - 1) / step + 1);
      }
      from = Math.max(-1, Math.min(from, extent - 1));
      to = Math.max(-1, Math.min(to, extent - 1));
      return new Cut(from, to >= from ? 0 : -((from - to - 1) / step) + 1);
    }
  }
}
