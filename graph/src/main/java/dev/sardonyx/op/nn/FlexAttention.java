package dev.sardonyx.op.nn;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.List;

/**
 * Attention with scores and probabilities modified by subgraphs (ai.onnx.preview FlexAttention,
 * version 1; Dong et al., 2024): {@code Y = prob_mod(softmax(score_mod(scale · Q·Kᵀ))) · V}.
 *
 * <p>Q [N, Hq, S, D], K [N, H, L, D], V [N, H, L, Dv], Y [N, Hq, S, Dv]; H divides Hq. The
 * subgraphs map [N, Hq, S, L] to the same shape; without them nothing is modified.
 *
 * @param scale NaN for 1/√D
 * @param scoreMod null when not given; likewise {@code probMod}
 */
public record FlexAttention(float scale, Graph scoreMod, Graph probMod) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("FlexAttention", FlexAttention::parse).inDomain("ai.onnx.preview");

  private static FlexAttention parse(Attributes a) {
    return new FlexAttention(
        a.getFloat("scale", Float.NaN), graphOrNull(a, "score_mod"), graphOrNull(a, "prob_mod"));
  }

  private static Graph graphOrNull(Attributes a, String name) {
    return a.has(name) ? a.getGraph(name) : null;
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape q = c.shape(0);
    Shape v = c.shape(2);
    Shape y =
        q.hasRank() && v.hasRank()
            ? Shape.of(q.dim(0), q.dim(1), q.dim(2), v.dim(3))
            : c.freshShape(4);
    return List.of(ValueType.tensor(c.dtype(0), y));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor query = c.tensor(0);
    Tensor key = c.tensor(1);
    Tensor value = c.tensor(2);
    int heads = query.dim(1);
    int queries = query.dim(2);
    int size = query.dim(3);
    int total = key.dim(2);
    int sizeOfV = value.dim(3);
    if (key.dim(3) != size || value.dim(2) != total || heads % key.dim(1) != 0) {
      throw new ModelException(
          "expected Q, K and V that agree in head size, length and heads, got "
              + query.describe()
              + ", "
              + key.describe()
              + ", "
              + value.describe());
    }
    double[] q = query.toDoubles();
    double[] k = key.toDoubles();
    double[] v = value.toDoubles();
    double by = Float.isNaN(scale) ? 1 / Math.sqrt(size) : scale;
    int rows = query.dim(0) * heads * queries;
    double[] scores = new double[Tensor.sizeOf(rows, total)];
    for (int i = 0; i < scores.length; i++) {
      int row = i / total;
      int at = keyHead(row / queries, heads, key.dim(1)) * total + i % total;
      double dot = 0;
      for (int d = 0; d < size; d++) {
        dot += q[row * size + d] * k[at * size + d];
      }
      scores[i] = by * dot;
    }
    int[] shape = {query.dim(0), heads, queries, total};
    scores = modify(c, scoreMod, query.dtype(), scores, shape);
    double[] line = new double[total];
    for (int row = 0; row < rows; row++) {
      System.arraycopy(scores, row * total, line, 0, total);
      Attention.softmax(line);
      System.arraycopy(line, 0, scores, row * total, total);
    }
    scores = modify(c, probMod, query.dtype(), scores, shape);
    Tensor y = Tensor.zeros(query.dtype(), query.dim(0), heads, queries, sizeOfV);
    for (int row = 0; row < rows; row++) {
      int head = keyHead(row / queries, heads, key.dim(1));
      for (int d = 0; d < sizeOfV; d++) {
        double sum = 0;
        for (int j = 0; j < total; j++) {
          sum += scores[row * total + j] * v[(head * total + j) * sizeOfV + d];
        }
        y.setDouble(row * sizeOfV + d, sum);
      }
    }
    return List.of(y);
  }

  private static int keyHead(int head, int heads, int keyHeads) {
    return head / heads * keyHeads + head % heads / (heads / keyHeads);
  }

  /** The subgraph sees scores in the type that it declares, or in that of Q. */
  private static double[] modify(
      EvaluationContext c, Graph mod, DType type, double[] scores, int[] shape) {
    if (mod == null) {
      return scores;
    }
    DType seen = mod.inputs().get(0).type() instanceof TensorType t ? t.dtype() : type;
    Tensor in = Tensor.of(scores, shape).convert(seen);
    if (c.run(mod, List.of(in)).get(0) instanceof Tensor out && out.hasShape(shape)) {
      return out.toDoubles();
    }
    throw new ModelException("score_mod, prob_mod: expected a tensor of the shape of the input");
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return inputs.get(1)[2] * (Conv.product(inputs.get(0)) + Conv.product(outputs.get(0)));
  }
}
