package dev.sardonyx.op.control;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.CommonType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * One of two subgraphs, chosen by the condition (ai.onnx If, newest version 25). The branches read
 * values of the graphs around them and may give different shapes.
 */
public record If(Graph thenBranch, Graph elseBranch) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
          "If", a -> new If(a.getGraph("then_branch"), a.getGraph("else_branch")));

  @Override
  public List<ValueType> infer(InferenceContext c) {
    if (c.constant(0) != null) {
      return c.infer(branch(c.constant(0)), List.of());
    }
    List<ValueType> whenTrue = inferOrNull(thenBranch, c);
    if (whenTrue == null) {
      return c.infer(elseBranch, List.of());
    }
    List<ValueType> whenFalse = inferOrNull(elseBranch, c);
    if (whenFalse == null) {
      return whenTrue;
    }
    List<ValueType> types = new ArrayList<>();
    for (int i = 0; i < c.outputCount(); i++) {
      types.add(CommonType.of(whenTrue.get(i), whenFalse.get(i), c));
    }
    return types;
  }

  /**
   * The types of a branch; null if they do not work out, for then it is the branch that is never
   * taken: exporters guard a Squeeze by the extent that it needs.
   */
  private static List<ValueType> inferOrNull(Graph branch, InferenceContext c) {
    try {
      return c.infer(branch, List.of());
    } catch (ModelException e) {
      return null;
    }
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    return c.run(branch(c.tensor(0)), List.of());
  }

  private Graph branch(Tensor condition) {
    if (condition.size() != 1) {
      throw new ModelException("cond: expected one truth value, got " + condition.describe());
    }
    return condition.getBoolean(0) ? thenBranch : elseBranch;
  }
}
