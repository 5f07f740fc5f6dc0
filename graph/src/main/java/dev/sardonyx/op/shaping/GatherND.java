package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Slices of {@code data}, each named by a tuple of indices (ai.onnx GatherND-13): the last
 * dimension of the indices holds tuples of length k, which choose along the first k dimensions
 * after the batch dimensions. The result is [indices without the last dimension…, what is left of
 * the data…].
 *
 * @param batchDims leading dimensions that data and indices share; 0 before version 12
 */
public record GatherND(int batchDims) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("GatherND", a -> new GatherND(a.getInt("batch_dims", 0))).since(11);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Shape indices = c.shape(1);
    if (!x.hasRank() || !indices.hasRank() || !indices.dim(-1).isKnown()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    int tuple = Math.toIntExact(indices.dim(-1).value());
    List<Dim> dims = new ArrayList<>(indices.dims().subList(0, indices.rank() - 1));
    dims.addAll(x.dims().subList(batchDims + tuple, x.rank()));
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor indices = c.tensor(1);
    int[] from = positions(x.shape(), indices, batchDims);
    int first = batchDims + indices.dim(-1);
    int[] lead = Arrays.copyOf(indices.shape(), indices.rank() - 1);
    int[] rest = Arrays.copyOfRange(x.shape(), first, x.rank());
    int[] shape = Arrays.copyOf(lead, lead.length + rest.length);
    System.arraycopy(rest, 0, shape, lead.length, rest.length);
    int run = Tensor.sizeOf(rest);
    Tensor y = Tensor.zeros(x.dtype(), shape);
    for (int i = 0; i < from.length; i++) {
      y.copyElements(i * run, x, from[i], run);
    }
    return List.of(y);
  }

  /** For every tuple the position in data of the slice that it names. */
  static int[] positions(int[] data, Tensor indices, int batchDims) {
    int tuple = indices.rank() == 0 ? 0 : indices.dim(-1);
    if (tuple < 1 || batchDims < 0 || batchDims + tuple > data.length) {
      throw new ModelException(
          "indices: expected tuples of 1 to "
              + (data.length - batchDims)
              + " indices, got "
              + indices.describe());
    }
    int[] strides = Tensor.strides(data);
    int batches = Tensor.sizeOf(Arrays.copyOf(data, batchDims));
    int batch = batchDims == 0 ? 0 : strides[batchDims - 1];
    int[] positions = new int[indices.size() / tuple];
    int perBatch = Math.max(1, positions.length / Math.max(1, batches));
    for (int i = 0; i < positions.length; i++) {
      int p = i / perBatch * batch;
      for (int k = 0; k < tuple; k++) {
        int d = batchDims + k;
        p += Gather.index(indices.getLong(i * tuple + k), data[d]) * strides[d];
      }
      positions[i] = p;
    }
    return positions;
  }
}
