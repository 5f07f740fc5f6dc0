package dev.sardonyx.graph;

import dev.sardonyx.graph.Attribute.GraphValue;
import dev.sardonyx.graph.Attribute.GraphsValue;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * One computation of a graph.
 *
 * @param name for people; may be empty and need not be unique
 * @param domain the operator's domain; "" is ai.onnx
 * @param inputs names of values, "" for an omitted optional input
 * @param outputs names of values, "" for an output that is not wanted
 * @param operator the attributes bound: what the node computes
 */
public record Node(
    String name,
    String domain,
    String opType,
    List<String> inputs,
    List<String> outputs,
    Attributes attributes,
    Operator operator) {
  public Node {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Of the outputs alone, which no other node of a graph has: quicker than of everything. */
  @Override
  public int hashCode() {
    return outputs.hashCode();
  }

  public Node withInputs(List<String> newInputs) {
    return new Node(name, domain, opType, newInputs, outputs, attributes, operator);
  }

  public Node withOutputs(List<String> newOutputs) {
    return new Node(name, domain, opType, inputs, newOutputs, attributes, operator);
  }

  public Node withName(String newName) {
    return new Node(newName, domain, opType, inputs, outputs, attributes, operator);
  }

  /** Whether this is ai.onnx's operator of that name. */
  public boolean is(String type) {
    return domain.isEmpty() && opType.equals(type);
  }

  /** The operator's name with its domain, as in {@code com.microsoft::FusedConv}. */
  public String qualifiedOpType() {
    return domain.isEmpty() ? opType : domain + "::" + opType;
  }

  public boolean hasInput(int i) {
    return i < inputs.size() && !inputs.get(i).isEmpty();
  }

  public boolean hasOutput(int i) {
    return i < outputs.size() && !outputs.get(i).isEmpty();
  }

  /** The name of input {@code i}, or "" when it is omitted. */
  public String input(int i) {
    return i < inputs.size() ? inputs.get(i) : "";
  }

  /** The name of output {@code i}, or "" when it is not wanted. */
  public String output(int i) {
    return i < outputs.size() ? outputs.get(i) : "";
  }

  /** The subgraphs among the attributes. */
  public List<Graph> subgraphs() {
    List<Graph> graphs = new ArrayList<>(0);
    for (Attribute a : attributes.asMap().values()) {
      if (a instanceof GraphValue g) {
        graphs.add(g.value());
      } else if (a instanceof GraphsValue g) {
        graphs.addAll(g.values());
      }
    }
    return graphs;
  }

  /** All values that the node needs: its inputs and what its subgraphs capture. */
  public Set<String> uses() {
    Set<String> uses = new LinkedHashSet<>(inputs);
    uses.remove("");
    for (Graph g : subgraphs()) {
      uses.addAll(g.captures());
    }
    return uses;
  }

  /** How messages call the node: {@code Conv 'layer1.conv'}. */
  public String describe() {
    String called = !name.isEmpty() ? name : outputs.isEmpty() ? "" : outputs.get(0);
    return qualifiedOpType() + " '" + called + "'";
  }
}
