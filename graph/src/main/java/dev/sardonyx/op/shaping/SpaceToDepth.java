package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Blocks of space as channels (ai.onnx SpaceToDepth-13): [N, C, H, W] becomes [N, b²·C, H/b, W/b].
 */
public record SpaceToDepth(int block) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("SpaceToDepth", a -> new SpaceToDepth(DepthToSpace.blockSize(a)));

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    return List.of(ValueType.tensor(c.dtype(0), x.hasRank() ? shape(x) : c.freshShape(4)));
  }

  /**
   * The shape of the result for data of a shape.
   *
   * @throws ModelException if it is of another rank than 4
   */
  public Shape shape(Shape x) {
    DepthToSpace.checkRank(x.rank(), x);
    Dim b = Dim.of(block);
    return Shape.of(
        x.dim(0),
        x.dim(1).times(b).times(b),
        x.dim(2).floorDividedBy(b),
        x.dim(3).floorDividedBy(b));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    DepthToSpace.checkRank(x.rank(), x.describe());
    int n = x.dim(0);
    int channels = x.dim(1);
    int h = x.dim(2) / block;
    int w = x.dim(3) / block;
    Tensor blocks = x.reshape(n, channels, h, block, w, block);
    return List.of(
        Strided.transpose(blocks, 0, 3, 5, 1, 2, 4).reshape(n, block * block * channels, h, w));
  }
}
