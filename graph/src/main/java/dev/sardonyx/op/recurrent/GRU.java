package dev.sardonyx.op.recurrent;

import static dev.sardonyx.op.recurrent.Recurrence.dot;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Gated recurrent unit (ai.onnx GRU, newest version 22; Cho et al., 2014), with activations f and g
 * (Sigmoid, Tanh):
 *
 * <pre>
 * z = f(X·Wzᵀ + H·Rzᵀ + bz)
 * r = f(X·Wrᵀ + H·Rrᵀ + br)
 * h = g(X·Whᵀ + (r∘H)·Rhᵀ + bh)             H' = (1 − z)∘h + z∘H
 * </pre>
 *
 * <p>With {@code linearBeforeReset}, h = g(X·Whᵀ + Wbh + r∘(H·Rhᵀ + Rbh)). Gates stand in the order
 * z, r, h; shapes as {@link Recurrence}. Versions below 14 have no layout, version 1 resets before.
 */
public record GRU(Recurrence recurrence, boolean linearBeforeReset) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("GRU", GRU::parse).since(7, Recurrence::upgrade);

  private static GRU parse(Attributes a) {
    return new GRU(
        Recurrence.parse(a, List.of("Sigmoid", "Tanh")), a.getFlag("linear_before_reset", false));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return recurrence.infer(c).subList(0, 2);
  }

  @Override
  public List<Value> evaluate(EvaluationContext context) {
    int hidden = recurrence.hidden(context);
    double[] r = context.tensor(2).toDoubles();
    double[] b = recurrence.biases(context, 3);
    double[] reset = new double[hidden];
    double[] update = new double[hidden];
    double[] scaled = new double[hidden];
    return recurrence
        .run(
            context,
            3,
            (d, gates, h, c) -> {
              int rAt = d * 3 * hidden * hidden;
              int bAt = (2 * d + 1) * 3 * hidden;
              for (int j = 0; j < hidden; j++) {
                int row = hidden + j;
                double z = gates[j] + b[bAt + j] + dot(r, rAt + j * hidden, h, 0, hidden);
                double q = gates[row] + b[bAt + row] + dot(r, rAt + row * hidden, h, 0, hidden);
                update[j] = recurrence.activate(d, 0, z);
                reset[j] = recurrence.activate(d, 0, q);
                scaled[j] = linearBeforeReset ? h[j] : reset[j] * h[j];
              }
              for (int j = 0; j < hidden; j++) {
                int row = 2 * hidden + j;
                double fromH = b[bAt + row] + dot(r, rAt + row * hidden, scaled, 0, hidden);
                double sum = gates[row] + (linearBeforeReset ? reset[j] * fromH : fromH);
                h[j] = (1 - update[j]) * recurrence.activate(d, 1, sum) + update[j] * h[j];
              }
            })
        .subList(0, 2);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return Recurrence.macs(inputs);
  }
}
