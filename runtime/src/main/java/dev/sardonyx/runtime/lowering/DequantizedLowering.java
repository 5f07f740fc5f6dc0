package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.linear.Gemm;
import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.op.quantization.DequantizeLinear;
import dev.sardonyx.op.quantization.QLinearConv;
import dev.sardonyx.op.quantization.QLinearMatMul;
import dev.sardonyx.op.quantization.QuantizeLinear;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Products of what was just dequantized, which are quantized again, become products of integers.
 *
 * <pre>
 * QuantizeLinear(Conv(DequantizeLinear(x), DequantizeLinear(W), DequantizeLinear(b)))
 *   → QLinearConv(x, W, b)
 * QuantizeLinear(MatMul(DequantizeLinear(x), DequantizeLinear(W)))
 *   → QLinearMatMul(x, W)
 * QuantizeLinear(Gemm(DequantizeLinear(x), DequantizeLinear(W), DequantizeLinear(b)))
 *   → QuantizedGemm(x, W, b)
 * </pre>
 *
 * <p>These sum exactly what the float32 product sums with rounding errors. A Relu before the
 * quantization is left out where the zero point is the least number of the type, to which negative
 * results are moved anyway.
 *
 * <p>Declined: types other than 8 bits, convolutions of volumes, W or scales that are not constant,
 * scales of x or of the result that are more than one number, scales of W that are not by output, a
 * bias that is not in units of x's scale times W's, products and activations that are used
 * elsewhere too.
 */
final class DequantizedLowering {
  private final Graph graph;
  private final Inference types;
  private final Names names;
  private final Graph.Builder builder;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();

  private DequantizedLowering(Graph graph, Inference types) {
    this.graph = graph;
    this.types = types;
    names = new Names(graph);
    builder = graph.toBuilder();
    graph.outputs().forEach(v -> uses.merge(v.name(), 1, Integer::sum));
    for (Node node : graph.nodes()) {
      node.outputs().forEach(v -> producers.put(v, node));
      node.uses().forEach(v -> uses.merge(v, 1, Integer::sum));
    }
  }

  static Graph apply(Graph graph, Inference types) {
    if (graph.nodes().stream().noneMatch(n -> n.is("DequantizeLinear"))) {
      return graph;
    }
    return new DequantizedLowering(graph, types).apply();
  }

  private Graph apply() {
    List<Node> nodes = new ArrayList<>();
    for (Node node : graph.nodes()) {
      Node integers = node.is("QuantizeLinear") ? integers(node) : null;
      nodes.add(integers == null ? node : integers);
    }
    return builder.nodes(UnusedNodes.without(graph, nodes)).build();
  }

  /** The numbers of a tensor in 8 bits, with scale and zero point: inputs of the new node. */
  private record Quantized(String values, String scale, String zero) {
    void addTo(List<String> inputs) {
      inputs.addAll(List.of(values, scale, zero));
    }
  }

  /** What takes the place of a quantization and all before it, or null. */
  private Node integers(Node quantization) {
    Quantized y = result(quantization);
    Node product = y == null ? null : producer(quantization.input(0));
    if (product != null && product.is("Relu") && isLeast(y.zero())) {
      product = producer(product.input(0));
    }
    if (product == null || !(product.is("Conv") || product.is("MatMul") || product.is("Gemm"))) {
      return null;
    }
    Quantized x = operand(product.input(0), -1);
    Quantized w = x == null ? null : weights(product);
    if (w == null) {
      return null;
    }
    List<String> inputs = new ArrayList<>();
    x.addTo(inputs);
    w.addTo(inputs);
    inputs.addAll(List.of(y.scale(), y.zero()));
    if (product.hasInput(2)) {
      String bias = bias(product.input(2), x, w);
      if (bias == null) {
        return null;
      }
      inputs.add(bias);
    }
    String output = quantization.output(0);
    if (product.operator() instanceof Conv conv) {
      return node(product, "", new QLinearConv(conv), inputs, output);
    }
    return product.hasInput(2)
        ? node(product, Lowering.DOMAIN, new QuantizedGemm(), inputs, output)
        : node(product, "", new QLinearMatMul(), inputs, output);
  }

  private static Node node(
      Node of, String domain, Operator operator, List<String> inputs, String output) {
    String opType = operator.getClass().getSimpleName();
    return new Node(of.name(), domain, opType, inputs, List.of(output), Attributes.NONE, operator);
  }

  /** The node that makes a value, if nothing but one other node uses it. */
  private Node producer(String value) {
    return uses.get(value) == 1 ? producers.get(value) : null;
  }

