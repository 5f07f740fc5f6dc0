package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Each different element once, or each different row along an axis (ai.onnx Unique-11).
 *
 * <p>Outputs: the elements; for each where it is first; for each element of the data which one it
 * is; for each how often it is there.
 *
 * @param axis null for the elements of the flattened data
 * @param sorted ascending (rows in lexicographic order); else by first appearance
 */
public record Unique(Long axis, boolean sorted) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Unique", Unique::parse).since(11);

  private static Unique parse(Attributes a) {
    return new Unique(a.has("axis") ? a.getLong("axis", 0) : null, a.getFlag("sorted", true));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Dim count = c.freshDim();
    Shape y = axis == null ? Shape.of(count) : Shape.UNKNOWN;
    Dim total = x.hasRank() && axis == null ? x.size() : c.freshDim();
    if (axis != null && x.hasRank()) {
      int at = Axis.of(axis, x.rank());
      List<Dim> dims = new ArrayList<>(x.dims());
      total = dims.set(at, count);
      y = new Shape(dims);
    }
    ValueType perUnique = ValueType.tensor(DType.INT64, Shape.of(count));
    return List.of(
        ValueType.tensor(c.dtype(0), y),
        perUnique,
        ValueType.tensor(DType.INT64, Shape.of(total)),
        perUnique);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = axis == null ? c.tensor(0).reshape(c.tensor(0).size()) : c.tensor(0);
    int at = axis == null ? 0 : Axis.of(axis, x.rank());
    int[] toFront = moved(x.rank(), at, 0);
    Tensor rows = at == 0 ? x : Strided.transpose(x, toFront);
    int count = rows.dim(0);
    int run = count == 0 ? 0 : rows.size() / count;
    Comparator<Integer> order = (a, b) -> compare(rows, a * run, b * run, run);
    Integer[] ascending = IntStream.range(0, count).boxed().toArray(Integer[]::new);
    Arrays.sort(ascending, order);

    // Equal rows stand together now, the first of the data in front.
    List<Integer> firsts = new ArrayList<>();
    int[] firstOf = new int[count];
    for (int i = 0; i < count; i++) {
      boolean isNew = i == 0 || order.compare(ascending[i - 1], ascending[i]) != 0;
      if (isNew) {
        firsts.add(ascending[i]);
      }
      firstOf[ascending[i]] = firsts.get(firsts.size() - 1);
    }
    if (!sorted) {
      Collections.sort(firsts);
    }
    return results(rows, firsts, firstOf, at);
  }

  private static List<Value> results(Tensor rows, List<Integer> firsts, int[] firstOf, int at) {
    int[] rank = new int[firstOf.length];
    long[] indices = new long[firsts.size()];
    for (int u = 0; u < indices.length; u++) {
      indices[u] = firsts.get(u);
      rank[firsts.get(u)] = u;
    }
    long[] inverse = new long[firstOf.length];
    long[] counts = new long[indices.length];
    for (int i = 0; i < inverse.length; i++) {
      inverse[i] = rank[firstOf[i]];
      counts[rank[firstOf[i]]]++;
    }
    int[] shape = rows.shape();
    int run = shape[0] == 0 ? 0 : rows.size() / shape[0];
    shape[0] = indices.length;
    Tensor y = Tensor.zeros(rows.dtype(), shape);
    for (int u = 0; u < indices.length; u++) {
      y.copyElements(u * run, rows, (int) indices[u] * run, run);
    }
    Tensor placed = at == 0 ? y : Strided.transpose(y, moved(y.rank(), 0, at));
    return List.of(placed, Tensor.vector(indices), Tensor.vector(inverse), Tensor.vector(counts));
  }

  /** The permutation that moves one dimension and keeps the order of the others. */
  private static int[] moved(int rank, int from, int to) {
    List<Integer> perm = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
    perm.add(to, perm.remove(from));
    return perm.stream().mapToInt(Integer::intValue).toArray();
  }

  private static int compare(Tensor t, int a, int b, int run) {
    int order = 0;
    for (int i = 0; i < run && order == 0; i++) {
      order =
          switch (t.dtype().kind()) {
            case STRING -> t.getString(a + i).compareTo(t.getString(b + i));
            // Adding 0 makes −0 and 0 the same.
            case FLOATING -> Double.compare(t.getDouble(a + i) + 0.0, t.getDouble(b + i) + 0.0);
            case UNSIGNED -> Long.compareUnsigned(t.getLong(a + i), t.getLong(b + i));
            default -> Long.compare(t.getLong(a + i), t.getLong(b + i));
          };
    }
    return order;
  }
}
