package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueInfo;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which nodes of a graph compute and use its values. */
final class Uses {
  private final Map<String, Node> producers = new HashMap<>();

  /** A node that uses a value; of several, the last one. */
  private final Map<String, Node> users = new HashMap<>();

  /** Values that several nodes use, or a caller sees. */
  private final Set<String> shared = new HashSet<>();

  Uses(Graph graph) {
    for (Node node : graph.nodes()) {
      for (String v : node.outputs()) {
        producers.put(v, node);
      }
      for (String v : node.uses()) {
        if (users.put(v, node) != null) {
          shared.add(v);
        }
      }
    }
    for (ValueInfo v : graph.outputs()) {
      shared.add(v.name());
    }
  }

  /** The node that computes a value, or null. */
  Node producer(String value) {
    return producers.get(value);
  }

  /** The node that uses a value, if that is the only one and no caller sees the value; or null. */
  Node onlyUser(String value) {
    return shared.contains(value) ? null : users.get(value);
  }
}
