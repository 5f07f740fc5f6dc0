package dev.sardonyx.graph.io;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.NodeProto;
import dev.sardonyx.proto.ValueInfoProto;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What names, attribute references and opset versions mean in the text that is being read: the
 * model's own graph (names stay as they are), one call of a function, or a subgraph within such a
 * call (every name is replaced by one that is new in the model).
 */
final class Frame {
  private final Frame caller;
  private final Frame enclosing;

  /** The key of the function whose body this is; null for the model's own graph. */
  private final String function;

  private final String prefix;
  private final Map<String, Integer> opsets;
  private final Map<String, Attribute> arguments;
  private final Map<String, String> names = new HashMap<>();

  private Frame(
      Frame caller,
      Frame enclosing,
      String function,
      String prefix,
      Map<String, Integer> opsets,
      Map<String, Attribute> arguments) {
    this.caller = caller;
    this.enclosing = enclosing;
    this.function = function;
    this.prefix = prefix;
    this.opsets = opsets;
    this.arguments = arguments;
  }

  static Frame ofModel(Map<String, Integer> opsets) {
    return new Frame(null, null, null, "", Map.copyOf(opsets), Map.of());
  }

  /** The frame of a call made in this frame of the function with key {@code called}. */
  Frame ofFunction(
      String called,
      String newPrefix,
      Map<String, Integer> newOpsets,
      Map<String, Attribute> newArguments) {
    return new Frame(this, null, called, newPrefix, newOpsets, newArguments);
  }

  /** The frame of a subgraph in the body of this frame's function. */
  Frame ofSubgraph(Message graph, Names fresh) {
    Frame f = new Frame(caller, this, function, prefix, opsets, arguments);
    for (Message v : graph.messages(GraphProto.INPUT_FIELD_NUMBER)) {
      f.defineFresh(List.of(v.text(ValueInfoProto.NAME_FIELD_NUMBER)), fresh);
    }
    f.defineFresh(Names.initializers(graph), fresh);
    for (Message n : graph.messages(GraphProto.NODE_FIELD_NUMBER)) {
      f.defineFresh(n.texts(NodeProto.OUTPUT_FIELD_NUMBER), fresh);
    }
    return f;
  }

  boolean isFunction() {
    return function != null;
  }

  /** Whether a call of the function with key {@code f} is under way. */
  boolean isWithin(String f) {
    for (Frame frame = this; frame != null; frame = frame.caller) {
      if (f.equals(frame.function)) {
        return true;
      }
    }
    return false;
  }

  /** Put before the names of nodes, so that people see which call they come from. */
  String prefix() {
    return prefix;
  }

  Map<String, Integer> opsets() {
    return opsets;
  }

  /** The version of a domain, or null when it is not imported. */
  Integer opset(String domain) {
    return opsets.get(domain);
  }

  /** The value of an attribute of the function, or null when there is none. */
  Attribute argument(String name) {
    return arguments.get(name);
  }

  void define(String name, String meaning) {
    names.put(name, meaning);
  }

  boolean defines(String name) {
    return names.containsKey(name);
  }

  /** Gives new names to those that have none yet. */
  void defineFresh(List<String> defined, Names fresh) {
    for (String name : defined) {
      if (!name.isEmpty() && !names.containsKey(name)) {
        names.put(name, fresh.fresh(prefix + name));
      }
    }
  }

  /** What a name is called in the graph that is being made. */
  String rename(String name) {
    if (function == null || name.isEmpty()) {
      return name;
    }
    for (Frame f = this; f != null; f = f.enclosing) {
      String renamed = f.names.get(name);
      if (renamed != null) {
        return renamed;
      }
    }
    throw new ModelException("uses '" + name + "', but nothing in the function computes it");
  }
}
