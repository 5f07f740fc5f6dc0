package dev.sardonyx.op.vision;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.List;

/** The operators of this package: pictures, their regions and resolutions. */
public final class VisionOperators {
  private VisionOperators() {}

  public static List<OperatorDefinition> all() {
    return List.of(
        AffineGrid.DEFINITION,
        GridSample.DEFINITION,
        MaxRoiPool.DEFINITION,
        MaxUnpool.DEFINITION,
        NonMaxSuppression.DEFINITION,
        Resize.DEFINITION,
        Resize.UPSAMPLE,
        RoiAlign.DEFINITION);
  }
}
