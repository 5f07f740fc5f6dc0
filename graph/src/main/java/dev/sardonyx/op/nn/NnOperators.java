package dev.sardonyx.op.nn;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.ArrayList;
import java.util.List;

/** The operators of this package: convolutions, poolings, normalizations, attention, losses. */
public final class NnOperators {
  private NnOperators() {}

  public static List<OperatorDefinition> all() {
    List<OperatorDefinition> all = new ArrayList<>(GlobalPool.definitions());
    all.addAll(SkipLayerNormalization.definitions());
    all.addAll(
        List.of(
            Attention.DEFINITION,
            AveragePool.DEFINITION,
            BatchNormalization.DEFINITION,
            CausalConvWithState.DEFINITION,
            Conv.DEFINITION,
            ConvInteger.DEFINITION,
            ConvTranspose.DEFINITION,
            DeformConv.DEFINITION,
            EmbedLayerNormalization.DEFINITION,
            FlexAttention.DEFINITION,
            FusedConv.DEFINITION,
            GroupNormalization.DEFINITION,
            InstanceNormalization.DEFINITION,
            LRN.DEFINITION,
            LayerNormalization.DEFINITION,
            LinearAttention.DEFINITION,
            LpNormalization.DEFINITION,
            LpPool.DEFINITION,
            MaxPool.DEFINITION,
            MeanVarianceNormalization.DEFINITION,
            NegativeLogLikelihoodLoss.DEFINITION,
            RMSNormalization.DEFINITION,
            RotaryEmbedding.DEFINITION,
            SoftmaxCrossEntropyLoss.DEFINITION));
    return all;
  }
}
