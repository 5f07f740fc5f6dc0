package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * {@code Y = softmax(scale · Q·K + mask) · V} over the last dimension (Vaswani et al., 2017), with
 * operands in whatever order of dimensions they come.
 *
 * <p>Inputs: Q, K, V float32 of one rank, and optionally a mask. As Transpose with the given
 * permutations would leave them, they are Q [..., S, D], K [..., D, L], V [..., L, E], the mask
 * something that broadcasts to [..., S, L]. The result [..., S, E] is stored as Transpose with
 * {@code permY} would leave it.
 */
@SuppressWarnings("ArrayRecordComponent")
public record ScaledDotProductAttention(
    float scale, int[] permQ, int[] permK, int[] permV, int[] permY) implements Operator {
  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape q = c.shape(0);
    Shape v = c.shape(2);
    int rank = permY.length;
    if (!q.hasRank() || !v.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), c.freshShape(rank)));
    }
    if (q.rank() != rank || v.rank() != rank) {
      throw new ModelException("expected Q and V of rank " + rank + ", got " + q + " and " + v);
    }
    List<Dim> y = new ArrayList<>(Collections.nCopies(rank, Dim.ONE));
    for (int d = 0; d < rank; d++) {
      int from = permY[d];
      y.set(d, from == rank - 1 ? v.dim(permV[from]) : q.dim(permQ[from]));
    }
    return List.of(ValueType.tensor(c.dtype(0), new Shape(y)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor queries = Strided.transpose(c.tensor(0), permQ);
    Tensor keys = Strided.transpose(c.tensor(1), permK);
    Tensor values = Strided.transpose(c.tensor(2), permV);
    int count = queries.dim(-2);
    int size = queries.dim(-1);
    int length = keys.dim(-1);
    int width = values.dim(-1);
    double[] q = queries.toDoubles();
    double[] k = keys.toDoubles();
    double[] v = values.toDoubles();
    int[] shape = queries.shape();
    shape[shape.length - 1] = length;
    double[] mask =
        c.hasInput(3) ? Broadcast.to(c.tensor(3), shape).toDoubles() : new double[count(shape)];
    shape[shape.length - 1] = width;
    Tensor y = Tensor.zeros(queries.dtype(), shape);
    double[] weights = new double[length];
    for (int row = 0; row < count(shape) / Math.max(1, width); row++) {
      int batch = row / count;
      for (int l = 0; l < length; l++) {
        double sum = 0;
        for (int d = 0; d < size; d++) {
          sum += q[row * size + d] * k[(batch * size + d) * length + l];
        }
        weights[l] = scale * sum + mask[row * length + l];
      }
      softmax(weights);
      for (int e = 0; e < width; e++) {
        double sum = 0;
        for (int l = 0; l < length; l++) {
          sum += weights[l] * v[(batch * length + l) * width + e];
        }
        y.setDouble(row * width + e, sum);
      }
    }
    return List.of(Strided.transpose(y, permY));
  }

  private static int count(int... shape) {
    return Tensor.sizeOf(shape);
  }

  private static void softmax(double[] x) {
    double max = Arrays.stream(x).max().orElse(0);
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      x[i] = Math.exp(x[i] - max);
      sum += x[i];
    }
    for (int i = 0; i < x.length; i++) {
      x[i] /= sum;
    }
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    int[] k = inputs.get(1);
    int rank = permK.length;
    long size = k[permK[rank - 2]];
    long length = k[permK[rank - 1]];
    long width = inputs.get(2)[permV[rank - 1]];
    long rows = width == 0 ? 0 : Tensor.sizeOf(outputs.get(0)) / width;
    return rows * length * (size + width);
  }
}
