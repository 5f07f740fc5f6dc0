package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Operator;
import dev.sardonyx.runtime.simd.UnaryFunction;

/** An operator that does what follows it: {@code Y = f(product + bias + residual)}. */
sealed interface WithEpilogue extends Operator
    permits Linear, QuantizedLinear, ChannelsLastConv, ChannelsLastConvTranspose {
  /** The function f of every result. */
  UnaryFunction activation();

  /** The same product with another function. */
  WithEpilogue withActivation(UnaryFunction f);

  /** Whether it has an input for the residual, after that for the bias. */
  default boolean takesResidual() {
    return true;
  }
}
