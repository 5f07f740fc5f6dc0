package dev.sardonyx.op.shaping;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.List;

/** The operators of this package: they move, select and join elements but do not compute. */
public final class ShapingOperators {
  private ShapingOperators() {}

  public static List<OperatorDefinition> all() {
    return List.of(
        CenterCropPad.DEFINITION,
        Col2Im.DEFINITION,
        Compress.DEFINITION,
        Concat.DEFINITION,
        ConstantOfShape.DEFINITION,
        DepthToSpace.DEFINITION,
        Expand.DEFINITION,
        EyeLike.DEFINITION,
        Flatten.DEFINITION,
        Gather.DEFINITION,
        GatherElements.DEFINITION,
        GatherND.DEFINITION,
        Identity.DEFINITION,
        NonZero.DEFINITION,
        OneHot.DEFINITION,
        Pad.DEFINITION,
        Range.DEFINITION,
        Reshape.DEFINITION,
        ReverseSequence.DEFINITION,
        ScatterElements.DEFINITION,
        ScatterElements.SCATTER,
        ScatterND.DEFINITION,
        ShapeOf.DEFINITION,
        Size.DEFINITION,
        Slice.DEFINITION,
        SpaceToDepth.DEFINITION,
        Split.DEFINITION,
        Squeeze.DEFINITION,
        TensorScatter.DEFINITION,
        Tile.DEFINITION,
        Transpose.DEFINITION,
        Trilu.DEFINITION,
        Unique.DEFINITION,
        Unsqueeze.DEFINITION);
  }
}
