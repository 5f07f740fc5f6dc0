package dev.sardonyx.optimizer;

import dev.sardonyx.graph.Node;
import dev.sardonyx.optimizer.Pattern.AnyValue;
import dev.sardonyx.optimizer.Pattern.ConstantValue;
import dev.sardonyx.optimizer.Pattern.Maybe;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.Pattern.OneOf;
import dev.sardonyx.tensor.Tensor;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Finds a pattern in a graph, trying all alternatives and both orders of commutative inputs. */
final class Matcher {
  private final Function<String, Node> producer;
  private final Function<String, Tensor> constant;

  /**
   * @param producer the node that computes a value, or null
   * @param constant the content of a value, or null
   */
  Matcher(Function<String, Node> producer, Function<String, Tensor> constant) {
    this.producer = producer;
    this.constant = constant;
  }

  /**
   * What names stand for so far.
   *
   * @param matched the matched nodes, told apart by identity, and whether others may use them
   */
  record Bindings(
      Map<String, Node> nodes, Map<String, String> values, IdentityHashMap<Node, Boolean> matched) {
    Bindings() {
      this(new HashMap<>(), new HashMap<>(), new IdentityHashMap<>(4));
    }

    Bindings copy() {
      return new Bindings(
          new HashMap<>(nodes), new HashMap<>(values), new IdentityHashMap<>(matched));
    }
  }

  /** Patterns that are still to be fulfilled by values, as a linked list. */
  private record Goals(Pattern pattern, String value, Goals next) {}

  /** What the pattern's names stand for when its last node is {@code root}; null if it is not. */
  Bindings match(NodePattern pattern, Node root) {
    // Bindings are made last, since hardly any node fits.
    return mayFit(pattern, root) ? matchInputs(pattern, root, null, new Bindings()) : null;
  }

  /**
   * Fulfils goals one after another. A loop as far as there is no choice: a call for every goal
   * would be one that the VM takes a quarter of a second to compile.
   */
  private Bindings solve(Goals all, Bindings b) {
    Goals goals = all;
    while (goals != null) {
      Pattern pattern = goals.pattern;
      String value = goals.value;
      Goals next = goals.next;
      if (pattern instanceof OneOf o) {
        return firstThatFits(o, value, next, b);
      }
      if (pattern instanceof Maybe m) {
        goals = value.isEmpty() ? next : new Goals(m.input(), value, next);
        continue;
      }
      if (value.isEmpty()) {
        return null;
      }
      if (pattern instanceof NodePattern p) {
        Node node = producer.apply(value);
        boolean first = node != null && node.output(0).equals(value);
        return first && mayFit(p, node) ? matchInputs(p, node, next, b) : null;
      }
      boolean fits =
          pattern instanceof ConstantValue c
              ? isConstant(c, value) && bind(c.name(), value, b)
              : bind(((AnyValue) pattern).name(), value, b);
      if (!fits) {
        return null;
      }
      goals = next;
    }
    return b;
  }

  private Bindings firstThatFits(OneOf patterns, String value, Goals next, Bindings b) {
    for (Pattern alternative : patterns.alternatives()) {
      Bindings found = solve(new Goals(alternative, value, next), b.copy());
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private boolean isConstant(ConstantValue pattern, String value) {
    Tensor t = constant.apply(value);
    return t != null && pattern.condition().test(t);
  }

  /** Whether a node fits a pattern as far as the node alone tells: the quick part. */
  private static boolean mayFit(NodePattern p, Node node) {
    return p.mayBe(node.qualifiedOpType())
        && (p.moreInputs() || node.inputs().size() <= p.inputs().size())
        && p.condition().test(node);
  }

  private Bindings matchInputs(NodePattern p, Node node, Goals next, Bindings b) {
    if (!bind(p.name(), node.output(0), b)) {
      return null;
    }
    if (!p.name().isEmpty()) {
      b.nodes.put(p.name(), node);
    }
    b.matched.put(node, p.mayBeShared() && b.matched.getOrDefault(node, true));
    if (p.anyOrder() && p.inputs().size() == 2) {
      List<Pattern> swapped = List.of(p.inputs().get(1), p.inputs().get(0));
      Bindings found = solve(goals(p.inputs(), node, next), b.copy());
      return found != null ? found : solve(goals(swapped, node, next), b);
    }
    return solve(goals(p.inputs(), node, next), b);
  }

  private static Goals goals(List<Pattern> inputs, Node node, Goals next) {
    Goals goals = next;
    for (int i = inputs.size() - 1; i >= 0; i--) {
      goals = new Goals(inputs.get(i), node.input(i), goals);
    }
    return goals;
  }

  private static boolean bind(String name, String value, Bindings b) {
    if (name.isEmpty()) {
      return true;
    }
    String before = b.values.putIfAbsent(name, value);
    return before == null || before.equals(value);
  }
}
