package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueInfo;
import java.util.HashSet;
import java.util.Set;

/** Names for new values of a graph. */
final class Names {
  private final Set<String> taken;

  Names(Graph graph) {
    taken = new HashSet<>(graph.initializers().keySet());
    taken.addAll(graph.captures());
    for (ValueInfo v : graph.inputs()) {
      taken.add(v.name());
    }
    for (Node n : graph.nodes()) {
      taken.addAll(n.outputs());
    }
  }

  /** The name given, or one like it that no value of the graph has. */
  String unused(String name) {
    String candidate = name;
    for (int i = 2; !taken.add(candidate); i++) {
      candidate = name + i;
    }
    return candidate;
  }
}
