package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Graph;

/**
 * From the portable graph to the one that is run here: operators of a private domain that carry
 * layouts and fused epilogues. It means the same, and is never saved.
 */
public final class Lowering {
  /** The domain of the operators of this package. */
  public static final String DOMAIN = "dev.sardonyx.runtime";

  private Lowering() {}

  public static Graph lower(Graph graph) {
    Graph lowered = AttentionOperatorLowering.apply(graph);
    lowered = AttentionLowering.apply(lowered);
    lowered = QuantizedLinearLowering.apply(lowered);
    lowered = DequantizedLowering.apply(lowered);
    lowered = LinearLowering.apply(lowered);
    lowered = SwishLowering.apply(lowered);
    lowered = BatchNormalizationLowering.apply(lowered);
    lowered = ChannelsLast.apply(lowered);
    lowered = InterleaveLowering.apply(lowered);
    lowered = EpilogueFusion.apply(lowered);
    lowered = PointwiseFusion.apply(lowered);
    return PreActivation.apply(lowered);
  }
}
