package dev.sardonyx.op.sequence;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.List;

/** The operators of this package: sequences of values, and values that may be absent. */
public final class SequenceOperators {
  private SequenceOperators() {}

  public static List<OperatorDefinition> all() {
    return List.of(
        ConcatFromSequence.DEFINITION,
        Optional.DEFINITION,
        OptionalGetElement.DEFINITION,
        OptionalHasElement.DEFINITION,
        SequenceAt.DEFINITION,
        SequenceConstruct.DEFINITION,
        SequenceEmpty.DEFINITION,
        SequenceErase.DEFINITION,
        SequenceInsert.DEFINITION,
        SequenceLength.DEFINITION,
        SequenceMap.DEFINITION,
        SplitToSequence.DEFINITION);
  }
}
