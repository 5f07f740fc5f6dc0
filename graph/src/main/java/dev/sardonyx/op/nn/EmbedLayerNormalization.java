package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
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
 * The embedding of BERT (com.microsoft EmbedLayerNormalization): the sum of word, position and
 * segment embeddings, normalized over the last dimension as {@link LayerNormalization}.
 *
 * <p>Inputs: input_ids [N, S], segment_ids [N, S] or omitted, word_embedding [words, H],
 * position_embedding [positions, H], segment_embedding [segments, H] or omitted, gamma [H], beta
 * [H], mask [N, S] or omitted, position_ids [N, S] or [1, S] or omitted (0, 1, …). Outputs: [N, S,
 * H]; the number of ones in each row of the mask [N] (0 without mask); the sum before
 * normalization.
 */
public record EmbedLayerNormalization(float epsilon) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "EmbedLayerNormalization",
              a -> new EmbedLayerNormalization(a.getFloat("epsilon", 1e-12f)))
          .inDomain("com.microsoft");

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape ids = c.shape(0).hasRank() ? c.shape(0) : c.freshShape(2);
    Dim hidden = c.shape(2).hasRank() ? c.shape(2).dim(1) : c.freshDim();
    ValueType y = ValueType.tensor(c.dtype(2), Shape.of(ids.dim(0), ids.dim(1), hidden));
    return List.of(y, ValueType.tensor(DType.INT32, Shape.of(ids.dim(0))), y);
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor ids = c.tensor(0);
    int length = ids.dim(1);
    Tensor words = c.tensor(2);
    int size = words.dim(1);
    double[] gamma = c.tensor(5).toDoubles();
    double[] beta = c.tensor(6).toDoubles();
    Tensor positions = c.tensorOrNull(8);
    Tensor sum = Tensor.zeros(words.dtype(), ids.dim(0), length, size);
    Tensor y = Tensor.zeros(words.dtype(), ids.dim(0), length, size);
    double[] row = new double[size];
    for (int token = 0; token < ids.size(); token++) {
      Arrays.fill(row, 0);
      addRow(row, words, ids.getInt(token));
      addRow(
          row,
          c.tensor(3),
          positions == null ? token % length : positions.getInt(token % positions.size()));
      if (c.hasInput(1) && c.hasInput(4)) {
        addRow(row, c.tensor(4), c.tensor(1).getInt(token));
      }
      Statistics s = Statistics.of(row, 0, size);
      double by = s.inverseDeviation(epsilon);
      for (int i = 0; i < size; i++) {
        sum.setDouble(token * size + i, row[i]);
        y.setDouble(token * size + i, (row[i] - s.mean()) * by * gamma[i] + beta[i]);
      }
    }
    Tensor counts = Tensor.zeros(DType.INT32, ids.dim(0));
    for (int token = 0; token < ids.size() && c.hasInput(7); token++) {
      int n = token / length;
      counts.setLong(n, counts.getLong(n) + (c.tensor(7).getLong(token) == 1 ? 1 : 0));
    }
    return List.of(y, counts, sum);
  }

  private static void addRow(double[] sum, Tensor table, int row) {
    Tensor embedding = table.slice(row, row + 1);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += embedding.getDouble(i);
    }
  }
}
