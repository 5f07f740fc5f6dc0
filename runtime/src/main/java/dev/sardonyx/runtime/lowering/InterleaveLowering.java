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
import dev.sardonyx.op.shaping.Transpose;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A concatenation of equal parts that are then shuffled, and of which a slice is taken, is one
 * copy.
 *
 * <pre>
 * Concat [D…, g·C] → Reshape [D…, g, C] → Transpose [D…, C, g] → Reshape [D…, C·g]  →  Interleave
 * Slice(Interleave(x…))                                                             →  Interleave
 * </pre>
 *
 * <p>Only where the values in between, but that before the Slice, are used just there.
 */
final class InterleaveLowering {
  private final Inference types;
  private final Map<String, Node> producers = new HashMap<>();
  private final Map<String, Integer> uses = new HashMap<>();
  private final List<Node> nodes = new ArrayList<>();

  private InterleaveLowering(Graph graph, Inference types) {
    this.types = types;
    graph.nodes().forEach(n -> n.uses().forEach(v -> uses.merge(v, 1, Integer::sum)));
    graph.outputs().forEach(v -> uses.merge(v.name(), 2, Integer::sum));
  }

  static Graph apply(Graph graph, Inference types) {
    if (graph.nodes().stream().noneMatch(n -> n.is("Concat"))) {
      return graph;
    }
    InterleaveLowering pass = new InterleaveLowering(graph, types);
    graph.nodes().forEach(pass::add);
    boolean found = pass.nodes.stream().anyMatch(n -> n.operator() instanceof Interleave);
    return found ? graph.toBuilder().nodes(UnusedNodes.without(graph, pass.nodes)).build() : graph;
  }

  private void add(Node node) {
    Node concat = shuffledConcat(node);
    Node next = node;
    if (concat != null) {
      int all = concat.inputs().size() * channels(concat.input(0));
      next = interleave(node, concat.inputs(), 0, all);
    } else if (node.is("Slice")
        && producers.get(node.input(0)) != null
        && producers.get(node.input(0)).operator() instanceof Interleave whole) {
      next = sliced(node, producers.get(node.input(0)).inputs(), whole);
    }
    nodes.add(next);
    for (String output : next.outputs()) {
      producers.put(output, next);
    }
  }

  private static Node interleave(Node node, List<String> parts, int from, int to) {
    return new Node(
        node.name(),
        Lowering.DOMAIN,
        "Interleave",
        parts,
        node.outputs(),
        Attributes.NONE,
        new Interleave(from, to));
  }

  /** The Concat whose parts a Reshape leaves interleaved, or null. */
  private Node shuffledConcat(Node node) {
    Node transpose = node.is("Reshape") ? onlyUsed(node.input(0), "Transpose") : null;
    Node apart = transpose == null ? null : onlyUsed(transpose.input(0), "Reshape");
    Node concat = apart == null ? null : onlyUsed(apart.input(0), "Concat");
    if (concat == null
        || !(types.type(concat.output(0)) instanceof TensorType joined)
        || joined.dtype() != DType.FLOAT
        || !joined.equals(types.type(node.output(0)))
        || !(types.type(apart.output(0)) instanceof TensorType groups)) {
      return null;
    }
    int rank = joined.shape().rank();
    int parts = concat.inputs().size();
    int channels = channels(concat.input(0));
    boolean equalParts = concat.inputs().stream().allMatch(v -> channels(v) == channels);
    Shape shape = groups.shape();
    if (!equalParts
        || channels <= 0
        || Axis.of(((Concat) concat.operator()).axis(), rank) != rank - 1
        || shape.rank() != rank + 1
        || !shape.dim(-2).is(parts)
        || !shape.dim(-1).is(channels)
        || !shape.dims().subList(0, rank - 1).equals(joined.shape().dims().subList(0, rank - 1))) {
      return null;
    }
    int[] perm = ((Transpose) transpose.operator()).permutation(rank + 1);
    for (int d = 0; d <= rank; d++) {
      if (perm[d] != (d == rank - 1 ? rank : d == rank ? rank - 1 : d)) {
        return null;
      }
    }
    return concat;
  }

  private Node onlyUsed(String value, String opType) {
    Node producer = producers.get(value);
    return producer != null && producer.is(opType) && uses.get(value) == 1 ? producer : null;
  }

  /** The last dimension of a value of known rank, or −1. */
  private int channels(String value) {
    if (!(types.type(value) instanceof TensorType t)
        || !t.shape().hasRank()
        || t.shape().rank() == 0) {
      return -1;
    }
    Dim last = t.shape().dim(-1);
    return last.isKnown() ? (int) last.value() : -1;
  }

  /** A Slice of the last dimension in steps of one, else the node itself. */
  private Node sliced(Node slice, List<String> parts, Interleave whole) {
    Tensor starts = types.constant(slice.input(1));
    Tensor axes = slice.hasInput(3) ? types.constant(slice.input(3)) : null;
    Tensor steps = slice.hasInput(4) ? types.constant(slice.input(4)) : null;
    int rank = ((TensorType) types.type(slice.input(0))).shape().rank();
    int n = channels(slice.output(0));
    if (starts == null
        || starts.size() != 1
        || axes == null
        || Axis.of(axes.getLong(0), rank) != rank - 1
        || slice.hasInput(4) && (steps == null || steps.getLong(0) != 1)
        || n <= 0) {
      return slice;
    }
    int all = whole.to() - whole.from();
    long start = starts.getLong(0) < 0 ? starts.getLong(0) + all : starts.getLong(0);
    int from = whole.from() + (int) Math.max(0, Math.min(start, all));
    return interleave(slice, parts, from, from + n);
  }
}
