package dev.sardonyx.graph.io;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.OperatorSet;
import dev.sardonyx.graph.UnknownOperator;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One graph or subgraph in the making: what it defines so far. Upgrades of nodes ask it for types,
 * which are inferred only when one does.
 */
final class Scope implements UpgradeContext {
  private final OperatorSet operators;
  private final Names names;
  private final Scope outer;
  private final List<ValueInfo> inputs;
  private final Map<String, ValueType> declared;
  private final Set<String> defined = new HashSet<>();
  private final Set<String> inputNames = new HashSet<>();
  private final Map<String, Tensor> constants = new LinkedHashMap<>();
  private final List<Node> nodes = new ArrayList<>();
  private final List<String> notInferredConstants = new ArrayList<>();
  private int inferredNodes;
  private Inference inference;

  /**
   * @param outer the graph around this one, or null
   * @param declared types that the file declares
   */
  Scope(
      OperatorSet operators,
      Names names,
      Scope outer,
      List<ValueInfo> inputs,
      Map<String, ValueType> declared) {
    this.operators = operators;
    this.names = names;
    this.outer = outer;
    this.inputs = inputs;
    this.declared = declared;
    for (ValueInfo input : inputs) {
      define(input.name());
      inputNames.add(input.name());
    }
  }

  private void define(String name) {
    if (!name.isEmpty() && !defined.add(name)) {
      throw new ModelException(
          "value '" + name + "': expected one definition, but it is defined twice");
    }
  }

  /** An initializer of the file; it may be the default of an input. */
  void initializer(String name, Tensor value) {
    if (name.isEmpty()) {
      throw new ModelException("expected every initializer to have a name");
    }
    if (inputNames.contains(name)) {
      if (constants.containsKey(name)) {
        throw new ModelException("initializer '" + name + "': expected it once, got it twice");
      }
    } else {
      define(name);
      notInferredConstants.add(name);
    }
    constants.put(name, value);
  }

  void constantNode(String name, Tensor value) {
    define(name);
    notInferredConstants.add(name);
    constants.put(name, value);
  }

  /** Adds a node as an opset of {@code version} means it, and says which nodes stand for it now. */
  List<Node> node(
      String name,
      String domain,
      String opType,
      List<String> nodeInputs,
      List<String> nodeOutputs,
      Attributes attributes,
      int version) {
    // Old attributes may not be the newest operator's, so it is bound after the upgrade.
    Node raw =
        new Node(
            name,
            domain,
            opType,
            nodeInputs,
            nodeOutputs,
            attributes,
            new UnknownOperator(domain, opType, attributes));
    OperatorDefinition d = operators.find(domain, opType);
    boolean old = d != null && version < d.since();
    List<Node> added = new ArrayList<>();
    for (Node n : old ? d.upgrade().upgrade(raw, version, this) : List.of(raw)) {
      Node bound = n.operator() instanceof UnknownOperator ? bind(n) : n;
      bound.outputs().forEach(this::define);
      added.add(bound);
    }
    nodes.addAll(added);
    return added;
  }

  private Node bind(Node n) {
    return node(n.domain(), n.opType(), n.inputs(), n.outputs(), n.attributes()).withName(n.name());
  }

  Graph.Builder toGraph() {
    return new Graph.Builder(operators)
        .inputs(inputs)
        .initializers(constants)
        .declaredTypes(declared)
        .nodes(nodes);
  }

  // ---- what upgrades may ask and make ----

  @Override
  public String constant(Tensor value) {
    String name = freshName("constant");
    constantNode(name, value);
    return name;
  }

  @Override
  public String freshName(String hint) {
    return names.fresh(hint);
  }

  @Override
  public ValueType type(String value) {
    return inference().type(value);
  }

  @Override
  public Tensor constantValue(String value) {
    for (Scope s = this; s != null; s = s.outer) {
      if (s.defined.contains(value)) {
        return s.inputNames.contains(value) ? null : s.constants.get(value);
      }
    }
    return null;
  }

  @Override
  public Node node(
      String domain,
      String opType,
      List<String> nodeInputs,
      List<String> nodeOutputs,
      Attributes attributes) {
    return new Node(
        "",
        domain,
        opType,
        nodeInputs,
        nodeOutputs,
        attributes,
        operators.bind(domain, opType, attributes));
  }

  /** The inference brought up to all that is defined so far. */
  private Inference inference() {
    if (inference == null) {
      inference = outer == null ? Inference.incremental(inputs) : outer.inference().nested(inputs);
    } else if (outer != null) {
      outer.inference();
    }
    notInferredConstants.forEach(c -> inference.addConstant(c, constants.get(c)));
    notInferredConstants.clear();
    for (; inferredNodes < nodes.size(); inferredNodes++) {
      inference.add(nodes.get(inferredNodes), declared);
    }
    return inference;
  }
}
