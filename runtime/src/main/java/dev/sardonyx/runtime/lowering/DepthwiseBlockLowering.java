package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.runtime.kernel.ConvKernels;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Large images between a depthwise convolution and the 1×1 convolutions around it are computed a
 * band of rows at a time, and never written to memory as a whole.
 *
 * <pre>
 * ChannelsLastConv(ChannelsLastConv(ChannelsLastConv(x, We, be), Wd, bd), Wp, bp, r)
 *   → DepthwiseBlock(x, Wd, bd, r, We, be, Wp, bp)
 * </pre>
 *
 * <p>Likewise without the first or the last. Only where what lies in between is used just there,
 * and is too large for a second-level cache: small images are better computed one layer after the
 * other, weights being read once for all of the image.
 */
final class DepthwiseBlockLowering {
  /** Floats of an image that are not in the second-level cache any more when they are read. */
  private static final int LARGE = 200_000;

  private final Inference types;
  private final Uses uses;

  private DepthwiseBlockLowering(Graph graph, Inference types) {
    this.types = types;
    uses = new Uses(graph);
  }

  static Graph apply(Graph graph, Inference types) {
    DepthwiseBlockLowering pass = new DepthwiseBlockLowering(graph, types);
    Set<Node> fused = new HashSet<>();
    // By the last node of the block.
    Map<Node, Node> blocks = new HashMap<>();
    for (Node node : graph.nodes()) {
      if (pass.isDepthwise(node)) {
        Node expand = pass.pointwise(pass.uses.producer(node.input(0)), node.input(0));
        Node project = pass.pointwise(pass.uses.onlyUser(node.output(0)), node.output(0));
        expand = expand == null || expand.hasInput(3) || fused.contains(expand) ? null : expand;
        if (expand != null || project != null) {
          fused.add(node);
          fused.add(expand);
          fused.add(project);
          blocks.put(project == null ? node : project, block(expand, node, project));
        }
      }
    }
    if (blocks.isEmpty()) {
      return graph;
    }
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node block = blocks.get(node);
      if (block != null) {
        nodes.add(block);
      } else if (!fused.contains(node)) {
        nodes.add(node);
      }
    }
    return graph.toBuilder().nodes(nodes).build();
  }

  private boolean isDepthwise(Node node) {
    return isConvolution(node)
        && !node.hasInput(3)
        && ConvKernels.isDepthwiseInBands(
            (ChannelsLastConv) node.operator(), types.constant(node.input(1)));
  }

  /**
   * The node if it is a 1×1 convolution, and the value between it and a depthwise convolution is
   * large and used just there; or null.
   */
  private Node pointwise(Node node, String between) {
    return isConvolution(node)
            && uses.onlyUser(between) != null
            && isLarge(between)
            && ((ChannelsLastConv) node.operator()).isPointwise(types.constant(node.input(1)))
        ? node
        : null;
  }

  /** Of images, with weights and bias that never change, and without slopes. */
  private boolean isConvolution(Node node) {
    if (node == null || !(node.operator() instanceof ChannelsLastConv) || node.hasInput(4)) {
      return false;
    }
    Tensor w = types.constant(node.input(1));
    return w != null
        && w.rank() == 4
        && w.dtype() == DType.FLOAT
        && (!node.hasInput(2) || types.constant(node.input(2)) != null);
  }

  private boolean isLarge(String value) {
    if (!(types.type(value) instanceof TensorType t) || !t.shape().hasRank()) {
      return false;
    }
    long size = 1;
    for (Dim d : t.shape().dims().subList(1, t.shape().rank())) {
      size *= d.isKnown() ? d.value() : 0;
    }
    return size >= LARGE;
  }

  private static Node block(Node expand, Node depthwise, Node project) {
    Node last = project == null ? depthwise : project;
    List<String> inputs =
        new ArrayList<>(
            Arrays.asList(
                expand == null ? depthwise.input(0) : expand.input(0),
                depthwise.input(1),
                input(depthwise, 2),
                project == null ? "" : input(project, 3),
                expand == null ? "" : expand.input(1),
                expand == null ? "" : input(expand, 2)));
    if (project != null) {
      inputs.add(project.input(1));
      inputs.add(input(project, 2));
    }
    return new Node(
        depthwise.name(),
        Lowering.DOMAIN,
        "DepthwiseBlock",
        inputs,
        last.outputs(),
        Attributes.NONE,
        new DepthwiseBlock(
            operator(expand), (ChannelsLastConv) depthwise.operator(), operator(project)));
  }

  private static String input(Node node, int i) {
    return node.hasInput(i) ? node.input(i) : "";
  }

  private static ChannelsLastConv operator(Node node) {
    return node == null ? null : (ChannelsLastConv) node.operator();
  }
}
