package dev.sardonyx.op.text;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How often n-grams of a pool occur (ai.onnx TfIdfVectorizer-9). The input is [C] or [N, C],
 * integers or strings; the result is [columns] or [N, columns], float.
 *
 * <p>An n-gram's items stand 1 to {@code maxSkip + 1} apart, all alike; every distance is counted,
 * and single items once.
 *
 * @param mode TF: the count; IDF: the weight where the count is not 0; TFIDF: count times weight
 * @param columns for every n-gram of the pool, by its items, the column it is counted in
 * @param weights for every n-gram of the pool, likewise
 * @param width number of columns
 */
public record TfIdfVectorizer(
    String mode,
    int minLength,
    int maxLength,
    int maxSkip,
    Map<List<Object>, Integer> columns,
    Map<List<Object>, Float> weights,
    int width)
    implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("TfIdfVectorizer", TfIdfVectorizer::parse).since(9);

  private static TfIdfVectorizer parse(Attributes a) {
    List<Object> pool = new ArrayList<>();
    List<String> strings = a.getStrings("pool_strings");
    if (strings != null) {
      pool.addAll(strings);
    } else {
      Arrays.stream(required(a, "pool_int64s")).forEach(pool::add);
    }
    long[] starts = required(a, "ngram_counts");
    long[] indexes = required(a, "ngram_indexes");
    float[] weights = a.getFloats("weights");
    Map<List<Object>, Integer> columns = new HashMap<>();
    Map<List<Object>, Float> weightOf = new HashMap<>();
    int id = 0;
    for (int n = 1; n <= starts.length; n++) {
      long end = n < starts.length ? starts[n] : pool.size();
      if (starts[n - 1] < 0 || starts[n - 1] > end || end > pool.size()) {
        throw new ModelException(
            "attribute ngram_counts: expected ascending positions in the pool of "
                + pool.size()
                + ", got "
                + Arrays.toString(starts));
      }
      for (int at = (int) starts[n - 1]; at + n <= end; at += n, id++) {
        if (id >= indexes.length || weights != null && id >= weights.length) {
          throw new ModelException(
              "attributes ngram_indexes and weights: expected one per n-gram of the pool");
        }
        List<Object> items = List.copyOf(pool.subList(at, at + n));
        columns.put(items, Math.toIntExact(indexes[id]));
        weightOf.put(items, weights == null ? 1 : weights[id]);
      }
    }
    long last = Arrays.stream(indexes).max().orElse(-1);
    if (last >= 1 << 24 || Arrays.stream(indexes).anyMatch(i -> i < 0)) {
      throw new ModelException(
          "attribute ngram_indexes: expected columns from 0 to 2^24, got " + last);
    }
    return new TfIdfVectorizer(
        a.getChoice("mode", "TF", "TF", "IDF", "TFIDF"),
        a.getInt("min_gram_length", 1),
        a.getInt("max_gram_length", 1),
        a.getInt("max_skip_count", 0),
        Map.copyOf(columns),
        Map.copyOf(weightOf),
        (int) last + 1);
  }

  private static long[] required(Attributes a, String name) {
    long[] values = a.getLongs(name);
    if (values == null) {
      throw Attributes.missing(name);
    }
    return values;
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(DType.FLOAT, Shape.UNKNOWN));
    }
    Dim w = Dim.of(width);
    Shape y = x.rank() == 2 ? Shape.of(x.dim(0), w) : Shape.of(w);
    return List.of(ValueType.tensor(DType.FLOAT, y));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    if (x.rank() < 1 || x.rank() > 2) {
      throw new ModelException("expected items of shape [C] or [N, C], got " + x.describe());
    }
    int rows = x.rank() == 2 ? x.dim(0) : 1;
    Tensor y = Tensor.zeros(DType.FLOAT, rows, width);
    for (int row = 0; row < rows; row++) {
      List<Object> items = new ArrayList<>();
      for (int i = 0; i < x.dim(-1); i++) {
        int at = row * x.dim(-1) + i;
        items.add(x.dtype() == DType.STRING ? x.getString(at) : (Object) x.getLong(at));
      }
      countRow(items, y, row * width);
    }
    return List.of(x.rank() == 2 ? y : y.reshape(width));
  }

  private void countRow(List<Object> items, Tensor y, int start) {
    for (int n = minLength; n <= maxLength; n++) {
      for (int distance = 1; distance <= (n == 1 ? 1 : maxSkip + 1); distance++) {
        for (int at = 0; at + (n - 1) * distance < items.size(); at++) {
          List<Object> gram = new ArrayList<>();
          for (int i = 0; i < n; i++) {
            gram.add(items.get(at + i * distance));
          }
          Integer column = columns.get(gram);
          if (column != null) {
            add(y, start + column, weights.get(gram));
          }
        }
      }
    }
  }

  private void add(Tensor y, int i, float weight) {
    switch (mode) {
      case "TF" -> y.setDouble(i, y.getDouble(i) + 1);
      case "IDF" -> y.setDouble(i, weight);
      default -> y.setDouble(i, y.getDouble(i) + weight);
    }
  }
}
