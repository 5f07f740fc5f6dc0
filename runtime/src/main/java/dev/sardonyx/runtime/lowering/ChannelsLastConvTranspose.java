package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.nn.ConvTranspose;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * ConvTranspose of images whose channels come last, and what follows it: {@code Y =
 * prelu(f(convTranspose(X, W) + bias), slopes)}.
 *
 * <p>Inputs: X [N, D1, …, C], W [C, M/group, k1, …] as ConvTranspose has it, bias [M] or omitted,
 * input 3 never there, slopes [M] of results below zero or omitted; Y [N, O1, …, M].
 *
 * @param node the node with channels first, of which only the operator counts
 */
public record ChannelsLastConvTranspose(Node node, UnaryFunction activation)
    implements WithEpilogue {
  /** The operator with channels first. */
  public ConvTranspose conv() {
    return (ConvTranspose) node.operator();
  }

  @Override
  public ChannelsLastConvTranspose withActivation(UnaryFunction f) {
    return new ChannelsLastConvTranspose(node, f);
  }

  @Override
  public boolean takesResidual() {
    return false;
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape first = conv().inferShape(c, Layout.channelsFirst(c.shape(0)), c.shape(1));
    return List.of(ValueType.tensor(c.dtype(0), Layout.channelsLast(first)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    List<Value> inputs = new ArrayList<>();
    inputs.add(Layout.channelsFirst(c.tensor(0)));
    inputs.add(c.tensor(1));
    if (c.hasInput(2)) {
      inputs.add(c.tensor(2));
    }
    Node plain = node.withInputs(List.of("x", "w", "b").subList(0, inputs.size()));
    Tensor y = Layout.channelsLast((Tensor) ReferenceEvaluator.run(plain, inputs).get(0));
    Activations.apply(activation, y);
    if (c.hasInput(4)) {
      Activations.prelu(c.tensor(4), y);
    }
    return List.of(y);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return conv().macs(inputs, outputs);
  }
}
