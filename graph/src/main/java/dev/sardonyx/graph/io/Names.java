package dev.sardonyx.graph.io;

import dev.sardonyx.proto.AttributeProto;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.NodeProto;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** The names of values in a model, all its subgraphs included, so that new ones are new. */
final class Names {
  private final Set<String> used = new HashSet<>();
  private final Map<String, Integer> counters = new HashMap<>();

  /** Takes all names that a graph and its subgraphs define. */
  void reserveAll(GraphProto graph) {
    graph.getInputList().forEach(v -> used.add(v.getName()));
    graph.getInitializerList().forEach(t -> used.add(t.getName()));
    graph.getSparseInitializerList().forEach(t -> used.add(t.getValues().getName()));
    for (NodeProto node : graph.getNodeList()) {
      used.addAll(node.getOutputList());
      for (AttributeProto a : node.getAttributeList()) {
        if (a.hasG()) {
          reserveAll(a.getG());
        }
        a.getGraphsList().forEach(this::reserveAll);
      }
    }
  }

  /** A name that nothing has: {@code hint}, or the same with a number. */
  String fresh(String hint) {
    String base = hint.isEmpty() ? "value" : hint;
    String name = base;
    while (!used.add(name)) {
      name = base + "_" + counters.merge(base, 1, Integer::sum);
    }
    return name;
  }
}
