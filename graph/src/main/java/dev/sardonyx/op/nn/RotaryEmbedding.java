package dev.sardonyx.op.nn;

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
 * Rotary position embedding (ai.onnx RotaryEmbedding, version 23; Su et al., 2021): every pair (a,
 * b) of features becomes (a·cos − b·sin, a·sin + b·cos), the angle depending on position and pair.
 *
 * <p>X [N, heads, S, D], or [N, S, heads·D] with {@code num_heads}. The first R features of a head
 * are rotated: {@code rotary_embedding_dim}, or all. Pair i is (i, R/2 + i), or (2i, 2i + 1) when
 * interleaved. cos_cache and sin_cache are [positions, R/2] with position_ids [N, S], else [N, S,
 * R/2].
 *
 * @param heads 0 when not given
 * @param rotated R, or 0 for all
 */
public record RotaryEmbedding(boolean interleaved, int rotated, int heads) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("RotaryEmbedding", RotaryEmbedding::parse).since(23);

  private static RotaryEmbedding parse(Attributes a) {
    return new RotaryEmbedding(
        a.getFlag("interleaved", false),
        a.getInt("rotary_embedding_dim", 0),
        a.getInt("num_heads", 0));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    return List.of(c.tensor(0));
  }

  @Override
  public List<Value> evaluate(EvaluationContext context) {
    Tensor x = context.tensor(0);
    boolean flat = x.rank() == 3;
    if (!flat && x.rank() != 4 || flat && heads < 1) {
      throw new ModelException(
          "expected X [N, heads, S, D], or [N, S, heads·D] with num_heads, got " + x.describe());
    }
    int headCount = flat ? heads : x.dim(1);
    int length = x.dim(flat ? 1 : 2);
    int size = flat ? x.dim(2) / headCount : x.dim(3);
    int half = (rotated == 0 ? size : rotated) / 2;
    double[] cos = context.tensor(1).toDoubles();
    double[] sin = context.tensor(2).toDoubles();
    Tensor positions = context.tensorOrNull(3);
    Tensor y = x.copy();
    for (int row = 0; row < x.dim(0) * headCount * length; row++) {
      // Rows are (n, s, head) when flat, (n, head, s) otherwise.
      int n = row / (headCount * length);
      int s = flat ? row / headCount % length : row % length;
      int token = n * length + s;
      int cacheRow = positions == null ? token : positions.getInt(token);
      for (int i = 0; i < half; i++) {
        int first = row * size + (interleaved ? 2 * i : i);
        int second = row * size + (interleaved ? 2 * i + 1 : half + i);
        double a = x.getDouble(first);
        double b = x.getDouble(second);
        double cosine = cos[cacheRow * half + i];
        double sine = sin[cacheRow * half + i];
        y.setDouble(first, a * cosine - b * sine);
        y.setDouble(second, a * sine + b * cosine);
      }
    }
    return List.of(y);
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    return 2 * Conv.product(outputs.get(0));
  }
}
