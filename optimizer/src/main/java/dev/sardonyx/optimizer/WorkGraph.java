package dev.sardonyx.optimizer;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attribute.GraphValue;
import dev.sardonyx.graph.Attribute.GraphsValue;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.OperatorSet;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * A graph while it is changed: nodes as a linked list in an order of computation, with producers
 * and consumers of every value at hand.
 */
final class WorkGraph {
  /** A node's place in the list. */
  static final class Slot {
    private Node node;
    private Slot previous;
    private Slot next;
    private boolean removed;

    Node node() {
      return node;
    }

    Slot next() {
      return next;
    }

    boolean isRemoved() {
      return removed;
    }
  }

  private final Graph graph;
  private final Set<String> inputs = new HashSet<>();
  private final Set<String> outputs = new HashSet<>();
  private final Map<String, Tensor> initializers;
  private final Map<String, Slot> producers = new HashMap<>();
  private final Map<String, Set<Slot>> consumers = new HashMap<>();
  private Slot first;
  private Slot last;
  private boolean changed;

  WorkGraph(Graph graph) {
    this.graph = graph;
    initializers = new LinkedHashMap<>(graph.initializers());
    for (ValueInfo v : graph.inputs()) {
      inputs.add(v.name());
    }
    for (ValueInfo v : graph.outputs()) {
      outputs.add(v.name());
    }
    for (Node n : graph.nodes()) {
      insertBefore(null, n);
    }
    changed = false;
  }

  Slot first() {
    return first;
  }

  boolean isChanged() {
    return changed;
  }

  Map<String, Tensor> initializers() {
    return initializers;
  }

  boolean isInput(String value) {
    return inputs.contains(value);
  }

  boolean isOutput(String value) {
    return outputs.contains(value);
  }

  Slot producer(String value) {
    return producers.get(value);
  }

  /** The nodes that read a value, themselves or through captures of their subgraphs. */
  Set<Slot> consumers(String value) {
    return consumers.getOrDefault(value, Set.of());
  }

  boolean isUsed(String value) {
    return isOutput(value) || !consumers(value).isEmpty();
  }

  void addInitializer(String name, Tensor value) {
    initializers.put(name, value);
    changed = true;
  }

  /** Inserts a node before another, or at the end when that is null. */
  Slot insertBefore(Slot place, Node node) {
    Slot s = new Slot();
    s.node = node;
    s.next = place;
    s.previous = place == null ? last : place.previous;
    if (s.previous == null) {
      first = s;
    } else {
      s.previous.next = s;
    }
    if (place == null) {
      last = s;
    } else {
      place.previous = s;
    }
    link(s);
    changed = true;
    return s;
  }

  void remove(Slot s) {
    unlink(s);
    if (s.previous == null) {
      first = s.next;
    } else {
      s.previous.next = s.next;
    }
    if (s.next == null) {
      last = s.previous;
    } else {
      s.next.previous = s.previous;
    }
    s.removed = true;
    changed = true;
  }

  void set(Slot s, Node node) {
    unlink(s);
    s.node = node;
    link(s);
    changed = true;
  }

  private void link(Slot s) {
    for (String v : s.node.outputs()) {
      producers.put(v, s);
    }
    for (String v : s.node.uses()) {
      Set<Slot> readers = consumers.get(v);
      if (readers == null) {
        readers = new LinkedHashSet<>(4);
        consumers.put(v, readers);
      }
      readers.add(s);
    }
  }

  private void unlink(Slot s) {
    for (String v : s.node.outputs()) {
      producers.remove(v, s);
    }
    for (String v : s.node.uses()) {
      consumers.get(v).remove(s);
    }
  }

  boolean isDead(Slot s) {
    for (String v : s.node.outputs()) {
      if (isUsed(v)) {
        return false;
      }
    }
    return true;
  }

  /** Removes a node if nothing uses it, then those that only it used; returns how many. */
  int removeDead(Slot start) {
    int count = 0;
    Deque<Slot> candidates = new ArrayDeque<>(List.of(start));
    while (!candidates.isEmpty()) {
      Slot s = candidates.remove();
      if (!s.removed && isDead(s)) {
        remove(s);
        count++;
        for (String v : s.node.uses()) {
          if (producers.containsKey(v)) {
            candidates.add(producers.get(v));
          }
        }
      }
    }
    return count;
  }

  /** Lets every node that reads {@code from} read {@code to}. */
  void redirect(String from, String to) {
    for (Slot s : List.copyOf(consumers(from))) {
      set(s, renamed(s.node, from, to));
    }
  }

