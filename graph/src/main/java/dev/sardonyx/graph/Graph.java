package dev.sardonyx.graph;

import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * A model, or a subgraph of one: nodes in an order in which they can be computed, and the values
 * that they read and write, by name. Immutable; made with {@link Builder}.
 *
 * <p>Every name is written once (static single assignment). A subgraph may also read names of the
 * graphs around it ({@link #captures}). Constant nodes of files are initializers here.
 */
public final class Graph {
  private final String name;
  private final ModelInfo info;
  private final OperatorSet operators;
  private final List<ValueInfo> inputs;
  private final List<ValueInfo> outputs;
  private final Map<String, Tensor> initializers;
  private final Map<String, ValueType> declaredTypes;
  private final List<Node> nodes;
  private final Set<String> captures;

  private Graph(Builder b) {
    name = b.name;
    info = b.info;
    operators = b.operators;
    inputs = List.copyOf(b.inputs);
    outputs = List.copyOf(b.outputs);
    initializers = Collections.unmodifiableMap(new LinkedHashMap<>(b.initializers));
    declaredTypes = Collections.unmodifiableMap(new LinkedHashMap<>(b.declaredTypes));
    Map<String, Integer> producers = producers(b.nodes);
    nodes = sorted(b.nodes, producers);
    captures = Collections.unmodifiableSet(findCaptures(producers.keySet()));
  }

  public String name() {
    return name;
  }

  /** What the file says besides the graph; {@link ModelInfo#NONE} for subgraphs. */
  public ModelInfo info() {
    return info;
  }

  /** The operators that this graph's nodes were bound with. */
  public OperatorSet operators() {
    return operators;
  }

  /** The inputs to be fed. An initializer of the same name makes one optional. */
  public List<ValueInfo> inputs() {
    return inputs;
  }

  public List<ValueInfo> outputs() {
    return outputs;
  }

  /** Constants by name. */
  public Map<String, Tensor> initializers() {
    return initializers;
  }

  /** Types that the file declares for values between nodes. */
  public Map<String, ValueType> declaredTypes() {
    return declaredTypes;
  }

  /** The nodes; every one stands after those whose outputs it uses. */
  public List<Node> nodes() {
    return nodes;
  }

  /** Names that this graph reads and does not define: a subgraph's captures, none for a model. */
  public Set<String> captures() {
    return captures;
  }

  /** A builder that starts with all that this graph has. */
  public Builder toBuilder() {
    Builder b = new Builder(operators);
    b.name = name;
    b.info = info;
    b.inputs.addAll(inputs);
    b.outputs.addAll(outputs);
    b.initializers.putAll(initializers);
    b.declaredTypes.putAll(declaredTypes);
    b.nodes.addAll(nodes);
    return b;
  }

  private Set<String> findCaptures(Set<String> computed) {
    Set<String> free = new LinkedHashSet<>();
    for (Node n : nodes) {
      for (String use : n.uses()) {
        if (!computed.contains(use) && !initializers.containsKey(use)) {
          free.add(use);
        }
      }
    }
    for (ValueInfo v : outputs) {
      if (!computed.contains(v.name()) && !initializers.containsKey(v.name())) {
        free.add(v.name());
      }
    }
    for (ValueInfo v : inputs) {
      free.remove(v.name());
    }
    return free;
  }

  /** The places in the list of the nodes that compute values. */
  private static Map<String, Integer> producers(List<Node> nodes) {
    Map<String, Integer> producer = new HashMap<>(2 * nodes.size());
    for (int i = 0; i < nodes.size(); i++) {
      for (String output : nodes.get(i).outputs()) {
        if (!output.isEmpty() && producer.put(output, i) != null) {
          throw new ModelException(
              nodes.get(i).describe()
                  + ": expected every value to be written once, but '"
                  + output
                  + "' is written twice");
        }
      }
    }
    return producer;
  }

  private static boolean isSorted(List<Node> nodes, Map<String, Integer> producer) {
    for (int i = 0; i < nodes.size(); i++) {
      for (String use : nodes.get(i).uses()) {
        Integer p = producer.get(use);
        if (p != null && p >= i) {
          return false;
        }
      }
    }
    return true;
  }

  /** Nodes in an order of computation, keeping the given order where it is one. */
  private static List<Node> sorted(List<Node> nodes, Map<String, Integer> producer) {
    if (isSorted(nodes, producer)) {
      return List.copyOf(nodes);
    }
    int[] missing = new int[nodes.size()];
    List<List<Integer>> consumers = new ArrayList<>();
    nodes.forEach(n -> consumers.add(new ArrayList<>(2)));
    for (int i = 0; i < nodes.size(); i++) {
      for (String use : nodes.get(i).uses()) {
        Integer p = producer.get(use);
        if (p != null) {
          consumers.get(p).add(i);
          missing[i]++;
        }
      }
    }
    List<Node> order = new ArrayList<>(nodes.size());
    PriorityQueue<Integer> ready = new PriorityQueue<>();
    for (int i = 0; i < missing.length; i++) {
      if (missing[i] == 0) {
        ready.add(i);
      }
    }
    while (!ready.isEmpty()) {
      int i = ready.remove();
      order.add(nodes.get(i));
      for (int c : consumers.get(i)) {
        if (--missing[c] == 0) {
          ready.add(c);
        }
      }
    }
    if (order.size() < nodes.size()) {
      Set<Node> done = new HashSet<>(order);
      Node stuck = nodes.stream().filter(n -> !done.contains(n)).findFirst().orElseThrow();
      throw new ModelException(
          stuck.describe() + ": expected a graph without cycles, but this node depends on itself");
    }
    return Collections.unmodifiableList(order);
  }

  /** Collects the parts of a graph. */
  public static final class Builder {
    private final OperatorSet operators;
    private String name = "";
    private ModelInfo info = ModelInfo.NONE;
    private final List<ValueInfo> inputs = new ArrayList<>();
    private final List<ValueInfo> outputs = new ArrayList<>();
    private final Map<String, Tensor> initializers = new LinkedHashMap<>();
    private final Map<String, ValueType> declaredTypes = new LinkedHashMap<>();
    private final List<Node> nodes = new ArrayList<>();

    public Builder(OperatorSet operators) {
      this.operators = operators;
    }

    public Builder name(String graphName) {
      name = graphName;
      return this;
    }

    public Builder info(ModelInfo modelInfo) {
      info = modelInfo;
      return this;
    }

    public Builder input(String valueName, ValueType type) {
      inputs.add(new ValueInfo(valueName, type));
      return this;
    }

    public Builder output(String valueName, ValueType type) {
      outputs.add(new ValueInfo(valueName, type));
      return this;
    }

    public Builder inputs(List<ValueInfo> values) {
      inputs.clear();
      inputs.addAll(values);
      return this;
    }

    public Builder outputs(List<ValueInfo> values) {
      outputs.clear();
      outputs.addAll(values);
      return this;
    }

    public Builder initializer(String valueName, Tensor value) {
      initializers.put(valueName, value);
      return this;
    }

    public Builder initializers(Map<String, Tensor> values) {
      initializers.clear();
      initializers.putAll(values);
      return this;
    }

    public Builder declaredType(String valueName, ValueType type) {
      declaredTypes.put(valueName, type);
      return this;
    }

    public Builder declaredTypes(Map<String, ValueType> types) {
      declaredTypes.clear();
      declaredTypes.putAll(types);
      return this;
    }

    public Builder node(Node node) {
      nodes.add(node);
      return this;
    }

    public Builder nodes(List<Node> newNodes) {
      nodes.clear();
      nodes.addAll(newNodes);
      return this;
    }

    /** Adds a node of ai.onnx with its operator bound. */
    public Builder node(
        String opType, List<String> nodeInputs, List<String> nodeOutputs, Attributes attributes) {
      return node(
          new Node(
              "",
              "",
              opType,
              nodeInputs,
              nodeOutputs,
              attributes,
              operators.bind("", opType, attributes)));
    }

    /**
     * The graph.
     *
     * @throws ModelException if a value is written twice or nodes depend on themselves
     */
    public Graph build() {
      return new Graph(this);
    }
  }
}
