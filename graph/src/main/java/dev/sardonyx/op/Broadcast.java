package dev.sardonyx.op;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Multidirectional (numpy) broadcasting: shapes are aligned at the right, extent 1 is repeated. */
public final class Broadcast {
  private Broadcast() {}

  /** The common shape of several. */
  public static int[] shape(int[]... shapes) {
    int rank = 0;
    for (int[] s : shapes) {
      rank = Math.max(rank, s.length);
    }
    int[] out = new int[rank];
    Arrays.fill(out, 1);
    for (int[] s : shapes) {
      for (int d = 0; d < s.length; d++) {
        int at = rank - s.length + d;
        if (out[at] == 1) {
          out[at] = s[d];
        } else if (s[d] != 1 && s[d] != out[at]) {
          throw mismatch(Arrays.deepToString(shapes));
        }
      }
    }
    return out;
  }

  /** The common shape of several that may be symbolic. A symbol against 1 is the symbol. */
  public static Shape shape(List<Shape> shapes) {
    int rank = 0;
    for (Shape s : shapes) {
      if (!s.hasRank()) {
        return Shape.UNKNOWN;
      }
      rank = Math.max(rank, s.rank());
    }
    List<Dim> out = new ArrayList<>();
    for (int d = 0; d < rank; d++) {
      Dim common = Dim.ONE;
      for (Shape s : shapes) {
        int at = d - (rank - s.rank());
        if (at >= 0) {
          common = common(common, s.dim(at), shapes);
        }
      }
      out.add(common);
    }
    return new Shape(out);
  }

  private static Dim common(Dim a, Dim b, List<Shape> shapes) {
    if (a.equals(b) || b.is(1)) {
      return a;
    }
    if (a.is(1)) {
      return b;
    }
    if (a.isKnown() && b.isKnown()) {
      throw mismatch(shapes.toString());
    }
    // A number other than 1 decides; of two different symbols either may be 1.
    return a.isKnown() ? a : b.isKnown() ? b : a.max(b);
  }

  private static ModelException mismatch(String shapes) {
    return new ModelException(
        "expected shapes that broadcast (extents equal or 1, aligned right), got " + shapes);
  }

  /**
   * For every element of {@code to} in row-major order, the position of the element of {@code from}
   * that is repeated there.
   *
   * @throws ModelException if {@code from} does not broadcast to {@code to}
   */
  public static int[] positions(int[] from, int[] to) {
    if (!Arrays.equals(shape(from, to), to)) {
      throw new ModelException(
          "expected a shape that broadcasts to "
              + Arrays.toString(to)
              + ", got "
              + Arrays.toString(from));
    }
    int[] strides = Tensor.strides(from);
    int lead = to.length - from.length;
    int[] step = new int[to.length];
    for (int d = 0; d < from.length; d++) {
      step[lead + d] = from[d] == 1 ? 0 : strides[d];
    }
    int[] out = new int[Tensor.sizeOf(to)];
    int[] index = new int[to.length];
    int at = 0;
    for (int i = 0; i < out.length; i++) {
      out[i] = at;
      for (int d = to.length - 1; d >= 0; d--) {
        at += step[d];
        if (++index[d] < to[d]) {
          break;
        }
        at -= step[d] * to[d];
        index[d] = 0;
      }
    }
    return out;
  }

  /** {@code t} with its elements repeated to fill {@code shape}; itself if it has that shape. */
  public static Tensor to(Tensor t, int... shape) {
    if (t.hasShape(shape)) {
      return t;
    }
    int[] from = positions(t.shape(), shape);
    Tensor out = Tensor.zeros(t.dtype(), shape);
    for (int i = 0; i < from.length; i++) {
      out.copyElement(i, t, from[i]);
    }
    return out;
  }
}
