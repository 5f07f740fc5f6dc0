package dev.sardonyx.op.vision;

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
 * The points that GridSample takes for an affine map (ai.onnx AffineGrid-20): {@code theta · (x, y,
 * [z,] 1)} for every point of a regular grid from −1 to 1.
 *
 * <p>Theta [N, r, r + 1]; size holds [N, C, D₁, …, D_r]; result [N, D₁, …, D_r, r].
 *
 * @param alignCorners whether −1 and 1 are the middles of the outermost elements, not their edges
 */
public record AffineGrid(boolean alignCorners) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("AffineGrid", a -> new AffineGrid(a.getFlag("align_corners", false)))
          .since(20);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape size = Extents.shape(c, 1);
    if (!size.hasRank() || size.rank() < 3) {
      return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
    }
    List<Dim> dims = new ArrayList<>(size.dims());
    dims.remove(1);
    dims.add(Dim.of(size.rank() - 2));
    return List.of(ValueType.tensor(c.dtype(0), new Shape(dims)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor theta = c.tensor(0);
    int[] size = Extents.shape(c.tensor(1));
    int rank = size.length - 2;
    if (rank < 1 || !theta.hasShape(size[0], rank, rank + 1)) {
      throw new ModelException(
          "expected theta [N, r, r + 1] and a size of r + 2 extents, got "
              + theta.describe()
              + " and "
              + c.tensor(1));
    }
    int[] extents = Arrays.copyOfRange(size, 2, size.length);
    int points = Tensor.sizeOf(extents);
    int[] shape = new int[size.length];
    shape[0] = size[0];
    System.arraycopy(extents, 0, shape, 1, rank);
    shape[rank + 1] = rank;
    int[] strides = Tensor.strides(extents);
    double[] map = theta.toDoubles();
    Tensor y = Tensor.zeros(theta.dtype(), shape);
    for (int n = 0; n < size[0]; n++) {
      for (int p = 0; p < points; p++) {
        for (int row = 0; row < rank; row++) {
          int at = (n * rank + row) * (rank + 1);
          double sum = map[at + rank];
          for (int k = 0; k < rank; k++) {
            // x runs along the last axis.
            int d = rank - 1 - k;
            sum += map[at + k] * coordinate(p / strides[d] % extents[d], extents[d]);
          }
          y.setDouble((n * points + p) * rank + row, sum);
        }
      }
    }
    return List.of(y);
  }

  private double coordinate(int i, int extent) {
    if (alignCorners) {
      return extent == 1 ? 0 : 2.0 * i / (extent - 1) - 1;
    }
    return (2.0 * i + 1) / extent - 1;
  }
}
