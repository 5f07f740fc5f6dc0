package dev.sardonyx.graph.io;

import dev.sardonyx.proto.AttributeProto;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.NodeProto;
import dev.sardonyx.proto.SparseTensorProto;
import dev.sardonyx.proto.TensorProto;
import dev.sardonyx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The names of values in a model, all its subgraphs included, so that new ones are new. */
final class Names {
  private final Set<String> used = new HashSet<>();
  private final Map<String, Integer> counters = new HashMap<>();

  /** Takes all names that a graph and its subgraphs define. */
  void reserveAll(Message graph) {
    for (Message v : graph.messages(GraphProto.INPUT_FIELD_NUMBER)) {
      used.add(v.text(ValueInfoProto.NAME_FIELD_NUMBER));
    }
    used.addAll(initializers(graph));
    for (Message node : graph.messages(GraphProto.NODE_FIELD_NUMBER)) {
      used.addAll(node.texts(NodeProto.OUTPUT_FIELD_NUMBER));
      for (Message a : node.messages(NodeProto.ATTRIBUTE_FIELD_NUMBER)) {
        if (a.has(AttributeProto.G_FIELD_NUMBER)) {
          reserveAll(a.message(AttributeProto.G_FIELD_NUMBER));
        }
        for (Message g : a.messages(AttributeProto.GRAPHS_FIELD_NUMBER)) {
          reserveAll(g);
        }
      }
    }
  }

  /** The names of a graph's initializers, the sparse ones too. */
  static List<String> initializers(Message graph) {
    List<String> initializers = new ArrayList<>();
    for (Message t : graph.messages(GraphProto.INITIALIZER_FIELD_NUMBER)) {
      initializers.add(t.text(TensorProto.NAME_FIELD_NUMBER));
    }
    for (Message t : graph.messages(GraphProto.SPARSE_INITIALIZER_FIELD_NUMBER)) {
      initializers.add(ofSparse(t));
    }
    return initializers;
  }

  /** The name of a sparse initializer: that of its values. */
  static String ofSparse(Message t) {
    return t.message(SparseTensorProto.VALUES_FIELD_NUMBER).text(TensorProto.NAME_FIELD_NUMBER);
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
