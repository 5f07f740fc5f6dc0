package dev.sardonyx.optimizer.rule;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.tensor.Tensor;
import java.util.List;

/**
 * The constant second input that makes Reshape turn one shape into another: numbers where they are
 * known, 0 for an extent that x has at the same place, -1 for one that is left over.
 */
final class ReshapeTarget {
  private ReshapeTarget() {}

  /** The constant, or null if more than one extent is left over or a number is itself 0. */
  static Tensor of(Shape x, Shape target) {
    return target.hasRank() ? of(x, target.dims()) : null;
  }

  /** The same for extents as a Reshape's second input has them, of which one may be -1. */
  static Tensor of(Shape x, List<Dim> target) {
    long[] content = new long[target.size()];
    int leftOver = 0;
    for (int i = 0; i < content.length; i++) {
      Dim d = target.get(i);
      boolean copied = x.hasRank() && i < x.rank() && x.dim(i).equals(d);
      if (d.isKnown()) {
        if (d.is(0)) {
          return null;
        }
        content[i] = d.value();
      } else {
        content[i] = copied ? 0 : -1;
      }
      leftOver += content[i] == -1 ? 1 : 0;
    }
    return leftOver <= 1 ? Tensor.vector(content) : null;
  }
}
