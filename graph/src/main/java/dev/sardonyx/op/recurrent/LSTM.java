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
 * Long short-term memory (ai.onnx LSTM, newest version 22; Hochreiter and Schmidhuber, 1997), with
 * activations f, g, h (Sigmoid, Tanh, Tanh) and peepholes P:
 *
 * <pre>
 * i = f(X·Wiᵀ + H·Riᵀ + Pi∘C + bi)      f = f(X·Wfᵀ + H·Rfᵀ + Pf∘C + bf)
 * c = g(X·Wcᵀ + H·Rcᵀ + bc)             C' = f∘C + i∘c
 * o = f(X·Woᵀ + H·Roᵀ + Po∘C' + bo)     H' = o∘h(C')
 * </pre>
 *
 * <p>Gates stand in the order i, o, f, c; P [D, 3·H] in the order i, o, f; other shapes as {@link
 * Recurrence}. {@code coupled} (input_forget 1) sets f = 1 − i. Versions below 14 have no layout.
 */
public record LSTM(Recurrence recurrence, boolean coupled) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("LSTM", LSTM::parse).since(7, Recurrence::upgrade);

  private static LSTM parse(Attributes a) {
    return new LSTM(
        Recurrence.parse(a, List.of("Sigmoid", "Tanh", "Tanh")), a.getFlag("input_forget", false));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return recurrence.infer(c);
  }

  @Override
  public List<Value> evaluate(EvaluationContext context) {
    int hidden = recurrence.hidden(context);
    double[] r = context.tensor(2).toDoubles();
    double[] b = recurrence.biases(context, 4);
    int directions = recurrence.direction().count();
    double[] p =
        context.hasInput(7) ? context.tensor(7).toDoubles() : new double[3 * directions * hidden];
    double[] before = new double[hidden];
    return recurrence.run(
        context,
        4,
        (d, gates, h, c) -> {
          System.arraycopy(h, 0, before, 0, hidden);
          int rows = 4 * hidden;
          int rAt = d * rows * hidden;
          int bAt = (2 * d + 1) * rows;
          int pAt = 3 * d * hidden;
          for (int row = 0; row < rows; row++) {
            gates[row] += b[bAt + row] + dot(r, rAt + row * hidden, before, 0, hidden);
          }
          for (int j = 0; j < hidden; j++) {
            double i = recurrence.activate(d, 0, gates[j] + p[pAt + j] * c[j]);
            double f =
                coupled
                    ? 1 - i
                    : recurrence.activate(
                        d, 0, gates[2 * hidden + j] + p[pAt + 2 * hidden + j] * c[j]);
            c[j] = f * c[j] + i * recurrence.activate(d, 1, gates[3 * hidden + j]);
            double o = recurrence.activate(d, 0, gates[hidden + j] + p[pAt + hidden + j] * c[j]);
            h[j] = o * recurrence.activation(d, 2).apply(c[j]);
          }
        });
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return Recurrence.macs(inputs);
  }
}
