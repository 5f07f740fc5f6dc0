package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.shaping.Concat;
import dev.sardonyx.runtime.lowering.Pointwise.Step;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * What stands before a 1×1 convolution is done to the rows that it is about to read, so that
 * neither joined nor activated images are ever written.
 *
 * <pre>
 * ChannelsLastConv(Pointwise(Concat(x0, x1, …), s, t; Mul, Add, f), W, b, r)
 *   → PreActivatedConv(x0, W, b, r, s, t, x1, …; f)
 * ChannelsLastConv(Mul(x, s), W, b, r)
 *   → PreActivatedConv(x, W, b, r, s)
 * </pre>
 *
 * <p>s has C elements, or as many for each image, as the end of squeeze-and-excitation; where there
 * is a sum, s and t are constants of C elements. Likewise without Concat, Add or f. Only where the
 * results in between are used just there, and the convolution has no slopes.
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
    if (!(node.operator() instanceof ChannelsLastConv conv)
        || node.hasInput(4)
        || !conv.isPointwise(types.constant(node.input(1)))) {
      return node;
    }
    Node before = onlyUsedHere(node.input(0));
    Steps steps = before == null ? null : steps(before, types.constant(node.input(1)).dim(1));
    if (steps == null) {
      return node;
    }
    fused.add(before);
    List<String> images = List.of(steps.image());
    Node concat = onlyUsedHere(steps.image());
    if (concat != null && joinsChannels(concat)) {
      fused.add(concat);
      images = concat.inputs();
    }
    List<String> inputs = new ArrayList<>(List.of(images.get(0), node.input(1)));
    inputs.add(node.hasInput(2) ? node.input(2) : "");
    inputs.add(node.hasInput(3) ? node.input(3) : "");
    inputs.add(steps.scale());
    inputs.add(steps.shift());
    inputs.addAll(images.subList(1, images.size()));
    return new Node(
        node.name(),
        Lowering.DOMAIN,
        "PreActivatedConv",
        inputs,
        node.outputs(),
        Attributes.NONE,
        new PreActivatedConv(conv, steps.function()));
  }

  /** What computes a value that one node alone uses, or null. */
  private Node onlyUsedHere(String value) {
    return uses.onlyUser(value) != null ? uses.producer(value) : null;
  }

  /** What is done to an image: a product, a sum unless the shift is "", and a function. */
  private record Steps(String image, String scale, String shift, UnaryFunction function) {}

  /** The steps of a node, or null if it does something else. */
  private Steps steps(Node node, int channels) {
    if (node.is("Mul")) {
      int i = isScale(node, 1, 0, channels) ? 0 : 1;
      return isScale(node, 1 - i, i, channels)
          ? new Steps(node.input(i), node.input(1 - i), "", UnaryFunction.IDENTITY)
          : null;
    }
    if (!(node.operator() instanceof Pointwise p)
        || !is("Mul", p.steps().get(0))
        || !isScale(node, 1, 0, channels)) {
      return null;
    }
    Iterator<Step> steps = p.steps().iterator();
    steps.next();
    String shift = "";
    Step step = steps.next();
    if (is("Add", step)
        && isPerChannel(types.constant(node.input(1)), channels)
        && isPerChannel(types.constant(node.input(2)), channels)) {
      shift = node.input(2);
      step = steps.hasNext() ? steps.next() : null;
    }
    UnaryFunction f = step == null ? UnaryFunction.IDENTITY : step.function();
    return f == null || steps.hasNext() ? null : new Steps(node.input(0), node.input(1), shift, f);
  }

  private static boolean is(String opType, Step step) {
    return !step.isUnary() && step.node().is(opType);
  }

  /**
   * Whether input {@code scale} of a node has a number for every channel, or for every channel of
   * every image, of float32 images in input {@code image} that have the output's shape.
   */
  private boolean isScale(Node node, int scale, int image, int channels) {
    if (!(types.type(node.input(image)) instanceof TensorType x)
        || !(types.type(node.input(scale)) instanceof TensorType s)
        || x.dtype() != DType.FLOAT
        || !x.shape().hasRank()
        || !s.shape().hasRank()
        || !x.equals(types.type(node.output(0)))) {
      return false;
    }
    Shape shape = s.shape();
    int rank = shape.rank();
    if (rank == 0 || rank > x.shape().rank() || !shape.dim(rank - 1).is(channels)) {
      return false;
    }
    boolean ofImages = rank == x.shape().rank() && shape.dim(0).equals(x.shape().dim(0));
    return shape.dims().subList(ofImages ? 1 : 0, rank - 1).stream().allMatch(d -> d.is(1));
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
