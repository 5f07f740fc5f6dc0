package dev.sardonyx.op.control;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.List;

/** The operators of this package: those that run subgraphs. */
public final class ControlOperators {
  private ControlOperators() {}

  public static List<OperatorDefinition> all() {
    return List.of(If.DEFINITION, Loop.DEFINITION, Scan.DEFINITION);
  }
}
