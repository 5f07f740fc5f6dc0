package dev.sardonyx.op.activation;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.UpgradeContext;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.op.Elementwise;
import dev.sardonyx.op.LegacyBroadcast;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * {@code x} from 0 on, {@code slope·x} below (ai.onnx PRelu, newest version 16); the slope
 * broadcasts to x in one direction. Below version 7 it is one number, or one per channel (dimension
 * 1 of x).
 */
public record PRelu() implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("PRelu", a -> new PRelu()).since(7, PRelu::upgrade);

  private static List<Node> upgrade(Node node, int version, UpgradeContext c) {
    Node plain = c.without(node, "consumed_inputs");
    boolean perChannel =
        c.type(node.input(0)) instanceof TensorType x
            && c.type(node.input(1)) instanceof TensorType slope
            && x.shape().hasRank()
            && x.shape().rank() > 2
            && slope.shape().hasRank()
            && slope.shape().rank() == 1
            && !slope.shape().dim(0).is(1);
    if (!perChannel) {
      return List.of(plain);
    }
    int rank = ((TensorType) c.type(node.input(0))).shape().rank();
    return LegacyBroadcast.withTrailingOnes(plain, 1, 1, rank - 2, c);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Elementwise.sameType(c, 0, 2);
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor slope = c.tensor(1);
    if (!x.hasShape(Broadcast.shape(x.shape(), slope.shape()))) {
      throw new ModelException(
          "expected a slope that broadcasts to x, got " + slope.describe() + ", " + x.describe());
    }
    return List.of(
        x.dtype().isFloating()
            ? Elementwise.ofDoubles(x, slope, x.dtype(), (v, s) -> v < 0 ? s * v : v)
            : Elementwise.ofLongs(
                x, slope, x.dtype(), (v, s) -> x.dtype().isSigned() && v < 0 ? s * v : v));
  }
}
