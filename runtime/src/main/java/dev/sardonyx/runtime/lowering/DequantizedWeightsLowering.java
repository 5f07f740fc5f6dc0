package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.linear.Gemm;
import dev.sardonyx.op.quantization.DequantizeLinear;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Products with 8-bit weights that are dequantized take the weights as they are, and the scales
 * afterwards.
 *
 * <pre>
 * MatMul(x, DequantizeLinear(W, s, z))              → QuantizedLinear(x, W, s, z)
 * Gemm(x, DequantizeLinear(W, s, z), b), alpha=beta=1 → QuantizedLinear(x, W, b, s, z)
 * </pre>
 *
 * <p>Declined: scales of blocks, or of rows of W; b that is not a row; transA.
 */
final class DequantizedWeightsLowering {
  private final Graph graph;
  private final Inference types;
  private final Names names;
  private final Graph.Builder builder;
  private final Map<String, Node> producers = new HashMap<>();

  private DequantizedWeightsLowering(Graph graph, Inference types) {
    this.graph = graph;
    this.types = types;
    names = new Names(graph);
    builder = graph.toBuilder();
    for (Node node : graph.nodes()) {
      node.outputs().forEach(v -> producers.put(v, node));
    }
  }

  static Graph apply(Graph graph, Inference types) {
    if (graph.nodes().stream().noneMatch(n -> n.is("DequantizeLinear"))) {
      return graph;
    }
    return new DequantizedWeightsLowering(graph, types).apply();
  }

  private Graph apply() {
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node product = node.is("MatMul") || node.is("Gemm") ? product(node) : null;
      nodes.add(product == null ? node : product);
    }
    return builder.nodes(UnusedNodes.without(graph, nodes)).build();
  }

  private Node product(Node node) {
    boolean transposed = false;
    if (node.operator() instanceof Gemm gemm) {
      transposed = gemm.transB();
      if (gemm.alpha() != 1 || gemm.beta() != 1 || gemm.transA()) {
        return null;
      }
    }
    Node weights = producers.get(node.input(1));
    if (weights == null || !weights.is("DequantizeLinear") || !isMatrixOfFloats(node.input(0))) {
      return null;
    }
    Tensor w = types.constant(weights.input(0));
    Tensor scale = types.constant(weights.input(1));
    Tensor zero = types.constant(weights.input(2));
    int columns = transposed ? 0 : 1;
    boolean fits =
        w != null
            && w.rank() == 2
            && w.size() > 0
            && (w.dtype() == DType.INT8 || w.dtype() == DType.UINT8)
            && scale != null
            && scale.dtype() == DType.FLOAT
            && isByColumn(weights, scale, columns)
            && (!weights.hasInput(2) || zero != null && zero.size() == scale.size());
    if (!fits || node.hasInput(2) && !isRow(node.input(2), w.dim(columns))) {
      return null;
    }
    String one = names.unused(node.output(0) + "/one");
    builder.initializer(one, Tensor.scalar(1f));
    String bias = node.input(2);
    String matrix = transposed ? transposed(weights.input(0), w) : weights.input(0);
    List<String> inputs =
        new ArrayList<>(List.of(node.input(0), matrix, bias, "", one, weights.input(1)));
    if (zero != null) {
      inputs.add(weights.input(2));
    }
    return new Node(
        node.name(),
        Lowering.DOMAIN,
        "QuantizedLinear",
        inputs,
        node.outputs(),
        Attributes.NONE,
        new QuantizedLinear(UnaryFunction.IDENTITY, false));
  }

  private boolean isMatrixOfFloats(String value) {
    return types.type(value) instanceof TensorType t
        && t.dtype() == DType.FLOAT
        && t.shape().hasRank()
        && t.shape().rank() >= 2;
  }

  /** Whether there is one scale, or one for each column. */
  private static boolean isByColumn(Node weights, Tensor scale, int columns) {
    DequantizeLinear op = (DequantizeLinear) weights.operator();
    boolean axis = op.axis() == columns || op.axis() + 2 == columns;
    return op.blockSize() == 0
        && (op.outputType() == null || op.outputType() == DType.FLOAT)
        && scale.rank() <= 1
        && (scale.size() == 1 || axis);
  }

  private boolean isRow(String value, int n) {
    Tensor t = types.constant(value);
    return t != null && t.dtype() == DType.FLOAT && t.hasShape(n);
  }

  private String transposed(String name, Tensor w) {
    Tensor matrix = Tensor.zeros(w.dtype(), w.dim(1), w.dim(0));
    for (int i = 0; i < w.size(); i++) {
      matrix.copyElement(i % w.dim(1) * w.dim(0) + i / w.dim(1), w, i);
    }
    String unused = names.unused(name + "/transposed");
    builder.initializer(unused, matrix);
    return unused;
  }
}
