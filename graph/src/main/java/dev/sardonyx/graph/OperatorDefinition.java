package dev.sardonyx.graph;

import java.util.List;
import java.util.function.Function;

/**
 * An operator as the specification lists it: its name, how attributes are parsed, and how nodes of
 * old versions are brought to the one meaning that everything after the reader works with.
 *
 * @param domain "" for ai.onnx
 * @param since the lowest opset version in which a node as this project writes it means the same as
 *     in the newest; nodes of models below it go through {@code upgrade}
 * @param parser makes the operator of a node's attributes, checking names and ranges
 * @param upgrade rewrites a node of an opset below {@code since}
 */
public record OperatorDefinition(
    String domain, String name, int since, Function<Attributes, Operator> parser, Upgrade upgrade) {

  /** Rewrites a node of an old opset version as nodes of the newest meaning. */
  @FunctionalInterface
  public interface Upgrade {
    /**
     * The nodes that stand for {@code node} as an opset of version {@code version} means it.
     *
     * @param version the model's opset version for the operator's domain, below {@link #since}
     */
    List<Node> upgrade(Node node, int version, UpgradeContext context);
  }

  /** An operator of ai.onnx whose nodes have meant the same since the first version. */
  public static OperatorDefinition of(String name, Function<Attributes, Operator> parser) {
    return new OperatorDefinition("", name, 1, parser, (node, version, context) -> List.of(node));
  }

  /** The same in another domain. */
  public OperatorDefinition inDomain(String otherDomain) {
    return new OperatorDefinition(otherDomain, name, since, parser, upgrade);
  }

  /**
   * The same with nodes that need opset {@code version} at least; nodes of older opsets lose the
   * attributes {@code dropped}, which have no meaning for the result, and are the same otherwise.
   */
  public OperatorDefinition since(int version, String... dropped) {
    return since(version, (node, v, context) -> List.of(context.without(node, dropped)));
  }

  /** The same with {@code upgrade} for nodes of opsets below {@code version}. */
  public OperatorDefinition since(int version, Upgrade newUpgrade) {
    return new OperatorDefinition(domain, name, version, parser, newUpgrade);
  }
}
