package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.List;

/** The operators of this package: they move, select and join elements but do not compute. */
public final class ShapingOperators {
  private ShapingOperators() {}

  public static List<OperatorDefinition> all() {
    return List.of(
        Concat.DEFINITION,
        ConstantOfShape.DEFINITION,
        Expand.DEFINITION,
        Flatten.DEFINITION,
        Gather.DEFINITION,
        Identity.DEFINITION,
        Pad.DEFINITION,
        Range.DEFINITION,
        Reshape.DEFINITION,
        ShapeOf.DEFINITION,
        Size.DEFINITION,
        Slice.DEFINITION,
        Split.DEFINITION,
        Squeeze.DEFINITION,
        Tile.DEFINITION,
        Transpose.DEFINITION,
        Unsqueeze.DEFINITION);
  }
}
