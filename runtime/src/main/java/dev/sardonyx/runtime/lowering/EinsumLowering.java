package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Strided;
import dev.sardonyx.op.linear.Einsum;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Einsum of float32 that is a product of matrices, or a sum over dimensions, becomes just that.
 *
 * <pre>
 * Einsum(x, y), bqnh,bknh→bnqk → MatMul(Transpose(x), Transpose(y))
 * Einsum(x, y), abc,cde→abde   → Reshape(MatMul(x, Reshape(y)))
 * Einsum(x), bij→ji            → Transpose(ReduceSum(x))
 * </pre>
 *
 * <p>Of two operands, a label of both that the result has too counts matrices, one that it has not
 * is summed; labels of one operand are rows of the left one and columns of the right one. Several
 * rows, columns or summed labels are made one by a Reshape. What is not needed is left out.
 *
 * <p>Declined: more operands, a label twice in one operand, a label of one operand alone that the
 * product has not, no label to be summed, summed extents that may differ, several extents in one
 * Reshape that are not known.
 */
final class EinsumLowering {
  private final Graph graph;
  private final Inference types;
  private final Names names;
  private final Graph.Builder builder;
  private final List<Node> nodes = new ArrayList<>();

  /** An input of the Einsum and the labels of its dimensions. */
  private record Operand(String value, String labels, List<Dim> dims) {
    List<Dim> dims(String of) {
      return of.chars().mapToObj(label -> dims.get(labels.indexOf(label))).toList();
    }

    /** The extent of several dimensions as one. */
    List<Dim> together(String of) {
      return List.of(new Shape(dims(of)).size());
    }
  }

  private EinsumLowering(Graph graph, Inference types) {
    this.graph = graph;
    this.types = types;
    names = new Names(graph);
    builder = graph.toBuilder();
  }

