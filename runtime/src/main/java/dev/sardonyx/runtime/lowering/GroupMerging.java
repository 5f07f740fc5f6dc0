package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.op.nn.ConvTranspose;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Several groups of a convolution that have few output channels each become one, whose weights
 * between different groups are zero, so that products have whole vectors of columns.
 *
 * <pre>
 * Conv(x, W; group 32)  →  Conv(x, W'; group 8)       W  [128, 4, 3, 3]
 *                                                     W' [128, 16, 3, 3], four blocks of W in each
 * </pre>
 *
 * <p>The same for ConvTranspose. A sum takes in zeros in addition, which change nothing as long as
 * the inputs are finite; an infinite one spreads over the groups that are merged.
 *
 * <p>At least two groups stay: a single one would be computed by algorithms that round more.
 *
 * <p>Declined: weights that are not constant or not finite, one input and one output channel a
 * group (there are kernels for those) unless it is a volume or a ConvTranspose.
 */
final class GroupMerging {
  /** Columns of a product that cost as much as one. */
  private static final int COLUMNS = 16;

  private GroupMerging() {}

  static Graph apply(Graph graph, Inference types) {
    Names names = new Names(graph);
    Graph.Builder builder = graph.toBuilder();
    List<Node> nodes = new ArrayList<>();
    boolean changed = false;
    for (Node node : graph.nodes()) {
      int group = group(node);
      Tensor w = group > 1 ? types.constant(node.input(1)) : null;
      int merged = w == null ? 1 : merged(node, w, group);
      if (merged == 1) {
        nodes.add(node);
        continue;
      }
      String name = names.unused(node.input(1) + "/merged");
      builder.initializer(name, merge(w, group, merged));
      List<String> inputs = new ArrayList<>(node.inputs());
      inputs.set(1, name);
      Attributes a = node.attributes().with("group", Attribute.of((long) group / merged));
      nodes.add(
          new Node(
              node.name(),
              "",
              node.opType(),
              inputs,
              node.outputs(),
              a,
              graph.operators().bind("", node.opType(), a)));
      changed = true;
    }
    return changed ? builder.nodes(nodes).build() : graph;
  }

  private static int group(Node node) {
    return node.operator() instanceof Conv conv
        ? conv.group()
        : node.operator() instanceof ConvTranspose conv ? conv.group() : 1;
  }

  /** How many groups become one. */
  private static int merged(Node node, Tensor w, int group) {
    if (w.dtype() != DType.FLOAT || w.rank() < 3 || w.size() == 0 || w.dim(0) % group != 0) {
      return 1;
    }
    int outputs = node.is("Conv") ? w.dim(0) / group : w.dim(1);
    boolean hasKernel = node.is("Conv") && w.rank() <= 4 && outputs == 1 && w.dim(1) == 1;
    int merged = hasKernel ? 1 : Math.min(group / 2, COLUMNS / outputs);
    while (merged > 1 && group % merged != 0) {
      merged--;
    }
    return merged > 1 && isFinite(w) ? merged : 1;
  }

  private static boolean isFinite(Tensor w) {
    for (int i = 0; i < w.size(); i++) {
      if (!Float.isFinite(w.getFloat(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Of weights [M, C/group, taps…], output channel m finds its inputs after those of others; of a
   * ConvTranspose's [C, M/group, taps…], an input channel its outputs.
   */
  private static Tensor merge(Tensor w, int group, int merged) {
    int[] shape = w.shape().clone();
    shape[1] *= merged;
    Tensor y = Tensor.zeros(DType.FLOAT, shape);
    int size = w.size() / w.dim(0);
    for (int c = 0; c < w.dim(0); c++) {
      int among = c / (w.dim(0) / group) % merged;
      for (int i = 0; i < size; i++) {
        y.copyElement((c * merged + among) * size + i, w, c * size + i);
      }
    }
    return y;
  }
}
