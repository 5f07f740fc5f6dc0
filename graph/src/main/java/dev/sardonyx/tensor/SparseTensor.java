package dev.sardonyx.tensor;

/**
 * A tensor of mostly zeros in coordinate form (ONNX {@code SparseTensorProto}).
 *
 * @param values the NNZ values that are not zero, shape [NNZ]
 * @param indices int64; shape [NNZ] of row-major positions, or [NNZ, rank] of coordinates
 * @param shape the shape of the dense tensor meant
 */
public record SparseTensor(Tensor values, Tensor indices, int[] shape) implements Value {
  public SparseTensor {
    shape = shape.clone();
    int nnz = values.size();
    boolean linear = indices.rank() == 1 && indices.size() == nnz;
    boolean coordinates =
        indices.rank() == 2 && indices.dim(0) == nnz && indices.dim(1) == shape.length;
    if (values.rank() != 1 || indices.dtype() != DType.INT64 || !(linear || coordinates)) {
      throw new IllegalArgumentException(
          "expected sparse values [NNZ] and int64 indices [NNZ] or [NNZ, rank], got "
              + values
              + " and "
              + indices);
    }
  }

  @Override
  public int[] shape() {
    return shape.clone();
  }

  /** The same content with its zeros written out. */
  public Tensor toDense() {
    Tensor dense = Tensor.zeros(values.dtype(), shape);
    int[] strides = Tensor.strides(shape);
    for (int i = 0; i < values.size(); i++) {
      long at = 0;
      if (indices.rank() == 1) {
        at = indices.getLong(i);
      } else {
        for (int d = 0; d < shape.length; d++) {
          long index = indices.getLong(i * shape.length + d);
          if (index < 0 || index >= shape[d]) {
            throw outOfRange(index, shape[d]);
          }
          at += index * strides[d];
        }
      }
      if (at < 0 || at >= dense.size()) {
        throw outOfRange(at, dense.size());
      }
      dense.copyElement((int) at, values, i);
    }
    return dense;
  }

  private static IllegalArgumentException outOfRange(long index, int limit) {
    return new IllegalArgumentException(
        "expected a sparse index from 0 to " + (limit - 1) + ", got " + index);
  }
}
