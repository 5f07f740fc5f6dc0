package dev.sardonyx.op.recurrent;

import static dev.sardonyx.op.recurrent.Recurrence.dot;

import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Simple recurrent network (ai.onnx RNN, newest version 22): {@code H' = f(X·Wᵀ + H·Rᵀ + Wb + Rb)}
 * with activation f (Tanh); shapes as {@link Recurrence}. Versions below 14 have no layout.
 */
public record RNN(Recurrence recurrence) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("RNN", a -> new RNN(Recurrence.parse(a, List.of("Tanh"))))
          .since(7, Recurrence::upgrade);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return recurrence.infer(c).subList(0, 2);
  }

  @Override
  public List<Value> evaluate(EvaluationContext context) {
    int hidden = recurrence.hidden(context);
    double[] r = context.tensor(2).toDoubles();
    double[] b = recurrence.biases(context, 1);
    double[] before = new double[hidden];
    return recurrence
        .run(
            context,
            1,
            (d, gates, h, c) -> {
              System.arraycopy(h, 0, before, 0, hidden);
              for (int j = 0; j < hidden; j++) {
                double fromH = dot(r, (d * hidden + j) * hidden, before, 0, hidden);
                h[j] = recurrence.activate(d, 0, gates[j] + b[(2 * d + 1) * hidden + j] + fromH);
              }
            })
        .subList(0, 2);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return Recurrence.macs(inputs);
  }
}
