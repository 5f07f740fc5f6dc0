package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;

/**
 * From the portable graph to the one that is run here: operators of a private domain that carry
 * layouts and fused epilogues. It means the same, and is never saved.
 */
public final class Lowering {
  /** The domain of the operators of this package. */
  public static final String DOMAIN = "dev.sardonyx.runtime";

  private Lowering() {}

  public static Graph lower(Graph graph) {
    Typed g = new Typed(graph, Inference.of(graph));
    g = g.to(EinsumLowering.apply(g.graph, g.types));
    g = g.to(AttentionOperatorLowering.apply(g.graph, g.types));
    g = g.to(AttentionLowering.apply(g.graph, g.types));
    g = g.to(QuantizedLinearLowering.apply(g.graph, g.types));
    g = g.to(DequantizedLowering.apply(g.graph, g.types));
    g = g.to(DequantizedWeightsLowering.apply(g.graph, g.types));
    g = g.to(LinearLowering.apply(g.graph, g.types));
    g = g.to(SwishLowering.apply(g.graph, g.types));
    g = g.to(BatchNormalizationLowering.apply(g.graph, g.types));
    g = g.to(GroupMerging.apply(g.graph, g.types));
    g = g.to(ChannelsLast.apply(g.graph, g.types));
    g = g.to(InterleaveLowering.apply(g.graph, g.types));
    g = g.to(EpilogueFusion.apply(g.graph, g.types));
    g = g.to(PointwiseFusion.apply(g.graph, g.types));
    g = g.to(PreActivation.apply(g.graph, g.types));
    g = g.to(ConcatConvLowering.apply(g.graph, g.types));
    return DepthwiseBlockLowering.apply(g.graph, g.types);
  }

  /**
   * A graph and its types, which are inferred once for each value however many rewrites it sees.
   */
  private record Typed(Graph graph, Inference types) {
    @SuppressWarnings("ReferenceEquality") // A rewrite that changes nothing returns its argument.
    Typed to(Graph next) {
      return next == graph ? this : new Typed(next, types.following(next));
    }
  }
}
