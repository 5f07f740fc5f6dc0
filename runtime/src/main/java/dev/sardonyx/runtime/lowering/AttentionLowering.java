package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.activation.Softmax;
import dev.sardonyx.op.shaping.Transpose;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What exporters make of attention becomes one node that reads and writes the layout around it.
 *
 * <pre>
 * Q → Transpose → Div ┐
 * K → Transpose ──── MatMul → Mul → Add(mask) → Softmax ┐
 * V → Transpose ───────────────────────────────────── MatMul → Transpose → Y     becomes
 *
 * ScaledDotProductAttention(Q, K, V, mask) → Y
 * </pre>
 *
 * <p>Every Transpose, every multiplication or division by a constant, and the mask may be missing;
 * a Transpose stays where it would leave rows of Q or Y scattered in memory.
 *
 * <p>Declined: a softmax not over the last dimension, a scale that is not positive, scores or
 * weights that are used elsewhere, batches or a mask that may broadcast in ways that shapes do not
 * tell.
 */
final class AttentionLowering {
  private final Graph graph;
  private final Inference types;
  private final Uses uses;

  /** By the last node of each pattern, what takes its place. */
  private final Map<Node, Node> replacements = new HashMap<>();

  private AttentionLowering(Graph graph, Inference types) {
    this.graph = graph;
    this.types = types;
    uses = new Uses(graph);
  }

  static Graph apply(Graph graph, Inference types) {
    AttentionLowering pass = new AttentionLowering(graph, types);
    for (Node node : graph.nodes()) {
      pass.match(node);
    }
    return pass.replacements.isEmpty() ? graph : pass.replaced();
  }

  /** The graph with the replacements and without the nodes that nothing uses any more. */
  private Graph replaced() {
    List<Node> nodes = new ArrayList<>();
    for (Node old : graph.nodes()) {
      nodes.add(replacements.getOrDefault(old, old));
    }
    return graph.toBuilder().nodes(UnusedNodes.without(graph, nodes)).build();
  }

  private void match(Node softmax) {
    if (!(softmax.operator() instanceof Softmax op) || op.function() != Softmax.Function.Softmax) {
      return;
    }
    int rank = rank(softmax.output(0));
    Node product = uses.onlyUser(softmax.output(0));
    if (rank < 2
        || Axis.of(op.axis(), rank) != rank - 1
        || product == null
        || !product.is("MatMul")
        || !product.input(0).equals(softmax.output(0))) {
      return;
    }
    Node add = producer(softmax.input(0));
    if (add != null && add.is("Add")) {
      for (int side = 0; side < 2; side++) {
        if (isMask(add.input(1 - side), add.input(side))) {
          match(add.input(side), add.input(1 - side), product, rank);
        }
      }
    } else {
      match(softmax.input(0), "", product, rank);
    }
  }

  /** The node that computes a value which nothing else uses, or null. */
  private Node producer(String value) {
    return uses.onlyUser(value) != null ? uses.producer(value) : null;
  }

  private void match(String scores, String mask, Node product, int rank) {
    double scale = 1;
    Node node = producer(scores);
    if (node != null && factorOf(node) != 0) {
      scale = factorOf(node);
      node = producer(scaled(node));
    }
    if (node == null || !node.is("MatMul")) {
      return;
    }
    Operand q = operand(node.input(0), rank, true);
    Operand k = operand(node.input(1), rank, false);
    Operand v = operand(product.input(1), rank, false);
    float factor = (float) (scale * q.factor * k.factor);
    if (v.factor != 1 || !(factor > 0) || !isBatchOfMatrices(node, product, rank)) {
      return;
    }
    Node last = product;
    int[] permY = identity(rank);
    Node after = uses.onlyUser(product.output(0));
    if (after != null && after.operator() instanceof Transpose t) {
      int[] perm = t.permutation(rank);
      if (perm[rank - 1] == rank - 1) {
        permY = perm;
        last = after;
      }
    }
    List<String> inputs = new ArrayList<>(List.of(q.value, k.value, v.value));
    if (!mask.isEmpty()) {
      inputs.add(mask);
    }
    replacements.put(
        last,
        new Node(
            product.name(),
            Lowering.DOMAIN,
            "ScaledDotProductAttention",
            inputs,
            last.outputs(),
            Attributes.NONE,
            new ScaledDotProductAttention(factor, q.perm, k.perm, v.perm, permY)));
  }

