package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** The two orders of dimensions: channels first [N, C, D1, …] and channels last [N, D1, …, C]. */
final class Layout {
  private Layout() {}

  /** The permutation of Transpose that brings tensors of a rank to channels last. */
  static int[] toLast(int rank) {
    int[] perm = new int[rank];
    for (int d = 1; d < rank - 1; d++) {
      perm[d] = d + 1;
    }
    perm[rank - 1] = 1;
    return perm;
  }

  /** The permutation of Transpose that brings them back. */
  static int[] toFirst(int rank) {
    int[] perm = new int[rank];
    perm[1] = rank - 1;
    for (int d = 2; d < rank; d++) {
      perm[d] = d - 1;
    }
    return perm;
  }

  static Shape channelsLast(Shape s) {
    return s.hasRank() ? permuted(s, toLast(s.rank())) : s;
  }

  static Shape channelsFirst(Shape s) {
    return s.hasRank() ? permuted(s, toFirst(s.rank())) : s;
  }

  private static Shape permuted(Shape s, int[] perm) {
    List<Dim> dims = new ArrayList<>();
    for (int p : perm) {
      dims.add(s.dim(p));
    }
    return new Shape(dims);
  }

  static Tensor channelsLast(Tensor t) {
    return Strided.transpose(t, toLast(t.rank()));
  }

  static Tensor channelsFirst(Tensor t) {
    return Strided.transpose(t, toFirst(t.rank()));
  }
}
