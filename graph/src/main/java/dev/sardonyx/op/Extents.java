package dev.sardonyx.op;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.tensor.Tensor;
import java.util.List;

/** Shapes, axes and counts that a node gets as the content of an integer tensor. */
public final class Extents {
  private Extents() {}

  /**
   * The elements as 32-bit integers.
   *
   * @throws ModelException if one does not fit
   */
  public static int[] of(Tensor t) {
    int[] out = new int[t.size()];
    for (int i = 0; i < out.length; i++) {
      long v = t.getLong(i);
      if (v != (int) v) {
        throw new ModelException("expected extents below 2^31, got " + v);
      }
      out[i] = (int) v;
    }
    return out;
  }

  /**
   * The elements that are named as an output shape, none negative.
   *
   * @throws ModelException if one is negative or does not fit 32 bits
   */
  public static int[] shape(Tensor t) {
    int[] out = of(t);
    for (int v : out) {
      if (v < 0) {
        throw new ModelException("expected a shape without negative extents, got " + t);
      }
    }
    return out;
  }

  /** The shape that input {@code i} holds, as far as it is known. */
  public static Shape shape(InferenceContext c, int i) {
    List<Dim> content = c.extents(i);
    if (content != null) {
      return new Shape(content);
    }
    int count = count(c, i);
    return count < 0 ? Shape.UNKNOWN : c.freshShape(count);
  }

  /** The number of elements of input {@code i}, a tensor of rank 0 or 1; −1 when not known. */
  public static int count(InferenceContext c, int i) {
    Shape s = c.shape(i);
    return s.isStatic() ? Math.toIntExact(s.size().value()) : -1;
  }

  /** The numbers that input {@code i} holds; null when one of them is not known. */
  public static long[] known(InferenceContext c, int i) {
    if (c.constant(i) != null) {
      return c.constant(i).toLongs();
    }
    List<Dim> content = c.extents(i);
    if (content == null || !content.stream().allMatch(Dim::isKnown)) {
      return null;
    }
    return content.stream().mapToLong(Dim::value).toArray();
  }

  /** Tells the content of the output when it is a tensor that shape arithmetic can follow. */
  public static void pass(InferenceContext c, List<Dim> content, Shape shape) {
    if (content != null && shape.hasRank() && shape.rank() <= 1) {
      c.setExtents(0, content);
    }
  }
}
