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
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;

/**
 * Scaled dot product attention (ai.onnx Attention, newest version 25; Vaswani et al., 2017): {@code
 * Y = softmax(softcap(scale · Q·Kᵀ) + mask) · V}.
 *
 * <p>Q [N, Hq, S, D], K [N, Hkv, L, D], V [N, Hkv, L, Dv], Y [N, Hq, S, Dv]; or all of rank 3, [N,
 * S, Hq·D] and so on, with {@code q_num_heads} and {@code kv_num_heads}. Hkv divides Hq:
 * neighbouring query heads share a key head. past_key [N, Hkv, P, D] and past_value stand before K
 * and V; together they are the outputs present_key and present_value.
 *
 * <p>attn_mask broadcasts to [N, Hq, S, P + L] and is added, or, if bool, says which positions take
 * part; missing positions at its end take no part. Query i stands at position i + offset, offset
 * being P, or nonpad_kv_seqlen[n] − S when that is given (and no past). Causal queries see
 * positions up to their own; windows limit the distance to either side (−1: no limit). Positions
 * from nonpad_kv_seqlen[n] on take no part. A query that sees nothing yields 0.
 *
 * <p>qk_matmul_output shows the scores [N, Hq, S, P + L] as {@code outputMode} asks.
 *
 * @param qHeads 0 when not given; likewise {@code kvHeads}
 * @param scale NaN when not given: 1/√D
 * @param softcap c of c·tanh(x/c); 0 for none
 */
