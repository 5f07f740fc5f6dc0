package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: they move, select and join elements but do not compute. */
public final class ShapingOperators {
  private ShapingOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "CenterCropPad" -> CenterCropPad.DEFINITION;
      case "Col2Im" -> Col2Im.DEFINITION;
      case "Compress" -> Compress.DEFINITION;
      case "Concat" -> Concat.DEFINITION;
      case "ConstantOfShape" -> ConstantOfShape.DEFINITION;
      case "DepthToSpace" -> DepthToSpace.DEFINITION;
      case "Expand" -> Expand.DEFINITION;
      case "EyeLike" -> EyeLike.DEFINITION;
      case "Flatten" -> Flatten.DEFINITION;
      case "Gather" -> Gather.DEFINITION;
      case "GatherElements" -> GatherElements.DEFINITION;
      case "GatherND" -> GatherND.DEFINITION;
      case "Identity" -> Identity.DEFINITION;
      case "NonZero" -> NonZero.DEFINITION;
      case "OneHot" -> OneHot.DEFINITION;
      case "Pad" -> Pad.DEFINITION;
      case "Range" -> Range.DEFINITION;
      case "Reshape" -> Reshape.DEFINITION;
      case "ReverseSequence" -> ReverseSequence.DEFINITION;
      case "ScatterElements" -> ScatterElements.DEFINITION;
      case "Scatter" -> ScatterElements.SCATTER;
      case "ScatterND" -> ScatterND.DEFINITION;
      case "Shape" -> ShapeOf.DEFINITION;
      case "Size" -> Size.DEFINITION;
      case "Slice" -> Slice.DEFINITION;
      case "SpaceToDepth" -> SpaceToDepth.DEFINITION;
      case "Split" -> Split.DEFINITION;
      case "Squeeze" -> Squeeze.DEFINITION;
      case "TensorScatter" -> TensorScatter.DEFINITION;
      case "Tile" -> Tile.DEFINITION;
      case "Transpose" -> Transpose.DEFINITION;
      case "Trilu" -> Trilu.DEFINITION;
      case "Unique" -> Unique.DEFINITION;
      case "Unsqueeze" -> Unsqueeze.DEFINITION;
      default -> null;
    };
  }
}
