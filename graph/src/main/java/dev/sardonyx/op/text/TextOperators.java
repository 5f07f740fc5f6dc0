package dev.sardonyx.op.text;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.List;

/** The operators of this package: strings. */
public final class TextOperators {
  private TextOperators() {}

  public static List<OperatorDefinition> all() {
    return List.of(
        RegexFullMatch.DEFINITION,
        StringConcat.DEFINITION,
        StringNormalizer.DEFINITION,
        StringSplit.DEFINITION,
        TfIdfVectorizer.DEFINITION);
  }
}