public record Attention(
    boolean causal,
    int qHeads,
    int kvHeads,
    float scale,
    float softcap,
    OutputMode outputMode,
    int leftWindow,
    int rightWindow)
    implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Attention", Attention::parse).since(23);

  /** Which scores the fourth output shows, in the order of computation. */
  public enum OutputMode {
    SCALED,
    SOFTCAPPED,
    MASKED,
    SOFTMAX
  }

  private static Attention parse(Attributes a) {
    int mode = a.getInt("qk_matmul_output_mode", 0);
    if (mode < 0 || mode > 3) {
      throw new ModelException("attribute qk_matmul_output_mode: expected 0 to 3, got " + mode);
    }
    return new Attention(
        a.getFlag("is_causal", false),
        a.getInt("q_num_heads", 0),
        a.getInt("kv_num_heads", 0),
        a.getFloat("scale", Float.NaN),
        a.getFloat("softcap", 0),
        OutputMode.values()[mode],
        a.getInt("left_window_size", -1),
        a.getInt("right_window_size", -1));
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape q = c.shape(0);
    Shape k = c.shape(1);
    Shape v = c.shape(2);
    if (!q.hasRank() || !k.hasRank() || !v.hasRank()) {
      Shape y = q.hasRank() ? c.freshShape(q.rank()) : Shape.UNKNOWN;
      Shape four = c.freshShape(4);
      return List.of(
          ValueType.tensor(c.dtype(0), y),
          ValueType.tensor(c.dtype(1), four),
          ValueType.tensor(c.dtype(2), four),
          ValueType.tensor(c.dtype(0), four));
    }
    boolean flat = isFlat(q.rank());
    Dim heads = flat ? Dim.of(qHeads) : q.dim(1);
    Dim headsOfK = flat ? Dim.of(kvHeads) : k.dim(1);
    Dim size = flat ? k.dim(2).floorDividedBy(headsOfK) : k.dim(3);
    Dim sizeOfV = flat ? v.dim(2).floorDividedBy(headsOfK) : v.dim(3);
    Dim queries = q.dim(flat ? 1 : 2);
    Dim total = k.dim(flat ? 1 : 2);
    if (c.hasInput(4)) {
      total = c.shape(4).hasRank() ? total.plus(c.shape(4).dim(2)) : c.freshDim();
    }
    Shape y =
        flat
            ? Shape.of(q.dim(0), queries, heads.times(sizeOfV))
            : Shape.of(q.dim(0), heads, queries, sizeOfV);
    return List.of(
        ValueType.tensor(c.dtype(0), y),
        ValueType.tensor(c.dtype(1), Shape.of(q.dim(0), headsOfK, total, size)),
        ValueType.tensor(c.dtype(2), Shape.of(q.dim(0), headsOfK, total, sizeOfV)),
        ValueType.tensor(c.dtype(0), Shape.of(q.dim(0), heads, queries, total)));
  }

  private boolean isFlat(int rank) {
    if (rank == 3 && (qHeads < 1 || kvHeads < 1)) {
      throw new ModelException(
          "expected q_num_heads and kv_num_heads for inputs of rank 3, got "
              + qHeads
              + " and "
              + kvHeads);
    }
    if (rank != 3 && rank != 4) {
      throw new ModelException("expected Q, K and V of rank 3 or 4, got rank " + rank);
    }
    return rank == 3;
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    boolean flat = isFlat(c.tensor(0).rank());
    Tensor query = flat ? splitHeads(c.tensor(0), qHeads) : c.tensor(0);
    Tensor key = concat(c.tensorOrNull(4), flat ? splitHeads(c.tensor(1), kvHeads) : c.tensor(1));
    Tensor value = concat(c.tensorOrNull(5), flat ? splitHeads(c.tensor(2), kvHeads) : c.tensor(2));
    int batch = query.dim(0);
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
    int share = heads / key.dim(1);
    double[] q = query.toDoubles();
    double[] k = key.toDoubles();
    double[] v = value.toDoubles();
    double[] bias = bias(c, batch, heads, queries, total);
    double by = Float.isNaN(scale) ? 1 / Math.sqrt(size) : scale;
    DType type = c.tensor(0).dtype();
    Tensor y = Tensor.zeros(type, batch, heads, queries, sizeOfV);
    Tensor shown = c.hasOutput(3) ? Tensor.zeros(type, batch, heads, queries, total) : null;
    double[] scores = new double[total];
    double[] sums = new double[sizeOfV];
    for (int row = 0; row < batch * heads * queries; row++) {
      int head = row / queries;
      int keyHead = head / heads * key.dim(1) + head % heads / share;
      for (int j = 0; j < total; j++) {
        double dot = 0;
        int at = (keyHead * total + j) * size;
        for (int i = 0; i < size; i++) {
          dot += q[row * size + i] * k[at + i];
        }
        scores[j] = dot * by;
      }
      show(shown, OutputMode.SCALED, row, scores);
      for (int j = 0; j < total && softcap > 0; j++) {
        scores[j] = softcap * Math.tanh(scores[j] / softcap);
      }
      show(shown, OutputMode.SOFTCAPPED, row, scores);
      for (int j = 0; j < total; j++) {
        // What takes no part does so whatever its score, NaN included.
        double b = bias[row * total + j];
        scores[j] = b == Double.NEGATIVE_INFINITY ? b : scores[j] + b;
      }
      show(shown, OutputMode.MASKED, row, scores);
      softmax(scores);
      show(shown, OutputMode.SOFTMAX, row, scores);
      Arrays.fill(sums, 0);
      for (int j = 0; j < total; j++) {
        int at = (keyHead * total + j) * sizeOfV;
        for (int i = 0; i < sizeOfV && scores[j] != 0; i++) {
          sums[i] += scores[j] * v[at + i];
        }
      }
      for (int i = 0; i < sizeOfV; i++) {
        y.setDouble(row * sizeOfV + i, sums[i]);
      }
    }
    return Arrays.asList(flat ? mergeHeads(y) : y, key, value, shown);
  }

  /** [N, S, H·D] as [N, H, S, D]. */
  private static Tensor splitHeads(Tensor t, int heads) {
    int size = t.dim(2) / heads;
    return swapMiddle(t.reshape(t.dim(0), t.dim(1), heads, size));
  }

  /** [N, H, S, D] as [N, S, H·D]. */
  private static Tensor mergeHeads(Tensor t) {
    return swapMiddle(t).reshape(t.dim(0), t.dim(2), t.dim(1) * t.dim(3));
  }

  private static Tensor swapMiddle(Tensor t) {
    int a = t.dim(1);
    int b = t.dim(2);
    int size = t.dim(3);
    Tensor out = Tensor.zeros(t.dtype(), t.dim(0), b, a, size);
    for (int row = 0; row < t.dim(0) * a * b; row++) {
      int n = row / (a * b);
      out.copyElements((n * a * b + row % b * a + row / b % a) * size, t, row * size, size);
    }
    return out;
  }

  /** [N, H, P, D] and [N, H, L, D] as [N, H, P + L, D]. */
  private static Tensor concat(Tensor past, Tensor present) {
    if (past == null) {
      return present;
    }
    int before = past.dim(2) * past.dim(3);
    int after = present.dim(2) * present.dim(3);
    Tensor out =
        Tensor.zeros(
            present.dtype(),
            present.dim(0),
            present.dim(1),
            past.dim(2) + present.dim(2),
            present.dim(3));
    for (int row = 0; row < present.dim(0) * present.dim(1); row++) {
      out.copyElements(row * (before + after), past, row * before, before);
      out.copyElements(row * (before + after) + before, present, row * after, after);
    }
    return out;
  }

  /** What is added to the scores [N, Hq, S, total]: −∞ for positions that take no part. */
  private double[] bias(EvaluationContext c, int batch, int heads, int queries, int total) {
    int[] shape = {batch, heads, queries, total};
    double[] bias = new double[Tensor.sizeOf(shape)];
    if (c.hasInput(3)) {
      addMask(c.tensor(3), shape, bias);
    }
    Tensor lengths = c.tensorOrNull(6);
    int past = c.hasInput(4) ? c.tensor(4).dim(2) : 0;
    for (int i = 0; i < bias.length; i++) {
      int n = i / total / queries / heads;
      int length = lengths == null ? total : lengths.getInt(n);
      int offset = lengths != null && !c.hasInput(4) ? length - queries : past;
      int position = i / total % queries + offset;
      int j = i % total;
      boolean seen =
          j < length
              && (!causal || j <= position)
              && (leftWindow < 0 || position - j <= leftWindow)
              && (rightWindow < 0 || j - position <= rightWindow);
      bias[i] = seen ? bias[i] : Double.NEGATIVE_INFINITY;
    }
    return bias;
  }

  private static void addMask(Tensor mask, int[] shape, double[] bias) {
    int total = shape[3];
    int given = mask.dim(-1);
    int[] covered = shape.clone();
    covered[3] = given == 1 ? total : given;
    int[] at = Broadcast.positions(mask.shape(), covered);
    for (int i = 0; i < bias.length; i++) {
      int j = i % total;
      double b = Double.NEGATIVE_INFINITY;
      if (j < covered[3]) {
        int from = at[i / total * covered[3] + j];
        boolean flags = mask.dtype() == DType.BOOL;
        b = !flags ? mask.getDouble(from) : mask.getBoolean(from) ? 0 : b;
      }
      bias[i] = b;
    }
  }

  /** In place; zeros where everything is −∞. */
  static void softmax(double[] scores) {
    double most = Double.NEGATIVE_INFINITY;
    for (double s : scores) {
      most = Math.max(most, s);
    }
    if (most == Double.NEGATIVE_INFINITY) {
      Arrays.fill(scores, 0);
      return;
    }
    double sum = 0;
    for (int j = 0; j < scores.length; j++) {
      scores[j] = Math.exp(scores[j] - most);
      sum += scores[j];
    }
    for (int j = 0; j < scores.length; j++) {
      scores[j] /= sum;
    }
  }

  private void show(Tensor shown, OutputMode mode, int row, double[] scores) {
    for (int j = 0; j < scores.length && shown != null && mode == outputMode; j++) {
      shown.setDouble(row * scores.length + j, scores[j]);
    }
  }

  /** Scores, and the sums of values that they weigh. */
  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    int[] q = inputs.get(0);
    int[] k = inputs.get(1);
    int[] y = outputs.get(0);
    boolean flat = q.length == 3;
    long past = inputs.size() > 4 && inputs.get(4) != null ? inputs.get(4)[2] : 0;
    return (k[flat ? 1 : 2] + past) * (Conv.product(q) + Conv.product(y));
  }
}
