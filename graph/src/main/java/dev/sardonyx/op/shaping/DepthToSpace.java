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
import dev.sardonyx.op.Strided;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Channels spread over blocks of space (ai.onnx DepthToSpace-13): [N, C, H, W] becomes [N, C/b²,
 * H·b, W·b]. Version 1 is mode DCR.
 *
 * @param columnFirst mode CRD: the channels are [C/b², b, b]; in mode DCR they are [b, b, C/b²]
 */
public record DepthToSpace(int block, boolean columnFirst) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("DepthToSpace", DepthToSpace::parse);

  private static DepthToSpace parse(Attributes a) {
    String mode = a.getChoice("mode", "DCR", "DCR", "CRD");
    return new DepthToSpace(blockSize(a), mode.equals("CRD"));
  }

  static int blockSize(Attributes a) {
    int block = a.getInt("blocksize", 0);
    if (block < 1) {
      throw new ModelException("attribute blocksize: expected 1 or more, got " + block);
    }
    return block;
  }

  static void checkRank(int rank, Object shape) {
    if (rank != 4) {
      throw new ModelException("expected data of shape [N, C, H, W], got " + shape);
    }
  }

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
    checkRank(x.rank(), x);
    Dim channels = x.dim(1).floorDividedBy(Dim.of((long) block * block));
    return Shape.of(x.dim(0), channels, x.dim(2).times(block), x.dim(3).times(block));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    checkRank(x.rank(), x.describe());
    int n = x.dim(0);
    int channels = x.dim(1) / (block * block);
    int h = x.dim(2);
    int w = x.dim(3);
    Tensor moved =
        columnFirst
            ? Strided.transpose(x.reshape(n, channels, block, block, h, w), 0, 1, 4, 2, 5, 3)
            : Strided.transpose(x.reshape(n, block, block, channels, h, w), 0, 3, 4, 1, 5, 2);
    return List.of(moved.reshape(n, channels, h * block, w * block));
  }
}
