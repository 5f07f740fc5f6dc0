package dev.sardonyx.op.nn;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: convolutions, poolings, normalizations, attention, losses. */
public final class NnOperators {
  private NnOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "GlobalAveragePool" -> GlobalPool.AVERAGE;
      case "GlobalMaxPool" -> GlobalPool.MAX;
      case "GlobalLpPool" -> GlobalPool.LP;
      case "com.microsoft::SkipLayerNormalization" -> SkipLayerNormalization.DEFINITION;
      case "com.microsoft::SkipSimplifiedLayerNormalization" -> SkipLayerNormalization.SIMPLIFIED;
      case "Attention" -> Attention.DEFINITION;
      case "AveragePool" -> AveragePool.DEFINITION;
      case "BatchNormalization" -> BatchNormalization.DEFINITION;
      case "CausalConvWithState" -> CausalConvWithState.DEFINITION;
      case "Conv" -> Conv.DEFINITION;
      case "ConvInteger" -> ConvInteger.DEFINITION;
      case "ConvTranspose" -> ConvTranspose.DEFINITION;
      case "DeformConv" -> DeformConv.DEFINITION;
      case "com.microsoft::EmbedLayerNormalization" -> EmbedLayerNormalization.DEFINITION;
      case "ai.onnx.preview::FlexAttention" -> FlexAttention.DEFINITION;
      case "com.microsoft::FusedConv" -> FusedConv.DEFINITION;
      case "GroupNormalization" -> GroupNormalization.DEFINITION;
      case "InstanceNormalization" -> InstanceNormalization.DEFINITION;
      case "LRN" -> LRN.DEFINITION;
      case "LayerNormalization" -> LayerNormalization.DEFINITION;
      case "LinearAttention" -> LinearAttention.DEFINITION;
      case "LpNormalization" -> LpNormalization.DEFINITION;
      case "LpPool" -> LpPool.DEFINITION;
      case "MaxPool" -> MaxPool.DEFINITION;
      case "MeanVarianceNormalization" -> MeanVarianceNormalization.DEFINITION;
      case "NegativeLogLikelihoodLoss" -> NegativeLogLikelihoodLoss.DEFINITION;
      case "RMSNormalization" -> RMSNormalization.DEFINITION;
      case "RotaryEmbedding" -> RotaryEmbedding.DEFINITION;
      case "SoftmaxCrossEntropyLoss" -> SoftmaxCrossEntropyLoss.DEFINITION;
      default -> null;
    };
  }
}
