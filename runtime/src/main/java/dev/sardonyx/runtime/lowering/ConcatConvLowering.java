package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.shaping.Concat;
import dev.sardonyx.runtime.kernel.ConvKernels;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Convolutions write where their results would be copied.
 *
 * <pre>
 * Concat(ChannelsLastConv(x0, …), ChannelsLastConv(x1, …))
 *   → ConcatConv(x1, …, ConcatConv(x0, …))      along the channels
 * </pre>
 *
 * <p>Only where all parts are convolutions that can, and are used just there. Those with residual
 * or slopes cannot.
 */
final class ConcatConvLowering {
  private final Inference types;
  private final Uses uses;

  private ConcatConvLowering(Graph graph, Inference types) {
    this.types = types;
    uses = new Uses(graph);
  }

  static Graph apply(Graph graph, Inference types) {
    if (graph.nodes().stream().noneMatch(n -> n.is("Concat"))) {
      return graph;
    }
    ConcatConvLowering pass = new ConcatConvLowering(graph, types);
    Map<Node, Node> concats = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (pass.joinsConvolutions(node)) {
        node.inputs().forEach(v -> concats.put(pass.uses.producer(v), node));
      }
    }
    if (concats.isEmpty()) {
      return graph;
    }
    Set<Node> fused = new HashSet<>(concats.values());
    // For each concatenation, what the parts so far are written to.
    Map<Node, String> others = new HashMap<>();
    Map<Node, Integer> parts = new HashMap<>();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node concat = concats.get(node);
      if (concat != null) {
        boolean last = parts.merge(concat, 1, Integer::sum) == concat.inputs().size();
        String output = last ? concat.output(0) : node.output(0);
        nodes.add(pass.part(node, concat, others.get(concat), output));
        others.put(concat, output);
      } else if (!fused.contains(node)) {
        nodes.add(node);
      }
    }
    return graph.toBuilder().nodes(nodes).build();
  }

  private boolean joinsConvolutions(Node node) {
    return node.operator() instanceof Concat c
        && node.inputs().size() > 1
        && Set.copyOf(node.inputs()).size() == node.inputs().size()
        && types.type(node.output(0)) instanceof TensorType t
        && t.shape().hasRank()
        && Axis.of(c.axis(), t.shape().rank()) == t.shape().rank() - 1
        && node.inputs().stream().allMatch(this::canBePart);
  }

  private boolean canBePart(String value) {
    Node node = uses.producer(value);
    return uses.onlyUser(value) != null
        && node != null
        && node.operator() instanceof ChannelsLastConv conv
        && !node.hasInput(3)
        && !node.hasInput(4)
        && ConvKernels.canBePart(conv, types.constant(node.input(1)));
  }

  private Node part(Node node, Node concat, String others, String output) {
    int first = 0;
    int channels = 0;
    for (String v : concat.inputs()) {
      first = v.equals(node.output(0)) ? channels : first;
      channels += weights(uses.producer(v)).dim(0);
    }
    List<String> inputs = new ArrayList<>(node.inputs().subList(0, 2));
    inputs.add(node.hasInput(2) ? node.input(2) : "");
    if (others != null) {
      inputs.add(others);
    }
    return new Node(
        node.name(),
        Lowering.DOMAIN,
        "ConcatConv",
        inputs,
        List.of(output),
        Attributes.NONE,
        new ConcatConv((ChannelsLastConv) node.operator(), first, channels));
  }

  private Tensor weights(Node node) {
    return types.constant(node.input(1));
  }
}
