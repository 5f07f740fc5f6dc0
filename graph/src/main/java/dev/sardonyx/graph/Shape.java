package dev.sardonyx.graph;

import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;

/**
 * The shape of a tensor in a graph: its extents as far as they are known, or not even the rank.
 *
 * @param dims the extents, or null when the rank is unknown; use {@link #UNKNOWN} for that
 */
public record Shape(List<Dim> dims) {
  /** A shape whose rank is not known. */
  public static final Shape UNKNOWN = new Shape(null);

  /** More dimensions than any tensor has: what claims more is no tensor but a hostile file. */
  public static final int MAX_RANK = 255;

  public Shape {
    dims = dims == null ? null : List.copyOf(dims);
    if (dims != null) {
      checkRank(dims.size());
    }
  }

  /**
   * Refuses ranks beyond {@link #MAX_RANK}.
   *
   * @throws ModelException if it is one
   */
  static void checkRank(int rank) {
    if (rank > MAX_RANK) {
      throw new ModelException("expected at most " + MAX_RANK + " dimensions, got " + rank);
    }
  }

  public static Shape of(int... extents) {
    Dim[] dims = new Dim[extents.length];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = Dim.of(extents[i]);
    }
    return of(dims);
  }

  public static Shape of(Dim... dims) {
    return new Shape(List.of(dims));
  }

  public static Shape scalar() {
    return new Shape(List.of());
  }

  public boolean hasRank() {
    return dims != null;
  }

  /** The number of dimensions; only when {@link #hasRank()}. */
  public int rank() {
    return dims.size();
  }

  /** Extent {@code i}; negative {@code i} counts from the last one. */
  public Dim dim(int i) {
    return dims.get(i < 0 ? i + dims.size() : i);
  }

  /** Whether rank and all extents are numbers. */
  public boolean isStatic() {
    if (dims == null) {
      return false;
    }
    for (Dim d : dims) {
      if (!d.isKnown()) {
        return false;
      }
    }
    return true;
  }

  /** The extents as numbers; only when {@link #isStatic()}. */
  public int[] toArray() {
    int[] extents = new int[dims.size()];
    for (int i = 0; i < extents.length; i++) {
      extents[i] = Math.toIntExact(dims.get(i).value());
    }
    return extents;
  }

  /** The number of elements, possibly symbolic; only when {@link #hasRank()}. */
  public Dim size() {
    Dim n = Dim.ONE;
    for (Dim d : dims) {
      n = n.times(d);
    }
    return n;
  }

  // Written out, because what the VM makes of a record takes long when it is first called.
  @Override
  public boolean equals(Object o) {
    return o instanceof Shape s && Objects.equals(dims, s.dims);
  }

  @Override
  public int hashCode() {
    return Objects.hashCode(dims);
  }

  @Override
  public String toString() {
    return dims == null
        ? "[?]"
        : dims.stream().map(Dim::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
