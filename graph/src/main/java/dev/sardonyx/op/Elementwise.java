package dev.sardonyx.op;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BinaryOperator;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/**
 * Functions applied element by element, of two tensors with {@link Broadcast}.
 *
 * <p>The forms on doubles round once, when the result is written; those on longs keep the low bits,
 * so that integers wrap around. uint64 comes as the same 64 bits.
 */
public final class Elementwise {
  private Elementwise() {}

  public static Tensor ofDoubles(Tensor x, DType out, DoubleUnaryOperator f) {
    Tensor y = Tensor.zeros(out, x.shape());
    for (int i = 0; i < y.size(); i++) {
      y.setDouble(i, f.applyAsDouble(x.getDouble(i)));
    }
    return y;
  }

  public static Tensor ofLongs(Tensor x, DType out, LongUnaryOperator f) {
    Tensor y = Tensor.zeros(out, x.shape());
    for (int i = 0; i < y.size(); i++) {
      y.setLong(i, f.applyAsLong(x.getLong(i)));
    }
    return y;
  }

  public static Tensor ofDoubles(Tensor a, Tensor b, DType out, DoubleBinaryOperator f) {
    int[] shape = Broadcast.shape(a.shape(), b.shape());
    Tensor y = Tensor.zeros(out, shape);
    int[] atA = Broadcast.positions(a.shape(), shape);
    int[] atB = Broadcast.positions(b.shape(), shape);
    double[] left = a.toDoubles();
    double[] right = b.toDoubles();
    for (int i = 0; i < y.size(); i++) {
      y.setDouble(i, f.applyAsDouble(left[atA[i]], right[atB[i]]));
    }
    return y;
  }

  public static Tensor ofLongs(Tensor a, Tensor b, DType out, LongBinaryOperator f) {
    int[] shape = Broadcast.shape(a.shape(), b.shape());
    Tensor y = Tensor.zeros(out, shape);
    int[] atA = Broadcast.positions(a.shape(), shape);
    int[] atB = Broadcast.positions(b.shape(), shape);
    long[] left = a.toLongs();
    long[] right = b.toLongs();
    for (int i = 0; i < y.size(); i++) {
      y.setLong(i, f.applyAsLong(left[atA[i]], right[atB[i]]));
    }
    return y;
  }

  /** The common shape of inputs {@code from} to before {@code to}. */
  public static Shape shape(InferenceContext c, int from, int to) {
    List<Shape> shapes = new ArrayList<>();
    for (int i = from; i < to; i++) {
      shapes.add(c.shape(i));
    }
    return Broadcast.shape(shapes);
  }

  /**
   * The type of all inputs from {@code from} to before {@code to}, broadcast.
   *
   * @throws ModelException if their element types differ
   */
  public static ValueType sameType(InferenceContext c, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      if (c.dtype(i) != c.dtype(from)) {
        throw new ModelException(
            "expected inputs of one element type, got " + c.tensor(from) + " and " + c.tensor(i));
      }
    }
    return ValueType.tensor(c.dtype(from), shape(c, from, to));
  }

  /**
   * Follows shape arithmetic: tells the content of output 0, when those of inputs {@code i} and
   * {@code j} are known, as {@code f} of their elements.
   *
   * @param f may return null where it knows nothing; then nothing is told
   */
  public static void tellExtents(InferenceContext c, int i, int j, BinaryOperator<Dim> f) {
    List<Dim> content = broadcast(c.extents(i), c.extents(j), f);
    if (content != null) {
      c.setExtents(0, content);
    }
  }

  /** {@code f} of two lists of extents element by element, one of length 1 repeated; or null. */
  public static List<Dim> broadcast(List<Dim> a, List<Dim> b, BinaryOperator<Dim> f) {
    if (a == null || b == null || a.size() != b.size() && a.size() != 1 && b.size() != 1) {
      return null;
    }
    int n = a.size() == 1 ? b.size() : a.size();
    List<Dim> out = new ArrayList<>();
    for (int k = 0; k < n; k++) {
      Dim d = f.apply(a.get(a.size() == 1 ? 0 : k), b.get(b.size() == 1 ? 0 : k));
      if (d == null) {
        return null;
      }
      out.add(d);
    }
    return out;
  }
}
