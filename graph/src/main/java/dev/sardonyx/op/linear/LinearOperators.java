package dev.sardonyx.op.linear;

import dev.sardonyx.graph.OperatorDefinition;

/** The operators of this package: matrix products and what is made of them. */
public final class LinearOperators {
  private LinearOperators() {}

  /** The operator of that name, with its domain if that is not ai.onnx; null if it is not here. */
  public static OperatorDefinition find(String name) {
    return switch (name) {
      case "Einsum" -> Einsum.DEFINITION;
      case "com.microsoft::FusedGemm" -> FusedGemm.DEFINITION;
      case "com.microsoft::FusedMatMul" -> FusedMatMul.DEFINITION;
      case "Gemm" -> Gemm.DEFINITION;
      case "MatMul" -> MatMul.DEFINITION;
      case "MatMulInteger" -> MatMulInteger.DEFINITION;
      default -> null;
    };
  }
}
