package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.op.activation.Swish;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The product of a value and its sigmoid is one function, whatever the version of the model's
 * operators.
 *
 * <pre>
 * Mul(x, Sigmoid(x)) → Swish(x)
 * </pre>
 *
 * <p>Declined where the sigmoid is used otherwise too.
 */
final class SwishLowering {
  private SwishLowering() {}

  static Graph apply(Graph graph) {
    Uses uses = new Uses(graph);
    Map<String, Integer> sigmoids = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.is("Sigmoid") && uses.onlyUser(node.output(0)) != null) {
        sigmoids.put(node.output(0), nodes.size());
      }
      Integer at = node.is("Mul") ? sigmoidFactor(node, sigmoids, nodes) : null;
      nodes.add(at == null ? node : swish(node, nodes.set(at, null)));
    }
    if (!nodes.contains(null)) {
      return graph;
    }
    nodes.removeIf(Objects::isNull);
    return graph.toBuilder().nodes(nodes).build();
  }

  /** The position of the sigmoid of one of a product's factors that is the other, or null. */
  private static Integer sigmoidFactor(
      Node product, Map<String, Integer> sigmoids, List<Node> nodes) {
    for (int i = 0; i < 2; i++) {
      Integer at = sigmoids.get(product.input(i));
      if (at != null && nodes.get(at).input(0).equals(product.input(1 - i))) {
        return at;
      }
    }
    return null;
  }

  private static Node swish(Node product, Node sigmoid) {
    return new Node(
        product.name(),
        "",
        "Swish",
        sigmoid.inputs(),
        product.outputs(),
        Attributes.NONE,
        new Swish(1));
  }
}
