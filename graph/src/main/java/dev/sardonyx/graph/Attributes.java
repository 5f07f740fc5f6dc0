package dev.sardonyx.graph;

import dev.sardonyx.graph.Attribute.FloatValue;
import dev.sardonyx.graph.Attribute.FloatsValue;
import dev.sardonyx.graph.Attribute.GraphValue;
import dev.sardonyx.graph.Attribute.GraphsValue;
import dev.sardonyx.graph.Attribute.IntValue;
import dev.sardonyx.graph.Attribute.IntsValue;
import dev.sardonyx.graph.Attribute.StringValue;
import dev.sardonyx.graph.Attribute.StringsValue;
import dev.sardonyx.graph.Attribute.TensorValue;
import dev.sardonyx.graph.Attribute.TypeValue;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The attributes of a node by name, in the order of the file, with readers for the operators that
 * parse them. A reader whose attribute has another kind than it wants throws {@link
 * ModelException}.
 */
public final class Attributes {
  public static final Attributes NONE = new Attributes(Map.of());

  private final Map<String, Attribute> values;

  /** Collected once: every walk over a graph asks every node for its subgraphs. */
  private final List<Graph> graphs;

  public Attributes(Map<String, Attribute> values) {
    this.values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    this.graphs = graphs(values);
  }

  private static List<Graph> graphs(Map<String, Attribute> values) {
    List<Graph> graphs = List.of();
    for (Attribute a : values.values()) {
      if (a instanceof GraphValue || a instanceof GraphsValue) {
        graphs = graphs.isEmpty() ? new ArrayList<>() : graphs;
        graphs.addAll(a instanceof GraphValue g ? List.of(g.value()) : ((GraphsValue) a).values());
      }
    }
    return Collections.unmodifiableList(graphs);
  }

  /** The graphs among the values. */
  public List<Graph> graphs() {
    return graphs;
  }

  public Map<String, Attribute> asMap() {
    return values;
  }

  public boolean has(String name) {
    return values.containsKey(name);
  }

  /** These attributes and one more, or one replaced. */
  public Attributes with(String name, Attribute value) {
    Map<String, Attribute> m = new LinkedHashMap<>(values);
    m.put(name, value);
    return new Attributes(m);
  }

  /** These attributes without one. */
  public Attributes without(String name) {
    Map<String, Attribute> m = new LinkedHashMap<>(values);
    m.remove(name);
    return new Attributes(m);
  }

  public long getLong(String name, long otherwise) {
    IntValue v = get(name, IntValue.class, "an integer");
    return v == null ? otherwise : v.value();
  }

  public int getInt(String name, int otherwise) {
    long v = getLong(name, otherwise);
    if (v != (int) v) {
      throw new ModelException("attribute " + name + ": expected a 32-bit integer, got " + v);
    }
    return (int) v;
  }

  public boolean getFlag(String name, boolean otherwise) {
    return getLong(name, otherwise ? 1 : 0) != 0;
  }

  public float getFloat(String name, float otherwise) {
    FloatValue v = get(name, FloatValue.class, "a float");
    return v == null ? otherwise : v.value();
  }

  public String getString(String name, String otherwise) {
    StringValue v = get(name, StringValue.class, "a string");
    return v == null ? otherwise : v.value();
  }

  /** A string that must be one of {@code allowed}. */
  public String getChoice(String name, String otherwise, String... allowed) {
    String v = getString(name, otherwise);
    if (v != null && !Arrays.asList(allowed).contains(v)) {
      throw new ModelException(
          "attribute " + name + ": expected one of " + Arrays.toString(allowed) + ", got " + v);
    }
    return v;
  }

  /** A list of integers, or null when absent. */
  public long[] getLongs(String name) {
    IntsValue v = get(name, IntsValue.class, "a list of integers");
    if (v == null) {
      return null;
    }
    long[] numbers = new long[v.values().size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = v.values().get(i);
    }
    return numbers;
  }

  /** A list of integers that fit 32 bits, or null when absent. */
  public int[] getInts(String name) {
    long[] v = getLongs(name);
    if (v == null) {
      return null;
    }
    int[] ints = new int[v.length];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = (int) v[i];
      if (ints[i] != v[i]) {
        throw new ModelException("attribute " + name + ": expected 32-bit integers, got " + v[i]);
      }
    }
    return ints;
  }

  /** A list of floats, or null when absent. */
  public float[] getFloats(String name) {
    FloatsValue v = get(name, FloatsValue.class, "a list of floats");
    if (v == null) {
      return null;
    }
    float[] out = new float[v.values().size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = v.values().get(i);
    }
    return out;
  }

  /** A list of strings, or null when absent. */
  public List<String> getStrings(String name) {
    StringsValue v = get(name, StringsValue.class, "a list of strings");
    return v == null ? null : v.values();
  }

  /** A tensor, or null when absent. */
  public Tensor getTensor(String name) {
    TensorValue v = get(name, TensorValue.class, "a tensor");
    return v == null ? null : v.value();
  }

  /** A subgraph, which must be there. */
  public Graph getGraph(String name) {
    GraphValue v = get(name, GraphValue.class, "a graph");
    if (v == null) {
      throw missing(name);
    }
    return v.value();
  }

  /** A type, or null when absent. */
  public ValueType getType(String name) {
    TypeValue v = get(name, TypeValue.class, "a type");
    return v == null ? null : v.value();
  }

  /** An element type given by its number, or {@code otherwise} when absent. */
  public DType getDType(String name, DType otherwise) {
    IntValue v = get(name, IntValue.class, "an element type");
    if (v == null) {
      return otherwise;
    }
    try {
      return DType.ofCode((int) v.value());
    } catch (IllegalArgumentException e) {
      throw new ModelException("attribute " + name + ": " + e.getMessage(), e);
    }
  }

  /** The complaint that a required attribute is not there. */
  public static ModelException missing(String name) {
    return new ModelException("attribute " + name + ": required, but not given");
  }

  private <A extends Attribute> A get(String name, Class<A> kind, String expected) {
    Attribute a = values.get(name);
    if (a == null) {
      return null;
    }
    if (!kind.isInstance(a)) {
      throw new ModelException(
          "attribute " + name + ": expected " + expected + ", got " + a.getClass().getSimpleName());
    }
    return kind.cast(a);
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Attributes a && values.equals(a.values);
  }

  @Override
  public int hashCode() {
    return values.hashCode();
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
