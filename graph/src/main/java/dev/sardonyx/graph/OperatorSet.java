package dev.sardonyx.graph;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The operators that graphs may use, by domain and name. Immutable; applications add operators of
 * their own with {@link #with}.
 */
public final class OperatorSet {
  private final Function<String, OperatorDefinition> source;

  /** What was found so far. */
  private final Map<String, OperatorDefinition> found = new ConcurrentHashMap<>();

  private OperatorSet(Function<String, OperatorDefinition> source) {
    this.source = source;
  }

  /**
   * The operators that a function knows.
   *
   * @param source gives the definition for {@code Name} of ai.onnx or {@code domain::Name} of
   *     another domain, or null; the same one every time
   */
  public static OperatorSet of(Function<String, OperatorDefinition> source) {
    return new OperatorSet(source);
  }

  /** These operators and {@code more}; a definition of the same domain and name replaces. */
  public OperatorSet with(OperatorDefinition... more) {
    OperatorSet set = new OperatorSet(source);
    set.found.putAll(found);
    for (OperatorDefinition d : more) {
      set.found.put(key(d.domain(), d.name()), d);
    }
    return set;
  }

  /** The definition, or null when the operator is not known. */
  public OperatorDefinition find(String domain, String opType) {
    return found.computeIfAbsent(key(domain, opType), source);
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
