package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.linear.Gemm;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * MatMul and Gemm with constant weights become {@link Linear}.
 *
 * <pre>
 * MatMul(x, W)                → Linear(x, W)
 * Gemm(x, W, b), alpha=beta=1 → Linear(x, W, b)      declined: transA, b of several rows
 * </pre>
 *
 * <p>For any other Gemm see {@link GemmLowering}.
 */
final class LinearLowering {
  private LinearLowering() {}

  static Graph apply(Graph graph, Inference types) {
    Names names = new Names(graph);
    Graph.Builder builder = graph.toBuilder();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node linear = null;
      if (node.is("MatMul")) {
        linear = matMul(node, types);
      } else if (node.is("Gemm")) {
        linear = gemm(node, types, names, builder);
      }
      if (linear != null) {
        nodes.add(linear);
      } else if (node.is("Gemm")) {
        nodes.addAll(GemmLowering.apply(node, graph.operators(), types, names, builder));
      } else {
        nodes.add(node);
      }
    }
    return builder.nodes(nodes).build();
  }

  private static Node matMul(Node node, Inference types) {
    Tensor w = types.constant(node.input(1));
    return isMatrix(w) && isFloatTensor(types, node.input(0))
        ? linear(node, node.inputs(), node.outputs(), false)
        : null;
  }

  private static boolean isMatrix(Tensor w) {
    return w != null && w.rank() == 2 && w.dtype() == DType.FLOAT;
  }

  /** Whether a value is float32 of one dimension at least. */
  private static boolean isFloatTensor(Inference types, String value) {
    return types.type(value) instanceof TensorType t
        && t.dtype() == DType.FLOAT
        && t.shape().hasRank()
        && t.shape().rank() > 0;
  }

  private static Node gemm(Node node, Inference types, Names names, Graph.Builder builder) {
    Gemm op = (Gemm) node.operator();
    Tensor w = types.constant(node.input(1));
    if (op.alpha() != 1 || op.transA() || !isMatrix(w) || !isFloatTensor(types, node.input(0))) {
      return null;
    }
    if (!node.hasInput(2)) {
      return linear(node, node.inputs().subList(0, 2), node.outputs(), op.transB());
    }
    int n = w.dim(op.transB() ? 0 : 1);
    Tensor bias = types.constant(node.input(2));
    boolean oneRow =
        bias != null
            && bias.dtype() == DType.FLOAT
            && op.beta() == 1
            && (bias.size() == 1 || bias.size() == n && bias.dim(-1) == n);
    if (!oneRow) {
      return null;
    }
    String name = node.input(2);
    if (!bias.hasShape(n)) {
      name = names.unused(node.output(0) + "/bias");
      Tensor row = Tensor.zeros(DType.FLOAT, n);
      for (int i = 0; i < n; i++) {
        row.copyElement(i, bias, bias.size() == 1 ? 0 : i);
      }
      builder.initializer(name, row);
    }
    List<String> inputs = List.of(node.input(0), node.input(1), name);
    return linear(node, inputs, node.outputs(), op.transB());
  }

  static Node linear(Node node, List<String> inputs, List<String> outputs, boolean transposed) {
    return new Node(
        node.name(),
        Lowering.DOMAIN,
        "Linear",
        inputs,
        outputs,
        Attributes.NONE,
        new Linear(transposed, UnaryFunction.IDENTITY));
  }
}
