package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.activation.Swish;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The product of a value and its sigmoid is one function, whatever the version of the model's
 * operators.
 *
 * <pre>
 * Mul(x, Sigmoid(x))         → Swish(x)
 * Mul(x, Sigmoid(Mul(x, a))) → Swish(x; alpha = a)   a a number
 * </pre>
 *
 * <p>Declined where the sigmoid, or what it is of, is used otherwise too.
 */
final class SwishLowering {
  private final Inference types;
  private final Uses uses;

  /** Nodes that have become part of a later one. */
  private final Set<Node> taken = new HashSet<>();

  private SwishLowering(Graph graph, Inference types) {
    this.types = types;
    uses = new Uses(graph);
  }

  static Graph apply(Graph graph, Inference types) {
    SwishLowering pass = new SwishLowering(graph, types);
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node swish = node.is("Mul") ? pass.swish(node) : null;
      nodes.add(swish == null ? node : swish);
    }
    if (pass.taken.isEmpty()) {
      return graph;
    }
    nodes.removeAll(pass.taken);
    return graph.toBuilder().nodes(nodes).build();
  }

  /** A product of a value and its sigmoid as one node, or null if it is none. */
  private Node swish(Node product) {
    for (int i = 0; i < 2; i++) {
      String x = product.input(1 - i);
      Node sigmoid = only("Sigmoid", product.input(i));
      if (sigmoid != null && sigmoid.input(0).equals(x)) {
        taken.add(sigmoid);
        return swish(product, x, 1);
      }
      Node scale = sigmoid == null ? null : only("Mul", sigmoid.input(0));
      Tensor alpha = scale == null ? null : factor(scale, x);
      if (alpha != null) {
        taken.addAll(List.of(scale, sigmoid));
        return swish(product, x, alpha.getFloat(0));
      }
    }
    return null;
  }

  /** The node of a type that computes a value for just one user, or null. */
  private Node only(String opType, String value) {
    Node node = uses.producer(value);
    return node != null && node.is(opType) && uses.onlyUser(value) != null ? node : null;
  }

  /** The number by which a product multiplies a value, or null. */
  private Tensor factor(Node product, String x) {
    for (int i = 0; i < 2; i++) {
      Tensor number = types.constant(product.input(i));
      if (number != null
          && number.size() == 1
          && number.dtype() == DType.FLOAT
          && product.input(1 - i).equals(x)
          && types.type(x) instanceof TensorType t
          && t.shape().hasRank()
          && t.equals(types.type(product.output(0)))) {
        return number;
      }
    }
    return null;
  }

  private static Node swish(Node product, String x, float alpha) {
    return new Node(
        product.name(),
        "",
        "Swish",
        List.of(x),
        product.outputs(),
        Attributes.NONE,
        new Swish(alpha));
  }
}
