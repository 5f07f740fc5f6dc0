package dev.sardonyx.graph;

import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Runs a graph node by node with {@link Operator#evaluate}: slow, plain, and the oracle for
 * everything faster.
 */
public final class ReferenceEvaluator {
  private ReferenceEvaluator() {}

  /**
   * The outputs of a model by name.
   *
   * @param inputs by name; inputs with an initializer may be left out
   * @throws ModelException if an input is missing or a node fails; names the node
   */
  public static Map<String, Value> run(Graph graph, Map<String, ? extends Value> inputs) {
    Scope scope = new Scope(null);
    scope.values.putAll(graph.initializers());
    scope.values.putAll(inputs);
    for (ValueInfo input : graph.inputs()) {
      if (!scope.values.containsKey(input.name())) {
        throw new ModelException(
            "input '" + input.name() + "': expected " + input.type() + ", but it was not given");
      }
    }
    scope.run(graph);
    Map<String, Value> outputs = new LinkedHashMap<>();
    graph.outputs().forEach(v -> outputs.put(v.name(), scope.get(v.name())));
    return outputs;
  }

  /**
   * The outputs of a single node.
   *
   * @param inputs one per input of the node, null where omitted
   */
  public static List<Value> run(Node node, List<? extends Value> inputs) {
    Scope scope = new Scope(null);
    for (int i = 0; i < node.inputs().size(); i++) {
      if (node.hasInput(i)) {
        scope.values.put(node.inputs().get(i), inputs.get(i));
      }
    }
    return scope.evaluate(node);
  }

  private static final class Scope {
    private final Scope outer;
    private final Map<String, Value> values = new HashMap<>();

    Scope(Scope outer) {
      this.outer = outer;
    }

    Value get(String name) {
      for (Scope s = this; s != null; s = s.outer) {
        Value v = s.values.get(name);
        if (v != null) {
          return v;
        }
      }
      throw new ModelException("value '" + name + "': used, but nothing computes it");
    }

    void run(Graph graph) {
      for (Node node : graph.nodes()) {
        List<Value> outputs = evaluate(node);
        for (int i = 0; i < node.outputs().size(); i++) {
          if (node.hasOutput(i) && i < outputs.size() && outputs.get(i) != null) {
            values.put(node.outputs().get(i), outputs.get(i));
          }
        }
      }
    }

    List<Value> evaluate(Node node) {
      try {
        return node.operator().evaluate(new Context(this, node));
      } catch (ModelException e) {
        throw e.in(node.describe());
      } catch (ArithmeticException
          | ClassCastException
          | IllegalArgumentException
          | IllegalStateException
          | IndexOutOfBoundsException
          | NegativeArraySizeException e) {
        throw new ModelException(
            node.describe() + ": inputs or attributes do not fit the operator: " + e.getMessage(),
            e);
      }
    }
  }

  private record Context(Scope scope, Node node) implements EvaluationContext {
    @Override
    public int inputCount() {
      return node.inputs().size();
    }

    @Override
    public boolean hasInput(int i) {
      return node.hasInput(i);
    }

    @Override
    public Value value(int i) {
      return scope.get(node.inputs().get(i));
    }

    @Override
    public int outputCount() {
      return node.outputs().size();
    }

    @Override
    public boolean hasOutput(int i) {
      return node.hasOutput(i);
    }

    @Override
    public List<Value> run(Graph subgraph, List<Value> inputs) {
      Scope inner = new Scope(scope);
      inner.values.putAll(subgraph.initializers());
      for (int i = 0; i < subgraph.inputs().size() && i < inputs.size(); i++) {
        inner.values.put(subgraph.inputs().get(i).name(), inputs.get(i));
      }
      inner.run(subgraph);
      List<Value> outputs = new ArrayList<>();
      subgraph.outputs().forEach(v -> outputs.add(inner.get(v.name())));
      return outputs;
    }
  }
}
