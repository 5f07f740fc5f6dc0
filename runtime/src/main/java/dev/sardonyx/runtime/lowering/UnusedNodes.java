package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Leaves out nodes that nothing uses any more. */
final class UnusedNodes {
  private UnusedNodes() {}

  /**
   * @param nodes of the graph, in order
   */
  static List<Node> without(Graph graph, List<Node> nodes) {
    Set<String> needed = new HashSet<>();
    graph.outputs().forEach(v -> needed.add(v.name()));
    List<Node> kept = new ArrayList<>(nodes);
    for (int i = kept.size() - 1; i >= 0; i--) {
      if (kept.get(i).outputs().stream().anyMatch(needed::contains)) {
        needed.addAll(kept.get(i).uses());
      } else {
        kept.remove(i);
      }
    }
    return kept;
  }
}