  static Graph apply(Graph graph, Inference types) {
    EinsumLowering pass = new EinsumLowering(graph, types);
    boolean lowered = false;
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof Einsum op && pass.lower(node, op)) {
        lowered = true;
      } else {
        pass.nodes.add(node);
      }
    }
    return lowered ? pass.builder.nodes(pass.nodes).build() : graph;
  }

  /** Adds the nodes in the place of one, unless it is declined. */
  private boolean lower(Node node, Einsum op) {
    List<Shape> shapes = new ArrayList<>();
    for (String value : node.inputs()) {
      boolean fits =
          types.type(value) instanceof TensorType t
              && t.dtype() == DType.FLOAT
              && t.shape().hasRank();
      if (!fits) {
        return false;
      }
      shapes.add(((TensorType) types.type(value)).shape());
    }
    Einsum.Terms terms = op.terms(shapes.stream().mapToInt(Shape::rank).toArray());
    List<Operand> operands = new ArrayList<>();
    for (int i = 0; i < shapes.size(); i++) {
      String labels = terms.inputs().get(i);
      if (labels.chars().distinct().count() < labels.length()) {
        return false;
      }
      operands.add(new Operand(node.input(i), labels, shapes.get(i).dims()));
    }
    boolean lowered =
        switch (operands.size()) {
          case 1 -> lowerSum(node, operands.get(0), terms.output());
          case 2 -> lowerProduct(node, operands.get(0), operands.get(1), terms.output());
          default -> false;
        };
    if (lowered) {
      int last = nodes.size() - 1;
      nodes.set(last, nodes.get(last).withOutputs(node.outputs()));
    }
    return lowered;
  }

  private boolean lowerSum(Node node, Operand x, String out) {
    String kept = where(x.labels, out, true);
    String value = x.value;
    if (kept.length() < x.labels.length()) {
      long[] axes =
          IntStream.range(0, x.labels.length())
              .filter(d -> out.indexOf(x.labels.charAt(d)) < 0)
              .asLongStream()
              .toArray();
      Attributes dropped = Attributes.NONE.with("keepdims", Attribute.of(0L));
      value = add(node, "ReduceSum", dropped, value, vector(node, axes));
    }
    value = transposed(node, value, kept, out);
    if (value.equals(x.value)) {
      add(node, "Identity", Attributes.NONE, value);
    }
    return true;
  }

  private boolean lowerProduct(Node node, Operand x, Operand y, String out) {
    String inBoth = where(out, y.labels, true);
    String batch = where(inBoth, x.labels, true);
    String rows = where(out, y.labels, false);
    String columns = where(out, x.labels, false);
    if (!columns.isEmpty() && rows.endsWith(out.substring(out.length() - 1))) {
      return lowerProduct(node, y, x, out);
    }
    // A constant is brought into any order beforehand.
    String order = types.constant(y.value) != null ? x.labels : y.labels;
    String summed = where(where(order, out, false), (order.equals(x.labels) ? y : x).labels, true);
    String left = batch + rows + summed;
    String right = batch + summed + columns;
    if (summed.isEmpty()
        || left.length() != x.labels.length()
        || right.length() != y.labels.length()
        || !x.dims(summed).equals(y.dims(summed))) {
      return false;
    }
    List<Dim> counts = new ArrayList<>();
    for (int i = 0; i < batch.length(); i++) {
      Dim count = x.dims(batch).get(i);
      counts.add(count.is(1) ? y.dims(batch).get(i) : count);
    }
    // One matrix takes rows of any number of dimensions.
    List<Dim> height = batch.isEmpty() ? x.dims(rows) : x.together(rows);
    List<Dim> leftTo = joined(x.dims(batch), height, x.together(summed));
    List<Dim> rightTo = joined(y.dims(batch), y.together(summed), y.together(columns));
    List<Dim> product = joined(counts, height, y.together(columns));
    List<Dim> result = joined(counts, x.dims(rows), y.dims(columns));
    if (target(x.dims(left), leftTo) == null
        || target(y.dims(right), rightTo) == null
        || target(product, result) == null) {
      return false;
    }
    String a = arranged(node, x, left, leftTo);
    String b = arranged(node, y, right, rightTo);
    String value = add(node, "MatMul", Attributes.NONE, a, b);
    value = reshaped(node, value, product, result);
    transposed(node, value, batch + rows + columns, out);
    return true;
  }

  /** Those labels that others have, or have not. */
  private static String where(String labels, String others, boolean have) {
    StringBuilder found = new StringBuilder();
    labels
        .chars()
        .filter(label -> others.indexOf(label) >= 0 == have)
        .forEach(label -> found.append((char) label));
    return found.toString();
  }

  @SafeVarargs
  private static List<Dim> joined(List<Dim>... parts) {
    List<Dim> all = new ArrayList<>();
    for (List<Dim> part : parts) {
      all.addAll(part);
    }
    return all;
  }

  /** What tells Reshape of the extents {@code to}, or null if it cannot be told. */
  private static long[] target(List<Dim> from, List<Dim> to) {
    long[] target = new long[to.size()];
    int open = 0;
    for (int d = 0; d < target.length; d++) {
      Dim dim = to.get(d);
      if (dim.isKnown() && !dim.is(0)) {
        target[d] = dim.value();
      } else if (d >= from.size() || !from.get(d).equals(dim)) {
        target[d] = -1;
        open++;
      }
    }
    boolean empty = to.stream().anyMatch(dim -> dim.is(0));
    return open > (empty ? 0 : 1) ? null : target;
  }

  // ---- new nodes ----

  /** An operand with its dimensions in another order, and some of them then made one. */
  private String arranged(Node node, Operand x, String order, List<Dim> to) {
    Tensor constant = types.constant(x.value);
    if (constant == null || x.dims.equals(to) && order.equals(x.labels)) {
      return reshaped(node, transposed(node, x.value, x.labels, order), x.dims(order), to);
    }
    String name = names.unused(node.output(0) + "/constant");
    Tensor moved = Strided.transpose(constant, permutation(x.labels, order));
    builder.initializer(name, moved.reshape(new Shape(to).toArray()));
    return name;
  }

  private String reshaped(Node node, String value, List<Dim> from, List<Dim> to) {
    return from.equals(to)
        ? value
        : add(node, "Reshape", Attributes.NONE, value, vector(node, target(from, to)));
  }

  private String transposed(Node node, String value, String from, String to) {
    long[] perm = Arrays.stream(permutation(from, to)).asLongStream().toArray();
    return from.equals(to)
        ? value
        : add(node, "Transpose", Attributes.NONE.with("perm", Attribute.of(perm)), value);
  }

  private static int[] permutation(String from, String to) {
    return to.chars().map(from::indexOf).toArray();
  }

  private String vector(Node node, long... content) {
    String name = names.unused(node.output(0) + "/vector");
    builder.initializer(name, Tensor.vector(content));
    return name;
  }

  private String add(Node node, String opType, Attributes attributes, String... inputs) {
    String name = names.unused(node.output(0) + "/step");
    nodes.add(
        new Node(
            node.name(),
            "",
            opType,
            List.of(inputs),
            List.of(name),
            attributes,
            graph.operators().bind("", opType, attributes)));
    return name;
  }
}
