package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: sequences of values, and values that may be absent. */
public final class SequenceOperators {
  private SequenceOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "ConcatFromSequence" -> ConcatFromSequence.DEFINITION;
      case "Optional" -> Optional.DEFINITION;
      case "OptionalGetElement" -> OptionalGetElement.DEFINITION;
      case "OptionalHasElement" -> OptionalHasElement.DEFINITION;
      case "SequenceAt" -> SequenceAt.DEFINITION;
      case "SequenceConstruct" -> SequenceConstruct.DEFINITION;
      case "SequenceEmpty" -> SequenceEmpty.DEFINITION;
      case "SequenceErase" -> SequenceErase.DEFINITION;
      case "SequenceInsert" -> SequenceInsert.DEFINITION;
      case "SequenceLength" -> SequenceLength.DEFINITION;
      case "SequenceMap" -> SequenceMap.DEFINITION;
      case "SplitToSequence" -> SplitToSequence.DEFINITION;
      default -> null;
    };
  }
}
