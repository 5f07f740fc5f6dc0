package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.nn.Window;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * MaxPool or AveragePool of images whose channels come last, and an activation: X [N, D1, …, C] → Y
 * [N, O1, …, C].
 *
 * @param pool the node that pools with channels first; only its first output is wanted
 * @param max whether it is MaxPool
 */
public record ChannelsLastPool(
    Node pool, Window window, boolean max, boolean countIncludePad, UnaryFunction activation)
    implements WithEpilogue {
  @Override
  public ChannelsLastPool withActivation(UnaryFunction f) {
    return new ChannelsLastPool(pool, window, max, countIncludePad, f);
  }

  @Override
  public boolean takesBias() {
    return false;
  }

  @Override
  public boolean takesResidual() {
    return false;
  }

  @Override
  public boolean takesSlopes() {
    return false;
  }

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
    Tensor last = Layout.channelsLast(y);
    Activations.apply(activation, last);
    return List.of(last);
  }
}
