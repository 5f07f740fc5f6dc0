package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.OperatorSet;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.nn.BatchNormalization;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * BatchNormalization that no convolution could take in becomes a product and a sum per channel,
 * which work in either layout.
 *
 * <pre>
 * BatchNormalization(x, scale, B, mean, var) → Add(Mul(x, s), t)
 * s = scale / √(var + epsilon),   t = B − mean · s
 * </pre>
 *
 * <p>Declined: training, numbers that are not constant, rank unknown.
 */
final class BatchNormalizationLowering {
  private BatchNormalizationLowering() {}

  static Graph apply(Graph graph, Inference types) {
    Names names = new Names(graph);
    Graph.Builder builder = graph.toBuilder();
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof BatchNormalization op && isSupported(node, op, types)) {
        OperatorSet operators = graph.operators();
        addProductAndSum(node, op, types, operators, names, builder, nodes);
      } else {
        nodes.add(node);
      }
    }
    return nodes.size() == graph.nodes().size() ? graph : builder.nodes(nodes).build();
  }

  private static boolean isSupported(Node node, BatchNormalization op, Inference types) {
    return !op.training()
        && node.outputs().size() == 1
        && types.type(node.input(0)) instanceof TensorType t
        && t.dtype() == DType.FLOAT
        && t.shape().hasRank()
        && t.shape().rank() > 1
        && node.inputs().size() == 5
        && node.inputs().subList(1, 5).stream().allMatch(v -> isVector(types.constant(v)));
  }

  private static boolean isVector(Tensor t) {
    return t != null && t.dtype() == DType.FLOAT && t.rank() == 1;
  }

  private static void addProductAndSum(
      Node node,
      BatchNormalization op,
      Inference types,
      OperatorSet operators,
      Names names,
      Graph.Builder builder,
      List<Node> nodes) {
    Tensor scale = types.constant(node.input(1));
    Tensor bias = types.constant(node.input(2));
    Tensor mean = types.constant(node.input(3));
    Tensor variance = types.constant(node.input(4));
    int[] shape = new int[((TensorType) types.type(node.input(0))).shape().rank() - 1];
    Arrays.fill(shape, 1);
    shape[0] = scale.size();
    Tensor s = Tensor.zeros(DType.FLOAT, shape);
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int c = 0; c < scale.size(); c++) {
      double factor = scale.getDouble(c) / Math.sqrt(variance.getDouble(c) + op.epsilon());
      s.setDouble(c, factor);
      t.setDouble(c, bias.getDouble(c) - mean.getDouble(c) * factor);
    }
    String y = node.output(0);
    String by = names.unused(y + "/scale");
    String shift = names.unused(y + "/shift");
    String scaled = names.unused(y + "/scaled");
    builder.initializer(by, s);
    builder.initializer(shift, t);
    nodes.add(binary(node, operators, "Mul", node.input(0), by, scaled));
    nodes.add(binary(node, operators, "Add", scaled, shift, y));
  }

  private static Node binary(
      Node node, OperatorSet operators, String opType, String x, String by, String y) {
    return new Node(
        node.name(),
        "",
        opType,
        List.of(x, by),
        List.of(y),
        Attributes.NONE,
        operators.bind("", opType, Attributes.NONE));
  }
}
