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
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Blocks of images put back where they were cut out, added where they overlap (ai.onnx Col2Im-18).
 *
 * <p>Inputs: columns [N, C·(elements of a block), L], the image shape, the block shape. L counts
 * the positions of the block in the padded image. Output [N, C, image…].
 *
 * @param dilations null for 1 along every axis
 * @param pads null for 0; the beginnings of all axes, then the ends
 * @param strides null for 1
 */
public record Col2Im(List<Long> dilations, List<Long> pads, List<Long> strides)
    implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "Col2Im", a -> new Col2Im(list(a, "dilations"), list(a, "pads"), list(a, "strides")))
          .since(18);

  private static List<Long> list(Attributes a, String name) {
    long[] values = a.getLongs(name);
    return values == null ? null : Arrays.stream(values).boxed().toList();
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Shape image = Extents.shape(c, 1);
    if (!image.hasRank()) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    List<Dim> dims = new ArrayList<>();
    dims.add(x.hasRank() ? x.dim(0) : c.freshDim());
    List<Dim> block = c.extents(2);
    dims.add(
        x.hasRank() && block != null
            ? x.dim(1).floorDividedBy(new Shape(block).size())
            : c.freshDim());
    dims.addAll(image.dims());
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    int[] image = Extents.shape(c.tensor(1));
    int[] block = Extents.shape(c.tensor(2));
    int rank = image.length;
    int blockSize = Tensor.sizeOf(block);
    int channels = x.dim(1) / blockSize;
    int[] positions = new int[rank];
    for (int d = 0; d < rank; d++) {
      long padded = image[d] + at(pads, d, 0) + at(pads, rank + d, 0);
      long covered = at(dilations, d, 1) * (block[d] - 1) + 1;
      positions[d] = (int) ((padded - covered) / at(strides, d, 1)) + 1;
    }
    int count = Tensor.sizeOf(positions);
    if (x.rank() != 3 || channels * blockSize != x.dim(1) || count != x.dim(2)) {
      throw new ModelException(
          "expected columns [N, C*" + blockSize + ", " + count + "], got " + x.describe());
    }
    int[] shape = new int[rank + 2];
    shape[0] = x.dim(0);
    shape[1] = channels;
    System.arraycopy(image, 0, shape, 2, rank);
    int imageSize = Tensor.sizeOf(image);
    double[] sums = new double[Tensor.sizeOf(shape)];
    double[] columns = x.toDoubles();
    int[] blockStrides = Tensor.strides(block);
    int[] positionStrides = Tensor.strides(positions);
    int[] imageStrides = Tensor.strides(image);
    for (int row = 0; row < x.dim(0) * x.dim(1); row++) {
      for (int p = 0; p < count; p++) {
        int to = row / blockSize * imageSize;
        boolean inside = true;
        for (int d = 0; d < rank && inside; d++) {
          long i =
              p / positionStrides[d] % positions[d] * at(strides, d, 1)
                  + row % blockSize / blockStrides[d] % block[d] * at(dilations, d, 1)
                  - at(pads, d, 0);
          inside = i >= 0 && i < image[d];
          to += (int) i * imageStrides[d];
        }
        if (inside) {
          sums[to] += columns[row * count + p];
        }
      }
    }
    Tensor y = Tensor.zeros(x.dtype(), shape);
    for (int i = 0; i < sums.length; i++) {
      y.setDouble(i, sums[i]);
    }
    return List.of(y);
  }

  private static long at(List<Long> values, int i, long otherwise) {
    return values == null ? otherwise : values.get(i);
  }
}
