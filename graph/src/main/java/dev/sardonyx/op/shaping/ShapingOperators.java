package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.List;

/** The operators of this package: they move, select and join elements but do not compute. */
public final class ShapingOperators {
  private ShapingOperators() {}

  public static List<OperatorDefinition> all() {
    return List.of(Squeeze.DEFINITION);
  }
}
