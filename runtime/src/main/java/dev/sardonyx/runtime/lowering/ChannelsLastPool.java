package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.nn.Window;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * MaxPool or AveragePool of images whose channels come last: X [N, D1, …, C] → Y [N, O1, …, C].
 *
 * @param pool the node that pools with channels first; only its first output is wanted
 * @param max whether it is MaxPool
 */
public record ChannelsLastPool(Node pool, Window window, boolean max, boolean countIncludePad)
    implements Operator {
  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(
        ValueType.tensor(
            c.dtype(0),
            Layout.channelsLast(window.poolShape(Layout.channelsFirst(c.shape(0)), c::freshDim))));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = Layout.channelsFirst(c.tensor(0));
    Tensor y = (Tensor) ReferenceEvaluator.run(pool, List.of(x)).get(0);
    return List.of(Layout.channelsLast(y));
  }
}
