package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * Attention whose memory is one matrix S a head, written and read token by token (ai.onnx
 * LinearAttention, version 27; Katharopoulos et al., 2020; Yang et al., 2024).
 *
 * <pre>
 * S decays: every row i by exp(decay[i])                       (gated, gated_delta)
 * write     k ⊗ v                                              (linear, gated)
 *           beta · k ⊗ (v − Sᵀk)                               (delta, gated_delta)
 * read      output = scale · Sᵀq
 * </pre>
 *
 * <p>query [N, T, Hq·D], key [N, T, H·D], value [N, T, H·Dv], output [N, T, Hq·Dv]; H divides Hq,
 * neighbouring query heads share a memory. past_state and present_state [N, H, D, Dv]; decay [N, T,
 * H·D] or [N, T, H]; beta [N, T, H] or [N, T, 1].
 *
 * @param scale 0 for 1/√D
 */
public record LinearAttention(int qHeads, int kvHeads, float scale, boolean gated, boolean delta)
    implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("LinearAttention", LinearAttention::parse).since(27);

  private static LinearAttention parse(Attributes a) {
    int qHeads = a.getInt("q_num_heads", 0);
    int kvHeads = a.getInt("kv_num_heads", 0);
    if (qHeads < 1 || kvHeads < 1 || qHeads % kvHeads != 0) {
      throw new ModelException(
          "expected q_num_heads that kv_num_heads divides, got " + qHeads + " and " + kvHeads);
    }
    String rule =
        a.getChoice("update_rule", "gated_delta", "linear", "gated", "delta", "gated_delta");
    return new LinearAttention(
        qHeads, kvHeads, a.getFloat("scale", 0), rule.startsWith("gated"), rule.endsWith("delta"));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape q = c.shape(0);
    Shape v = c.shape(2);
    DType stateType = c.hasInput(3) ? c.dtype(3) : c.dtype(0);
    if (!q.hasRank() || !v.hasRank()) {
      return List.of(
          ValueType.tensor(c.dtype(0), c.freshShape(3)),
          ValueType.tensor(stateType, c.freshShape(4)));
    }
    Dim size = q.dim(2).floorDividedBy(Dim.of(qHeads));
    Dim sizeOfV = v.dim(2).floorDividedBy(Dim.of(kvHeads));
    return List.of(
        ValueType.tensor(c.dtype(0), Shape.of(q.dim(0), q.dim(1), sizeOfV.times(qHeads))),
        ValueType.tensor(stateType, Shape.of(q.dim(0), Dim.of(kvHeads), size, sizeOfV)));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor query = c.tensor(0);
    int batch = query.dim(0);
    int length = query.dim(1);
    int size = query.dim(2) / qHeads;
    int sizeOfV = c.tensor(2).dim(2) / kvHeads;
    checkShape(c, 1, "key", batch, length, kvHeads * size);
    checkShape(c, 2, "value", batch, length, kvHeads * sizeOfV);
    double[] q = query.toDoubles();
    double[] k = c.tensor(1).toDoubles();
    double[] v = c.tensor(2).toDoubles();
    double[] decay = gated ? c.tensor(4).toDoubles() : null;
    double[] beta = delta ? c.tensor(5).toDoubles() : null;
    int tokens = batch * length;
    int decays = gated ? decay.length / Math.max(tokens * kvHeads, 1) : 1;
    int betas = delta ? beta.length / Math.max(tokens, 1) : 1;
    double by = scale == 0 ? 1 / Math.sqrt(size) : scale;
    DType stateType = c.hasInput(3) ? c.tensor(3).dtype() : query.dtype();
    Tensor present = Tensor.zeros(stateType, batch, kvHeads, size, sizeOfV);
    Tensor output = Tensor.zeros(query.dtype(), batch, length, qHeads * sizeOfV);
    int share = qHeads / kvHeads;
    for (int row = 0; row < batch * kvHeads; row++) {
      int head = row % kvHeads;
      double[] state = new double[size * sizeOfV];
      for (int i = 0; i < state.length && c.hasInput(3); i++) {
        state[i] = c.tensor(3).getDouble(row * state.length + i);
      }
      for (int t = 0; t < length; t++) {
        int token = row / kvHeads * length + t;
        int at = token * kvHeads + head;
        for (int i = 0; i < state.length && gated; i++) {
          state[i] *= Math.exp(decay[at * decays + (decays == 1 ? 0 : i / sizeOfV)]);
        }
        double step = delta ? beta[token * betas + (betas == 1 ? 0 : head)] : 1;
        for (int j = 0; j < sizeOfV; j++) {
          double known = 0;
          for (int i = 0; i < size && delta; i++) {
            known += state[i * sizeOfV + j] * k[at * size + i];
          }
          double news = step * (v[at * sizeOfV + j] - known);
          for (int i = 0; i < size; i++) {
            state[i * sizeOfV + j] += k[at * size + i] * news;
          }
        }
        for (int h = head * share; h < (head + 1) * share; h++) {
          int from = (token * qHeads + h) * size;
          for (int j = 0; j < sizeOfV; j++) {
            double sum = 0;
            for (int i = 0; i < size; i++) {
              sum += q[from + i] * state[i * sizeOfV + j];
            }
            output.setDouble((token * qHeads + h) * sizeOfV + j, by * sum);
          }
        }
      }
      for (int i = 0; i < state.length; i++) {
        present.setDouble(row * state.length + i, state[i]);
      }
    }
    return List.of(output, present);
  }

  private static void checkShape(EvaluationContext c, int i, String name, int... expected) {
    if (!c.tensor(i).hasShape(expected)) {
      throw new ModelException(
          name
              + ": expected shape "
              + Arrays.toString(expected)
              + ", got "
              + c.tensor(i).describe());
    }
  }

  /** Writing and reading touch every element of the memory, delta rules once more. */
  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    int[] q = inputs.get(0);
    long memory = q[2] / qHeads * (inputs.get(2)[2] / (long) kvHeads);
    return (long) q[0] * q[1] * memory * (qHeads + (delta ? 2L : 1L) * kvHeads);
  }
}
