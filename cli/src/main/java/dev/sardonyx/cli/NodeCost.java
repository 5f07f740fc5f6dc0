package dev.sardonyx.cli;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;

/**
 * What one node costs in one run.
 *
 * @param output the type of its first output
 * @param macs multiply-accumulates; null if its shapes are not all known
 * @param parameters elements of the weights that it reads
 * @param bytes read and written, weights included; null if its shapes are not all known
 */
record NodeCost(Node node, ValueType output, Long macs, long parameters, Long bytes) {

  /** The costs of a model's nodes, in order; subgraphs count as nothing but what they read. */
  static List<NodeCost> of(Graph graph, Inference types) {
    return graph.nodes().stream().map(n -> of(n, graph, types)).toList();
  }

  private static NodeCost of(Node node, Graph graph, Inference types) {
    long parameters = 0;
    long bytes = 0;
    boolean known = true;
    for (String value : node.uses()) {
      Tensor constant = graph.initializers().get(value);
      parameters += constant != null && isWeight(constant.dtype()) ? constant.size() : 0;
      Long size = bytes(types.type(value));
      known &= size != null;
      bytes += size == null ? 0 : size;
    }
    for (String value : node.outputs()) {
      Long size = value.isEmpty() ? Long.valueOf(0) : bytes(types.type(value));
      known &= size != null;
      bytes += size == null ? 0 : size;
    }
    Long macs =
        known
            ? node.operator().macs(shapes(node.inputs(), types), shapes(node.outputs(), types))
            : null;
    return new NodeCost(node, types.type(node.output(0)), macs, parameters, known ? bytes : null);
  }

  /** Whether constants of a type are weights: wide integers are shapes, indices and the like. */
  static boolean isWeight(DType dtype) {
    return dtype.isFloating() || dtype.isInteger() && dtype.bits() <= 8;
  }

  /** Floating-point operations (two a MAC) per byte moved; null if not known. */
  Double intensity() {
    return macs == null || bytes == 0 ? null : 2.0 * macs / bytes;
  }

  private static List<int[]> shapes(List<String> values, Inference types) {
    return values.stream().map(v -> v.isEmpty() ? null : extents(types.type(v))).toList();
  }

  private static int[] extents(ValueType type) {
    return type instanceof TensorType t && t.shape().isStatic() ? t.shape().toArray() : null;
  }

  private static Long bytes(ValueType type) {
    if (!(type instanceof TensorType t) || !t.shape().isStatic()) {
      return null;
    }
    return t.dtype().byteSize(t.shape().size().value());
  }
}
