package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.op.shaping.Concat;
import dev.sardonyx.runtime.lowering.Pointwise.Step;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What stands before a 1×1 convolution is done to the rows that it is about to read, so that
 * neither joined nor activated images are ever written.
 *
 * <pre>
 * ChannelsLastConv(Pointwise(Concat(x0, x1, …), s, t; Mul, Add, f), W, b, r)
 *   → PreActivatedConv(x0, W, b, r, s, t, x1, …; f)      s, t constants of C elements
 * </pre>
 *
 * <p>Likewise without Concat. Only where the results in between are used just there.
 */
final class PreActivation {
  private final Inference types;
  private final Uses uses;
  private final Set<Node> fused = new HashSet<>();

  private PreActivation(Graph graph, Inference types) {
    this.types = types;
    uses = new Uses(graph);
  }

  static Graph apply(Graph graph, Inference types) {
    PreActivation pass = new PreActivation(graph, types);
    List<Node> nodes = new ArrayList<>(graph.nodes());
    for (int i = 0; i < nodes.size(); i++) {
      nodes.set(i, pass.rewritten(nodes.get(i)));
    }
    if (pass.fused.isEmpty()) {
      return graph;
    }
    nodes.removeAll(pass.fused);
    return graph.toBuilder().nodes(nodes).build();
  }

  private Node rewritten(Node node) {
    if (!(node.operator() instanceof ChannelsLastConv conv) || !isPointwise(conv.conv(), node)) {
      return node;
    }
    Node before = onlyUsedHere(node.input(0));
    if (before == null || !(before.operator() instanceof Pointwise p) || !fits(p, before, node)) {
      return node;
    }
    fused.add(before);
    List<String> images = List.of(before.input(0));
    Node concat = onlyUsedHere(before.input(0));
    if (concat != null && joinsChannels(concat)) {
      fused.add(concat);
      images = concat.inputs();
    }
    List<String> inputs = new ArrayList<>(List.of(images.get(0), node.input(1)));
    inputs.add(node.hasInput(2) ? node.input(2) : "");
    inputs.add(node.hasInput(3) ? node.input(3) : "");
    inputs.addAll(before.inputs().subList(1, 3));
    inputs.addAll(images.subList(1, images.size()));
    return new Node(
        node.name(),
        Lowering.DOMAIN,
        "PreActivatedConv",
        inputs,
        node.outputs(),
        Attributes.NONE,
        new PreActivatedConv(conv, p.steps().get(2).function()));
  }

  /** What computes a value that one node alone uses, or null. */
  private Node onlyUsedHere(String value) {
    return uses.onlyUser(value) != null ? uses.producer(value) : null;
  }

  /** Whether every output pixel of a convolution reads just its own input pixel. */
  private boolean isPointwise(Conv conv, Node node) {
    Tensor w = types.constant(node.input(1));
    if (w == null || conv.group() != 1 || w.size() != w.dim(0) * w.dim(1)) {
      return false;
    }
    int[] xShape = w.shape();
    Arrays.fill(xShape, 8);
    xShape[1] = w.dim(1);
    Geometry g = conv.geometry(xShape, w.shape());
    return Arrays.stream(g.strides()).allMatch(s -> s == 1)
        && Arrays.stream(g.pads()).allMatch(p -> p == 0);
  }

  /** Whether the steps are a product and a sum per channel, then a function. */
  private boolean fits(Pointwise p, Node before, Node node) {
    List<Step> steps = p.steps();
    int channels = types.constant(node.input(1)).dim(1);
    return steps.size() == 3
        && !steps.get(0).isUnary()
        && steps.get(0).node().is("Mul")
        && !steps.get(1).isUnary()
        && steps.get(1).node().is("Add")
        && steps.get(2).isUnary()
        && isPerChannel(types.constant(before.input(1)), channels)
        && isPerChannel(types.constant(before.input(2)), channels);
  }

  private static boolean isPerChannel(Tensor t, int channels) {
    return t != null && t.size() == channels && t.rank() > 0 && t.dim(t.rank() - 1) == channels;
  }

  private boolean joinsChannels(Node node) {
    if (!(node.operator() instanceof Concat c)
        || !(types.type(node.output(0)) instanceof TensorType t)
        || !t.shape().hasRank()) {
      return false;
    }
    Shape shape = t.shape();
    return Axis.of(c.axis(), shape.rank()) == shape.rank() - 1
        && node.inputs().stream().allMatch(this::hasKnownChannels);
  }

  private boolean hasKnownChannels(String value) {
    return types.type(value) instanceof TensorType t
        && t.shape().hasRank()
        && t.shape().dims().stream().skip(t.shape().rank() - 1L).allMatch(Dim::isKnown);
  }
}
