package dev.sardonyx.op.linear;

import dev.sardonyx.graph.OperatorDefinition;
import java.util.List;

/** The operators of this package: matrix products and what is made of them. */
public final class LinearOperators {
  private LinearOperators() {}

  public static List<OperatorDefinition> all() {
    return List.of(
        Einsum.DEFINITION,
        FusedGemm.DEFINITION,
        FusedMatMul.DEFINITION,
        Gemm.DEFINITION,
        MatMul.DEFINITION,
        MatMulInteger.DEFINITION);
  }
}
