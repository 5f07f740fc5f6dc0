package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.Pattern.any;
import static dev.sardonyx.optimizer.Pattern.node;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Node;
import dev.sardonyx.optimizer.Match;
import dev.sardonyx.optimizer.Outcome;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Rule;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Two permutations of axes are one.
 *
 * <pre>
 *   x → Transpose(p) → Transpose(q) → y        x → Transpose(p∘q) → y
 * </pre>
 *
 * <p>Axis i of y is axis q[i] of the middle, which is axis p[q[i]] of x.
 */
public final class MergeTransposes implements Rule {
  @Override
  public List<NodePattern> patterns() {
    return List.of(node("Transpose", node("Transpose", any("x")).as("first").shared()));
  }

  @Override
  public Outcome rewrite(Match m) {
    int[] p = perm(m, m.node("first"));
    int[] q = perm(m, m.root());
    if (p == null || q == null) {
      return Outcome.declined("the rank is not known");
    }
    long[] both = Arrays.stream(q).mapToLong(axis -> p[axis]).toArray();
    Attributes perm = Attributes.NONE.with("perm", Attribute.of(both));
    return m.rewrite(patch -> patch.node("Transpose", perm, m.value("x")));
  }

  /** The permutation of a node; reversed axes if it says none. */
  private static int[] perm(Match m, Node n) {
    int[] perm = n.attributes().getInts("perm");
    if (perm != null || !m.shapeOf(n.input(0)).hasRank()) {
      return perm;
    }
    int rank = m.shapeOf(n.input(0)).rank();
    return IntStream.range(0, rank).map(i -> rank - 1 - i).toArray();
  }
}
