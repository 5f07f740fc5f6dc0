package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.shaping.DepthToSpace;
import dev.sardonyx.op.shaping.SpaceToDepth;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * DepthToSpace or SpaceToDepth of images whose channels come last: X [N, H, W, C] → Y [N, H·b, W·b,
 * C/b²] or [N, H/b, W/b, C·b²].
 *
 * @param node the node with channels first, of which only the operator counts
 */
public record ChannelsLastBlocks(Node node) implements Operator {
  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = Layout.channelsFirst(c.shape(0));
    Shape y = c.freshShape(4);
    if (x.hasRank()) {
      y =
          node.operator() instanceof DepthToSpace op
              ? op.shape(x)
              : ((SpaceToDepth) node.operator()).shape(x);
    }
    return List.of(ValueType.tensor(c.dtype(0), Layout.channelsLast(y)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = Layout.channelsFirst(c.tensor(0));
    Tensor y = (Tensor) ReferenceEvaluator.run(node, List.of(x)).get(0);
    return List.of(Layout.channelsLast(y));
  }
}
