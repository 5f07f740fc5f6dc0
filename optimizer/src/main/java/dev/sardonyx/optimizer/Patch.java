package dev.sardonyx.optimizer;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.OperatorSet;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * New nodes and constants, and which values of the graph they replace. Made with {@link
 * Match#rewrite} or {@link Match#patch}.
 *
 * @param nodes in an order of computation
 * @param constants by name
 * @param replacements from values of the graph to new or other values of the graph
 */
public record Patch(
    List<Node> nodes, Map<String, Tensor> constants, Map<String, String> replacements) {
  public Patch {
    nodes = List.copyOf(nodes);
    constants = Collections.unmodifiableMap(new LinkedHashMap<>(constants));
    replacements = Collections.unmodifiableMap(new LinkedHashMap<>(replacements));
  }

  /** Collects the parts of a patch; new values get names of their own. */
  public static final class Builder {
    private final OperatorSet operators;
    private final Node root;
    private final UnaryOperator<String> freshName;
    private final List<Node> nodes = new ArrayList<>();
    private final Map<String, Tensor> constants = new LinkedHashMap<>();
    private final Map<String, String> replacements = new LinkedHashMap<>();

    Builder(OperatorSet operators, Node root, UnaryOperator<String> freshName) {
      this.operators = operators;
      this.root = root;
      this.freshName = freshName;
    }

    /** A new constant; returns its name. */
    public String constant(Tensor value) {
      String name = freshName.apply(root.output(0) + ".constant");
      constants.put(name, value);
      return name;
    }

    /** A new node of ai.onnx with one output; returns the output's name. */
    public String node(String opType, Attributes attributes, String... inputs) {
      String name = root.opType().equals(opType) ? root.name() : root.name() + "/" + opType;
      return add(root.name().isEmpty() ? "" : name, "", opType, attributes, inputs);
    }

    /** A node like {@code old} (name, operator, attributes) with other inputs and one output. */
    public String like(Node old, String... inputs) {
      return like(old, old.attributes(), inputs);
    }

    /** A node like {@code old} with other attributes and inputs and one output. */
    public String like(Node old, Attributes attributes, String... inputs) {
      return add(old.name(), old.domain(), old.opType(), attributes, inputs);
    }

    private String add(
        String name, String domain, String opType, Attributes attributes, String... inputs) {
      List<String> given = new ArrayList<>(Arrays.asList(inputs));
      while (!given.isEmpty() && given.get(given.size() - 1).isEmpty()) {
        given.remove(given.size() - 1);
      }
      String output = freshName.apply(root.output(0) + "." + opType);
      nodes.add(
          new Node(
              name,
              domain,
              opType,
              given,
              List.of(output),
              attributes,
              operators.bind(domain, opType, attributes)));
      return output;
    }

    /** Adds a node as it is: for one that keeps its own outputs and only reads other values. */
    public Builder keep(Node node) {
      nodes.add(node);
      return this;
    }

    /**
     * Adds the nodes and constants of a subgraph that has no inputs, its values under new names;
     * returns the names of its outputs.
     */
    public List<String> inline(Graph subgraph) {
      Map<String, String> names = new HashMap<>();
      subgraph.initializers().keySet().forEach(v -> names.put(v, freshName.apply(v)));
      for (Node n : subgraph.nodes()) {
        n.outputs().stream()
            .filter(v -> !v.isEmpty())
            .forEach(v -> names.put(v, freshName.apply(v)));
      }
      UnaryOperator<String> renaming = v -> names.getOrDefault(v, v);
      subgraph.initializers().forEach((v, t) -> constants.put(names.get(v), t));
      subgraph.nodes().forEach(n -> nodes.add(WorkGraph.renamed(n, renaming, operators)));
      return subgraph.outputs().stream().map(v -> renaming.apply(v.name())).toList();
    }

    /** Everything that reads {@code old} shall read {@code by}. */
    public Builder replace(String old, String by) {
      replacements.put(old, by);
      return this;
    }

    public Patch build() {
      return new Patch(nodes, constants, replacements);
    }
  }
}
