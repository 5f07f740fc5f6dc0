package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.nn.Attention;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The operator Attention becomes the node that has a kernel.
 *
 * <pre>
 * Attention(Q, K, V) of rank 4 → ScaledDotProductAttention(Q, K, V)
 * Attention(Q, K, V) of rank 3 → Reshape to [N, S, heads, D] → ScaledDotProductAttention → Reshape
 * </pre>
 *
 * <p>Declined: causal or windowed attention, a softcap, a mask (a query that sees nothing is 0
 * there), past keys and values, heads that share keys, further outputs, unknown head sizes.
 */
final class AttentionOperatorLowering {
  private final Graph graph;
  private final Inference types;
  private final Graph.Builder builder;
  private final List<Node> nodes = new ArrayList<>();

  private AttentionOperatorLowering(Graph graph, Inference types) {
    this.graph = graph;
    this.types = types;
    builder = graph.toBuilder();
  }

  static Graph apply(Graph graph, Inference types) {
    if (graph.nodes().stream().noneMatch(n -> n.operator() instanceof Attention)) {
      return graph;
    }
    AttentionOperatorLowering pass = new AttentionOperatorLowering(graph, types);
    for (Node node : graph.nodes()) {
      if (!(node.operator() instanceof Attention op) || !pass.lower(node, op)) {
        pass.nodes.add(node);
      }
    }
    return pass.builder.nodes(pass.nodes).build();
  }

  private boolean lower(Node node, Attention op) {
    boolean plain =
        !op.causal()
            && op.softcap() == 0
            && op.leftWindow() == -1
            && op.rightWindow() == -1
            && node.inputs().stream().skip(3).allMatch(String::isEmpty)
            && node.outputs().stream().skip(1).allMatch(String::isEmpty);
    Shape q = shape(node.input(0));
    Shape k = shape(node.input(1));
    Shape v = shape(node.input(2));
    if (!plain || q == null || k == null || v == null) {
      return false;
    }
    boolean flat = q.rank() == 3;
    Dim heads = flat ? Dim.of(op.qHeads()) : q.dim(1);
    Dim headsOfK = flat ? Dim.of(op.kvHeads()) : k.dim(1);
    Dim headsOfV = flat ? headsOfK : v.dim(1);
    boolean sameBatches = q.dim(0).equals(k.dim(0)) && q.dim(0).equals(v.dim(0));
    boolean sameHeads = heads.equals(headsOfK) && heads.equals(headsOfV) && !heads.is(0);
    if (!sameBatches || !sameHeads || !q.dim(-1).isKnown()) {
      return false;
    }
    double size = (double) q.dim(-1).value() / (flat ? op.qHeads() : 1);
    float scale = Float.isNaN(op.scale()) ? (float) (1 / Math.sqrt(size)) : op.scale();
    if (!(scale > 0)) {
      return false;
    }
    if (!flat) {
      int[] same = {0, 1, 2, 3};
      nodes.add(
          attention(
              node,
              node.inputs().subList(0, 3),
              node.output(0),
              new ScaledDotProductAttention(scale, same, new int[] {0, 1, 3, 2}, same, same)));
      return true;
    }
    String y = node.output(0) + "/heads";
    int[] swapped = {0, 2, 1, 3};
    List<String> split = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      split.add(y + i);
      reshape(node.input(i), y + i, 0, 0, op.qHeads(), -1);
    }
    nodes.add(
        attention(
            node,
            split,
            y,
            new ScaledDotProductAttention(
                scale, swapped, new int[] {0, 2, 3, 1}, swapped, swapped)));
    reshape(y, node.output(0), 0, 0, -1);
    return true;
  }

  /** The shape of a float32 tensor of rank 3 or 4, else null. */
  private Shape shape(String value) {
    return types.type(value) instanceof TensorType t
            && t.dtype() == DType.FLOAT
            && t.shape().hasRank()
            && (t.shape().rank() == 3 || t.shape().rank() == 4)
        ? t.shape()
        : null;
  }

  private static Node attention(
      Node node, List<String> inputs, String output, ScaledDotProductAttention op) {
    return new Node(
        node.name(),
        Lowering.DOMAIN,
        "ScaledDotProductAttention",
        inputs,
        List.of(output),
        Attributes.NONE,
        op);
  }

  private void reshape(String from, String to, long... shape) {
    String name = to + "/shape";
    builder.initializer(name, Tensor.vector(shape));
    nodes.add(
        new Node(
            "",
            "",
            "Reshape",
            List.of(from, name),
            List.of(to),
            Attributes.NONE,
            graph.operators().bind("", "Reshape", Attributes.NONE)));
  }
}
