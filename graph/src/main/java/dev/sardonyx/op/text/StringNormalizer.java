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
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Strings without stop words, in another case (ai.onnx StringNormalizer-10). The input is [C] or
 * [1, C]; of C strings those that are stop words are left out, and when none is left the result is
 * one empty string.
 *
 * @param caseChange LOWER, UPPER or NONE
 * @param caseSensitive whether stop words are compared as they are written
 */
public record StringNormalizer(
    String caseChange, boolean caseSensitive, Locale locale, List<String> stopWords)
    implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("StringNormalizer", StringNormalizer::parse).since(10);

  private static StringNormalizer parse(Attributes a) {
    String name = a.getString("locale", "");
    List<String> stopWords = a.getStrings("stopwords");
    return new StringNormalizer(
        a.getChoice("case_change_action", "NONE", "NONE", "LOWER", "UPPER"),
        a.getFlag("is_case_sensitive", false),
        name.isEmpty() ? Locale.ROOT : Locale.forLanguageTag(name.replace('_', '-')),
        stopWords == null ? List.of() : stopWords);
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    Shape x = c.shape(0);
    if (!x.hasRank()) {
      return List.of(ValueType.tensor(DType.STRING, Shape.UNKNOWN));
    }
    checkRank(x.rank(), x);
    Dim count = stopWords.isEmpty() && x.dim(-1).isKnown() ? x.dim(-1).max(Dim.ONE) : c.freshDim();
    Shape y = x.rank() == 1 ? Shape.of(count) : Shape.of(Dim.ONE, count);
    return List.of(ValueType.tensor(DType.STRING, y));
  }

  private static void checkRank(int rank, Object shape) {
    if (rank != 1 && rank != 2) {
      throw new ModelException("expected strings of shape [C] or [1, C], got " + shape);
    }
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    Tensor x = c.tensor(0);
    checkRank(x.rank(), x.describe());
    Set<String> stops =
        stopWords.stream()
            .map(s -> caseSensitive ? s : s.toLowerCase(locale))
            .collect(Collectors.toSet());
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < x.size(); i++) {
      String s = x.getString(i);
      if (!stops.contains(caseSensitive ? s : s.toLowerCase(locale))) {
        kept.add(changed(s));
      }
    }
    if (kept.isEmpty()) {
      kept.add("");
    }
    Tensor y = Tensor.of(kept.toArray(new String[0]), kept.size());
    return List.of(x.rank() == 1 ? y : y.reshape(1, kept.size()));
  }

  private String changed(String s) {
    return switch (caseChange) {
      case "LOWER" -> s.toLowerCase(locale);
      case "UPPER" -> s.toUpperCase(locale);
      default -> s;
    };
  }
}
