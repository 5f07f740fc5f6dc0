package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Element-wise operators one after the other, as one: {@code Y = step(… step(X))}.
 *
 * <p>Inputs: X float32, then the other operand of each step of two operands, in order; each
 * broadcasts to X's shape, which is Y's.
 */
public record Pointwise(List<Step> steps) implements Operator {
  public Pointwise {
    steps = List.copyOf(steps);
  }

  /**
   * One operator of the chain.
   *
   * @param node the operator as it stood alone
   * @param chained which of its inputs is the result of the step before
   * @param function what it computes if it is a function of one argument, else null
   */
  public record Step(Node node, int chained, UnaryFunction function) {
    public boolean isUnary() {
      return function != null;
    }
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor y = c.tensor(0).copy();
    int next = 1;
    for (Step step : steps) {
      if (step.isUnary()) {
        Activations.apply(step.function(), y);
      } else {
        Tensor other = c.tensor(next++);
        List<Tensor> operands = step.chained() == 0 ? List.of(y, other) : List.of(other, y);
        Node alone = step.node().withInputs(List.of("a", "b"));
        y = (Tensor) ReferenceEvaluator.run(alone, operands).get(0);
      }
    }
    return List.of(y);
  }
}
