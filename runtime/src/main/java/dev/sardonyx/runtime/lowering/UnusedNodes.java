package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueInfo;
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
    for (ValueInfo v : graph.outputs()) {
      needed.add(v.name());
    }
    List<Node> kept = new ArrayList<>(nodes);
    for (int i = kept.size() - 1; i >= 0; i--) {
      if (isNeeded(kept.get(i), needed)) {
        needed.addAll(kept.get(i).uses());
      } else {
        kept.remove(i);
      }
    }
    return kept;
  }

  private static boolean isNeeded(Node node, Set<String> needed) {
    for (String v : node.outputs()) {
      if (needed.contains(v)) {
        return true;
      }
    }
    return false;
  }
}