  /** Gives a value computed here another name, for its producer and all its readers. */
  void rename(String from, String to) {
    Slot s = producers.get(from);
    set(s, s.node.withOutputs(replaced(s.node.outputs(), from, to)));
    redirect(from, to);
  }

  /** Whether a subgraph that reads {@code from} has its own value called {@code to}. */
  boolean wouldHide(String from, String to) {
    for (Slot s : consumers(from)) {
      for (Graph g : s.node.subgraphs()) {
        if (names(g).contains(to)) {
          return true;
        }
      }
    }
    return false;
  }

  /** All names that a graph and its subgraphs define. */
  static Set<String> names(Graph g) {
    Set<String> names = new HashSet<>(g.initializers().keySet());
    for (ValueInfo v : g.inputs()) {
      names.add(v.name());
    }
    for (Node n : g.nodes()) {
      names.addAll(n.outputs());
      for (Graph inner : n.subgraphs()) {
        names.addAll(names(inner));
      }
    }
    return names;
  }

  private Node renamed(Node n, String from, String to) {
    if (n.subgraphs().isEmpty()) {
      return n.withInputs(replaced(n.inputs(), from, to))
          .withOutputs(replaced(n.outputs(), from, to));
    }
    return renamed(n, v -> v.equals(from) ? to : v, graph.operators());
  }

  /** The node with other names for its values, those that its subgraphs capture among them. */
  static Node renamed(Node n, UnaryOperator<String> map, OperatorSet operators) {
    Node result = n.withInputs(mapped(n.inputs(), map)).withOutputs(mapped(n.outputs(), map));
    boolean captured =
        n.subgraphs().stream()
            .flatMap(g -> g.captures().stream())
            .anyMatch(v -> !map.apply(v).equals(v));
    return captured ? withSubgraphs(result, g -> renamed(g, map, operators), operators) : result;
  }

  /** The graph with other names for what it captures. */
  private static Graph renamed(Graph g, UnaryOperator<String> map, OperatorSet operators) {
    UnaryOperator<String> captured = v -> g.captures().contains(v) ? map.apply(v) : v;
    return g.toBuilder()
        .nodes(g.nodes().stream().map(n -> renamed(n, captured, operators)).toList())
        .outputs(
            g.outputs().stream()
                .map(v -> new ValueInfo(captured.apply(v.name()), v.type()))
                .toList())
        .build();
  }

  /** The node with every subgraph replaced, bound anew. */
  static Node withSubgraphs(Node n, UnaryOperator<Graph> map, OperatorSet operators) {
    Map<String, Attribute> attributes = new LinkedHashMap<>(n.attributes().asMap());
    attributes.replaceAll(
        (name, a) -> {
          if (a instanceof GraphValue g) {
            return Attribute.of(map.apply(g.value()));
          }
          if (a instanceof GraphsValue g) {
            return new GraphsValue(g.values().stream().map(map).toList());
          }
          return a;
        });
    Attributes bound = new Attributes(attributes);
    return new Node(
        n.name(),
        n.domain(),
        n.opType(),
        n.inputs(),
        n.outputs(),
        bound,
        operators.bind(n.domain(), n.opType(), bound));
  }

  /** The names with one in the place of another. */
  static List<String> replaced(List<String> values, String from, String to) {
    if (!values.contains(from)) {
      return values;
    }
    List<String> names = new ArrayList<>(values);
    for (int i = 0; i < names.size(); i++) {
      if (names.get(i).equals(from)) {
        names.set(i, to);
      }
    }
    return names;
  }

  private static List<String> mapped(List<String> values, UnaryOperator<String> map) {
    return values.stream().map(map).toList();
  }

  /** The graph as it is now, without initializers and declarations that nothing uses. */
  Graph toGraph() {
    List<Node> nodes = new ArrayList<>();
    for (Slot s = first; s != null; s = s.next) {
      nodes.add(s.node);
    }
    Map<String, Tensor> used = new LinkedHashMap<>(initializers);
    for (String v : initializers.keySet()) {
      if (!isUsed(v) && !isInput(v)) {
        used.remove(v);
      }
    }
    Map<String, ValueType> declared = new LinkedHashMap<>(graph.declaredTypes());
    declared.keySet().retainAll(producers.keySet());
    return graph.toBuilder().nodes(nodes).initializers(used).declaredTypes(declared).build();
  }
}
