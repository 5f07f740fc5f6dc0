package dev.sardonyx.op.quantization;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: from real numbers to small integers, and with them. */
public final class QuantizationOperators {
  private QuantizationOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "DequantizeLinear" -> DequantizeLinear.DEFINITION;
      case "DynamicQuantizeLinear" -> DynamicQuantizeLinear.DEFINITION;
      case "QLinearConv" -> QLinearConv.DEFINITION;
      case "QLinearMatMul" -> QLinearMatMul.DEFINITION;
      case "QuantizeLinear" -> QuantizeLinear.DEFINITION;
      default -> null;
    };
  }
}
