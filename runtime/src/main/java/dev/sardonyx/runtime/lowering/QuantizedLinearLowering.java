package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Dynamically quantized products with constant weights become {@link QuantizedLinear}.
 *
 * <pre>
 * X → DynamicQuantizeLinear → q, s, z
 * MatMulInteger(q, W, z, zw) → Cast → Mul(Mul(s, sw)) → Y              becomes
 *
 * X → DynamicQuantize → q', s
 * QuantizedLinear(q', W, scale s, weightScale sw, zero zw) → Y
 * </pre>
 *
 * <p>Declined: products or casts that are used elsewhere too, scales that are neither one number
 * nor one a column.
 */
final class QuantizedLinearLowering {
  private final Graph graph;
  private final Inference types;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, Node> onlyUsers = new HashMap<>();

  /** By the last node of each pattern, what takes its place. */
  private final Map<Node, Node> replacements = new HashMap<>();

  /** Quantizations whose other form is needed. */
  private final Set<Node> quantizations = new HashSet<>();

  private QuantizedLinearLowering(Graph graph, Inference types) {
    this.graph = graph;
    this.types = types;
    Map<String, Integer> uses = new HashMap<>();
    graph.outputs().forEach(v -> uses.merge(v.name(), 2, Integer::sum));
    for (Node node : graph.nodes()) {
      node.outputs().forEach(v -> producers.put(v, node));
      node.uses().forEach(v -> uses.merge(v, 1, Integer::sum));
      node.uses().forEach(v -> onlyUsers.put(v, node));
    }
    onlyUsers.keySet().removeIf(v -> uses.get(v) != 1);
  }

  static Graph apply(Graph graph, Inference types) {
    if (graph.nodes().stream().noneMatch(n -> n.is("DynamicQuantizeLinear"))) {
      return graph;
    }
    QuantizedLinearLowering pass = new QuantizedLinearLowering(graph, types);
    graph.nodes().stream().filter(n -> n.is("MatMulInteger")).forEach(pass::match);
    return pass.replacements.isEmpty() ? graph : pass.replaced();
  }

  private Graph replaced() {
    List<Node> nodes = new ArrayList<>();
    for (Node old : graph.nodes()) {
      if (quantizations.contains(old)) {
        nodes.add(
            node(
                old.name(),
                new DynamicQuantize(),
                old.inputs(),
                List.of(centred(old), scale(old))));
      }
      nodes.add(replacements.getOrDefault(old, old));
    }
    return graph.toBuilder().nodes(UnusedNodes.without(graph, nodes)).build();
  }

  private static String centred(Node quantization) {
    return quantization.output(0) + "/centred";
  }

  private static String scale(Node quantization) {
    return quantization.output(0) + "/scale";
  }

  private void match(Node product) {
    Node quantization = producers.get(product.input(0));
    Tensor w = types.constant(product.input(1));
    if (quantization == null
        || !quantization.is("DynamicQuantizeLinear")
        || !product.input(0).equals(quantization.output(0))
        || !product.hasInput(2)
        || !product.input(2).equals(quantization.output(2))
        || !isMatrix(types, quantization.input(0))
        || w == null
        || w.rank() != 2) {
      return;
    }
    int n = w.dim(1);
    Node cast = onlyUsers.get(product.output(0));
    Node mul = cast == null || !cast.is("Cast") ? null : onlyUsers.get(cast.output(0));
    boolean fits =
        (!product.hasInput(3) || isRow(types.constant(product.input(3)), n))
            && mul != null
            && mul.is("Mul")
            && types.type(cast.output(0)) instanceof TensorType t
            && t.dtype() == DType.FLOAT;
    if (!fits) {
      return;
    }
    String scales = mul.input(mul.input(0).equals(cast.output(0)) ? 1 : 0);
    String weightScale = weightScale(scales, quantization.output(1), n);
    if (weightScale == null) {
      return;
    }
    List<String> inputs =
        new ArrayList<>(
            List.of(
                centred(quantization), product.input(1), "", "", scale(quantization), weightScale));
    if (product.hasInput(3)) {
      inputs.add(product.input(3));
    }
    quantizations.add(quantization);
    replacements.put(
        mul,
        node(
            product.name(),
            new QuantizedLinear(UnaryFunction.IDENTITY, true),
            inputs,
            mul.outputs()));
  }

  private static boolean isMatrix(Inference types, String value) {
    return types.type(value) instanceof TensorType t
        && t.shape().hasRank()
        && t.shape().rank() >= 2;
  }

  private static boolean isRow(Tensor t, int n) {
    return t != null && t.rank() <= 1 && (t.size() == 1 || t.size() == n);
  }

  /** The constant that is multiplied by a scale, or null if it does not fit. */
  private String weightScale(String scales, String scale, int n) {
    Node mul = producers.get(scales);
    if (mul == null || !mul.is("Mul")) {
      return null;
    }
    int side = mul.input(0).equals(scale) ? 1 : 0;
    Tensor constant = types.constant(mul.input(side));
    return mul.input(1 - side).equals(scale)
            && isRow(constant, n)
            && constant.dtype() == DType.FLOAT
        ? mul.input(side)
        : null;
  }

  private static Node node(
      String name, Operator operator, List<String> inputs, List<String> outputs) {
    return new Node(
        name,
        Lowering.DOMAIN,
        operator.getClass().getSimpleName(),
        inputs,
        outputs,
        Attributes.NONE,
        operator);
  }
}
