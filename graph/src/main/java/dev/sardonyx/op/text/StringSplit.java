package dev.sardonyx.op.text;

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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Strings cut at a delimiter (ai.onnx StringSplit-20). Outputs: the parts, along a new last axis
 * that is as long as the string with most parts, filled with empty strings; the number of parts,
 * int64.
 *
 * @param delimiter empty for runs of white space, with none at the ends
 * @param maxSplit how often a string is cut at most; negative for no limit
 */
public record StringSplit(String delimiter, long maxSplit) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of(
              "StringSplit",
              a -> new StringSplit(a.getString("delimiter", ""), a.getLong("maxsplit", -1)))
          .since(20);

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    Shape y = Shape.UNKNOWN;
    if (x.hasRank()) {
      List<Dim> dims = new ArrayList<>(x.dims());
      dims.add(c.freshDim());
      y = new Shape(dims);
    }
    return List.of(ValueType.tensor(DType.STRING, y), ValueType.tensor(DType.INT64, x));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    List<List<String>> parts = new ArrayList<>();
    Tensor counts = Tensor.zeros(DType.INT64, x.shape());
    int most = 0;
    for (int i = 0; i < x.size(); i++) {
      parts.add(delimiter.isEmpty() ? atSpaces(x.getString(i)) : atDelimiters(x.getString(i)));
      counts.setLong(i, parts.get(i).size());
      most = Math.max(most, parts.get(i).size());
    }
    int[] shape = Arrays.copyOf(x.shape(), x.rank() + 1);
    shape[x.rank()] = most;
    Tensor y = Tensor.zeros(DType.STRING, shape);
    for (int i = 0; i < x.size(); i++) {
      for (int p = 0; p < parts.get(i).size(); p++) {
        y.setString(i * most + p, parts.get(i).get(p));
      }
    }
    return List.of(y, counts);
  }

  private boolean mayCut(List<String> parts) {
    return maxSplit < 0 || parts.size() < maxSplit;
  }

  private List<String> atDelimiters(String s) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    int at = s.indexOf(delimiter);
    while (at >= 0 && mayCut(parts)) {
      parts.add(s.substring(from, at));
      from = at + delimiter.length();
      at = s.indexOf(delimiter, from);
    }
    parts.add(s.substring(from));
    return parts;
  }

  private List<String> atSpaces(String s) {
    List<String> parts = new ArrayList<>();
    String rest = s.stripLeading();
    while (!rest.isEmpty()) {
      int end = 0;
      while (end < rest.length() && !Character.isWhitespace(rest.charAt(end))) {
        end++;
      }
      if (!mayCut(parts)) {
        end = rest.length();
      }
      parts.add(rest.substring(0, end));
      rest = rest.substring(end).stripLeading();
    }
    return parts;
  }
}