  // ---- operands ----

  /** A value, how it is to be transposed, and what it is to be multiplied by. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Operand(String value, int[] perm, double factor) {}

  /** What stands before the Transposes and multiplications that lead to a value. */
  private Operand operand(String value, int rank, boolean keepRows) {
    String from = value;
    int[] perm = identity(rank);
    double factor = 1;
    while (uses.producer(from) != null && rank(from) == rank) {
      Node node = uses.producer(from);
      if (node.operator() instanceof Transpose t) {
        int[] outer = t.permutation(rank);
        int[] both = new int[rank];
        for (int d = 0; d < rank; d++) {
          both[d] = outer[perm[d]];
        }
        if (keepRows && both[rank - 1] != rank - 1) {
          break;
        }
        perm = both;
        from = node.input(0);
      } else if (factorOf(node) != 0 && rank(scaled(node)) == rank) {
        factor *= factorOf(node);
        from = scaled(node);
      } else {
        break;
      }
    }
    return new Operand(from, perm, factor);
  }

  private static int[] identity(int rank) {
    int[] perm = new int[rank];
    for (int d = 0; d < rank; d++) {
      perm[d] = d;
    }
    return perm;
  }

  /** The constant by which a Mul or Div multiplies, or 0 for any other node. */
  private double factorOf(Node node) {
    if (node.is("Div")) {
      return isScalar(node.input(1)) ? 1 / types.constant(node.input(1)).getDouble(0) : 0;
    } else if (node.is("Mul")) {
      int side = isScalar(node.input(1)) ? 1 : 0;
      return isScalar(node.input(side)) ? types.constant(node.input(side)).getDouble(0) : 0;
    }
    return 0;
  }

  /** What a node that has a factor multiplies. */
  private String scaled(Node node) {
    return node.input(isScalar(node.input(1)) ? 0 : 1);
  }

  private boolean isScalar(String value) {
    Tensor t = types.constant(value);
    return t != null && t.dtype() == DType.FLOAT && t.size() == 1;
  }

  // ---- shapes ----

  private Shape shape(String value) {
    return types.type(value) instanceof TensorType t && t.dtype() == DType.FLOAT
        ? t.shape()
        : Shape.UNKNOWN;
  }

  private int rank(String value) {
    return shape(value).hasRank() ? shape(value).rank() : -1;
  }

  /** Whether adding the mask leaves the shape as it is and gives every column its own number. */
  private boolean isMask(String mask, String scores) {
    Shape m = shape(mask);
    Shape s = shape(scores);
    if (!m.hasRank() || !s.hasRank() || m.rank() > s.rank() || m.rank() == 0) {
      return false;
    }
    for (int d = 1; d <= m.rank(); d++) {
      boolean same = m.dim(-d).equals(s.dim(-d));
      if (!same && (d == 1 || !m.dim(-d).is(1))) {
        return false;
      }
    }
    return true;
  }

  /** Whether all four operands have the same batch dimensions. */
  private boolean isBatchOfMatrices(Node scores, Node product, int rank) {
    Shape q = shape(scores.input(0));
    for (String value : List.of(scores.input(1), product.input(1))) {
      Shape s = shape(value);
      if (!s.hasRank() || !q.hasRank() || s.rank() != rank || q.rank() != rank) {
        return false;
      }
      for (int d = 0; d < rank - 2; d++) {
        if (!s.dim(d).equals(q.dim(d))) {
          return false;
        }
      }
    }
    return true;
  }
}
