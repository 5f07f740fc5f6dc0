package dev.sardonyx.graph;

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
    return attributes.graphs();
  }

  /** All values that the node needs, each once: its inputs and what its subgraphs capture. */
  public List<String> uses() {
    // Nearly always the inputs as they are; this is asked for all nodes again and again.
    if (subgraphs().isEmpty() && inputsDiffer()) {
      return inputs;
    }
    Set<String> uses = new LinkedHashSet<>(inputs);
    uses.remove("");
    for (Graph g : subgraphs()) {
      uses.addAll(g.captures());
    }
    return List.copyOf(uses);
  }

  /** Whether no input is omitted, nor given twice. */
  private boolean inputsDiffer() {
    int n = inputs.size();
    if (n > 8) {
      return false;
    }
    for (int i = 0; i < n; i++) {
      String input = inputs.get(i);
      boolean differs = !input.isEmpty();
      for (int j = 0; j < i; j++) {
        differs &= !input.equals(inputs.get(j));
      }
      if (!differs) {
        return false;
      }
    }
    return true;
  }

  /** How messages call the node: {@code Conv 'layer1.conv'}. */
  public String describe() {
    String called = !name.isEmpty() ? name : outputs.isEmpty() ? "" : outputs.get(0);
    return qualifiedOpType() + " '" + called + "'";
  }
}
