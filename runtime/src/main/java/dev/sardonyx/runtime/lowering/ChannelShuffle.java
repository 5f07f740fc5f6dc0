package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.shaping.Transpose;
import java.util.ArrayList;
import java.util.List;

/**
 * The channel shuffle of ShuffleNet (Zhang et al. 2018) as exporters write it:
 *
 * <pre>
 * [N, g·k, D…] → Reshape [N, g, k, D…] → Transpose [N, k, g, D…] → Reshape [N, k·g, D…]
 * </pre>
 *
 * @param nodes the three nodes, of which nobody else uses what is in between
 * @param groups g
 */
record ChannelShuffle(List<Node> nodes, long groups) {
  String input() {
    return nodes.get(0).input(0);
  }

  String output() {
    return nodes.get(2).output(0);
  }

  /** The channel shuffles of a graph. */
  static List<ChannelShuffle> all(Graph graph, Inference types) {
    Uses uses = new Uses(graph);
    List<ChannelShuffle> found = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node transpose = node.is("Reshape") ? uses.producer(node.input(0)) : null;
      Node reshape =
          transpose != null && transpose.is("Transpose") ? uses.producer(transpose.input(0)) : null;
      if (reshape != null
          && reshape.is("Reshape")
          && uses.onlyUser(transpose.output(0)) != null
          && uses.onlyUser(reshape.output(0)) != null) {
        long groups = groups(reshape, transpose, node, types);
        if (groups > 0) {
          found.add(new ChannelShuffle(List.of(reshape, transpose, node), groups));
        }
      }
    }
    return found;
  }

  /** The number of groups, or 0 if the three nodes are no channel shuffle. */
  private static long groups(Node reshape, Node transpose, Node node, Inference types) {
    if (!(types.type(reshape.input(0)) instanceof TensorType x)
        || !x.equals(types.type(node.output(0)))
        || !(types.type(reshape.output(0)) instanceof TensorType t)
        || !x.shape().hasRank()
        || !t.shape().hasRank()) {
      return 0;
    }
    Shape from = x.shape();
    Shape to = t.shape();
    int rank = from.rank();
    Dim groups = rank > 2 && to.rank() == rank + 1 ? to.dim(1) : Dim.ZERO;
    boolean splitsChannels =
        groups.isKnown()
            && groups.value() > 0
            && to.dim(0).equals(from.dim(0))
            && to.dims().subList(3, rank + 1).equals(from.dims().subList(2, rank));
    if (!splitsChannels) {
      return 0;
    }
    int[] perm = ((Transpose) transpose.operator()).permutation(rank + 1);
    for (int d = 0; d <= rank; d++) {
      if (perm[d] != (d == 1 ? 2 : d == 2 ? 1 : d)) {
        return 0;
      }
    }
    return groups.value();
  }
}