  /** Scale and zero point of what is quantized, or null. */
  private Quantized result(Node quantization) {
    QuantizeLinear op = (QuantizeLinear) quantization.operator();
    return op.blockSize() == 0
        ? quantized(quantization.output(0), quantization, quantization.output(0), -1)
        : null;
  }

  /**
   * What a value is dequantized from, or null.
   *
   * @param axis along which scales may differ; −1 for none
   */
  private Quantized operand(String value, int axis) {
    Node node = producers.get(value);
    if (node == null || !node.is("DequantizeLinear")) {
      return null;
    }
    DequantizeLinear op = (DequantizeLinear) node.operator();
    Tensor scale = types.constant(node.input(1));
    boolean fits =
        op.blockSize() == 0
            && (op.outputType() == null || op.outputType() == DType.FLOAT)
            && scale != null
            && (scale.size() == 1 || axis >= 0 && isAxis(op.axis(), axis, node.input(0)));
    return fits ? quantized(node.input(0), node, value, axis) : null;
  }

  private boolean isAxis(int axis, int expected, String value) {
    return axis == expected
        || types.type(value) instanceof TensorType t
            && t.shape().hasRank()
            && axis + t.shape().rank() == expected;
  }

  private Quantized quantized(String values, Node node, String named, int axis) {
    Tensor scale = types.constant(node.input(1));
    Tensor zero = node.hasInput(2) ? types.constant(node.input(2)) : null;
    boolean fits =
        types.type(values) instanceof TensorType t
            && isByte(t.dtype())
            && scale != null
            && scale.dtype() == DType.FLOAT
            && (scale.size() == 1 || axis >= 0)
            && (!node.hasInput(2) || zero != null && zero.size() == scale.size());
    if (!fits) {
      return null;
    }
    String zeroName = node.input(2);
    if (zeroName.isEmpty()) {
      zeroName = names.unused(named + "/zero");
      builder.initializer(zeroName, Tensor.zeros(((TensorType) types.type(values)).dtype()));
    }
    return new Quantized(values, node.input(1), zeroName);
  }

  private static boolean isByte(DType dtype) {
    return dtype == DType.UINT8 || dtype == DType.INT8;
  }

  /** The weights of a product: an image's, or a K×N matrix. */
  private Quantized weights(Node product) {
    Node node = producers.get(product.input(1));
    Tensor w = node == null ? null : types.constant(node.input(0));
    if (w == null) {
      return null;
    }
    if (product.operator() instanceof Conv) {
      return w.rank() == 3 || w.rank() == 4 ? operand(product.input(1), 0) : null;
    }
    boolean transposed = false;
    if (product.operator() instanceof Gemm gemm) {
      transposed = gemm.transB();
      if (gemm.alpha() != 1 || gemm.beta() != 1 || gemm.transA()) {
        return null;
      }
    }
    Quantized q = w.rank() == 2 ? operand(product.input(1), transposed ? 0 : 1) : null;
    if (q == null || !transposed) {
      return q;
    }
    Tensor matrix = Tensor.zeros(w.dtype(), w.dim(1), w.dim(0));
    for (int i = 0; i < w.size(); i++) {
      matrix.copyElement(i % w.dim(1) * w.dim(0) + i / w.dim(1), w, i);
    }
    String name = names.unused(q.values() + "/transposed");
    builder.initializer(name, matrix);
    return new Quantized(name, q.scale(), q.zero());
  }

  /** The int32 that a bias is dequantized from, if its scale is the product's; else null. */
  private String bias(String value, Quantized x, Quantized w) {
    Node node = producers.get(value);
    if (node == null || !node.is("DequantizeLinear")) {
      return null;
    }
    Tensor bias = types.constant(node.input(0));
    Tensor scale = types.constant(node.input(1));
    Tensor zero = types.constant(node.input(2));
    if (bias == null || bias.dtype() != DType.INT32 || bias.rank() != 1 || scale == null) {
      return null;
    }
    for (int i = 0; zero != null && i < zero.size(); i++) {
      if (zero.getLong(i) != 0) {
        return null;
      }
    }
    double ofX = types.constant(x.scale()).getDouble(0);
    Tensor ofW = types.constant(w.scale());
    for (int i = 0; i < bias.size(); i++) {
      double expected = ofX * ofW.getDouble(ofW.size() == 1 ? 0 : i);
      double given = scale.getDouble(scale.size() == 1 ? 0 : i);
      if (Math.abs(given - expected) > 1e-6 * expected) {
        return null;
      }
    }
    return node.input(0);
  }

  private boolean isLeast(String zero) {
    Tensor z = types.constant(zero);
    return z != null && z.getLong(0) == (z.dtype() == DType.UINT8 ? 0 : Byte.MIN_VALUE);
  }
}
