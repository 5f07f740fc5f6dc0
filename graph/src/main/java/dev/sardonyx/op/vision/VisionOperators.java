package dev.sardonyx.op.vision;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: pictures, their regions and resolutions. */
public final class VisionOperators {
  private VisionOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "AffineGrid" -> AffineGrid.DEFINITION;
      case "GridSample" -> GridSample.DEFINITION;
      case "MaxRoiPool" -> MaxRoiPool.DEFINITION;
      case "MaxUnpool" -> MaxUnpool.DEFINITION;
      case "NonMaxSuppression" -> NonMaxSuppression.DEFINITION;
      case "Resize" -> Resize.DEFINITION;
      case "Upsample" -> Resize.UPSAMPLE;
      case "RoiAlign" -> RoiAlign.DEFINITION;
      default -> null;
    };
  }
}
