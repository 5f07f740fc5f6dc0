package dev.sardonyx.op.random;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.List;

/** The operators of this package: those that draw random numbers. */
public final class RandomOperators {
  private RandomOperators() {}

  public static List<OperatorDefinition> all() {
    return List.of(Dropout.DEFINITION);
  }
}
