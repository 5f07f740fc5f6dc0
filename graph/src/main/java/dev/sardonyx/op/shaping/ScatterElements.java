package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * The data with some elements replaced or combined with updates (ai.onnx ScatterElements-18):
 * {@code y[…] = updates[i, j, …]} at the index in place of the coordinate along {@code axis}.
 * Operator Scatter, gone since version 11, is the same.
 */
public record ScatterElements(long axis, Reduction reduction) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("ScatterElements", ScatterElements::parse).since(11);

  public static final OperatorDefinition SCATTER =
      OperatorDefinition.of("Scatter", ScatterElements::parse)
          .since(
              11,
              (node, version, c) ->
                  List.of(
                      c.node(
                              "",
                              "ScatterElements",
                              node.inputs(),
                              node.outputs(),
                              node.attributes())
                          .withName(node.name())));

  private static ScatterElements parse(Attributes a) {
    return new ScatterElements(a.getLong("axis", 0), Reduction.parse(a));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    Tensor updates = c.tensor(2);
    int[] to = GatherElements.positions(x.shape(), c.tensor(1), axis);
    if (updates.size() != to.length) {
      throw new ModelException(
          "expected as many updates as indices (" + to.length + "), got " + updates.describe());
    }
    Tensor y = x.copy();
    for (int i = 0; i < to.length; i++) {
      reduction.apply(y, to[i], updates, i);
    }
    return List.of(y);
  }
}
