package dev.sardonyx.graph;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The operators that graphs may use, by domain and name. Immutable; applications add operators of
 * their own with {@link #with}.
 */
public final class OperatorSet {
  private final Map<String, OperatorDefinition> definitions;

  private OperatorSet(Map<String, OperatorDefinition> definitions) {
    this.definitions = definitions;
  }

  public static OperatorSet of(Collection<OperatorDefinition> definitions) {
    Map<String, OperatorDefinition> m = new LinkedHashMap<>();
    for (OperatorDefinition d : definitions) {
      if (m.put(key(d.domain(), d.name()), d) != null) {
        throw new IllegalArgumentException(
            "expected each operator once, got two of " + key(d.domain(), d.name()));
      }
    }
    return new OperatorSet(m);
  }

  /** These operators and {@code more}; a definition of the same domain and name replaces. */
  public OperatorSet with(OperatorDefinition... more) {
    Map<String, OperatorDefinition> m = new LinkedHashMap<>(definitions);
    for (OperatorDefinition d : more) {
      m.put(key(d.domain(), d.name()), d);
    }
    return new OperatorSet(m);
  }

  /** The definition, or null when the operator is not known. */
  public OperatorDefinition find(String domain, String opType) {
    return definitions.get(key(domain, opType));
  }

  public List<OperatorDefinition> all() {
    return List.copyOf(definitions.values());
  }

  /**
   * The operator of a node; {@link UnknownOperator} when it is not known.
   *
   * @throws ModelException if the attributes are not the operator's
   */
  public Operator bind(String domain, String opType, Attributes attributes) {
    OperatorDefinition d = find(domain, opType);
    return d == null
        ? new UnknownOperator(domain, opType, attributes)
        : d.parser().apply(attributes);
  }

  /** "ai.onnx" and "" are the same domain; "" is used throughout. */
  public static String canonicalDomain(String domain) {
    return domain.equals("ai.onnx") ? "" : domain;
  }

  private static String key(String domain, String name) {
    return domain.isEmpty() ? name : domain + "::" + name;
  }
}
