package dev.sardonyx.op.text;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: strings. */
public final class TextOperators {
  private TextOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "RegexFullMatch" -> RegexFullMatch.DEFINITION;
      case "StringConcat" -> StringConcat.DEFINITION;
      case "StringNormalizer" -> StringNormalizer.DEFINITION;
      case "StringSplit" -> StringSplit.DEFINITION;
      case "TfIdfVectorizer" -> TfIdfVectorizer.DEFINITION;
      default -> null;
    };
  }
}
