package dev.sardonyx.op.quantization;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.List;

/** The operators of this package: from real numbers to small integers, and with them. */
public final class QuantizationOperators {
  private QuantizationOperators() {}

  public static List<OperatorDefinition> all() {
    return List.of(
        DequantizeLinear.DEFINITION,
        DynamicQuantizeLinear.DEFINITION,
        QLinearConv.DEFINITION,
        QLinearMatMul.DEFINITION,
        QuantizeLinear.DEFINITION);
  }
}
