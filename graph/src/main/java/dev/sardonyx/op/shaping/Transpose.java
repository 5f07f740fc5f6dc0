package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Extents;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The dimensions in another order (ai.onnx Transpose, newest version 25): dimension d of the result
 * is dimension perm[d] of the data.
 *
 * @param perm a permutation of all dimensions; null reverses them
 */
public record Transpose(List<Integer> perm) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Transpose", Transpose::parse);

  private static Transpose parse(Attributes a) {
    int[] perm = a.getInts("perm");
    return new Transpose(perm == null ? null : Arrays.stream(perm).boxed().toList());
  }

  /** The permutation for data of {@code rank} dimensions. */
  public int[] permutation(int rank) {
    int[] p = new int[rank];
    boolean[] seen = new boolean[rank];
    if (perm != null && perm.size() != rank) {
      throw wrong(rank);
    }
    for (int d = 0; d < rank; d++) {
      p[d] = perm == null ? rank - 1 - d : perm.get(d);
      if (p[d] < 0 || p[d] >= rank || seen[p[d]]) {
        throw wrong(rank);
      }
      seen[p[d]] = true;
    }
    return p;
  }

  private ModelException wrong(int rank) {
    return new ModelException(
        "attribute perm: expected a permutation of the " + rank + " dimensions, got " + perm);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      Shape y = perm == null ? Shape.UNKNOWN : c.freshShape(perm.size());
      return List.of(ValueType.tensor(c.dtype(0), y));
    }
    List<Dim> dims = new ArrayList<>();
    for (int from : permutation(x.rank())) {
      dims.add(x.dim(from));
    }
    Shape y = new Shape(dims);
    Extents.pass(c, c.extents(0), y);
    return List.of(ValueType.tensor(c.dtype(0), y));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    return List.of(Strided.transpose(x, permutation(x.rank())));
  }
}
