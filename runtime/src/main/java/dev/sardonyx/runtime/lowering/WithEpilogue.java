package dev.sardonyx.runtime.lowering;

import dev.sardonyx.graph.Operator;
import dev.sardonyx.runtime.simd.UnaryFunction;

/**
 * An operator that does what follows it: {@code Y = prelu(f(product + bias + residual), slopes)}.
 */
sealed interface WithEpilogue extends Operator
    permits Linear, QuantizedLinear, ChannelsLastConv, ChannelsLastConvTranspose, ChannelsLastPool {
  /** The function f of every result. */
  UnaryFunction activation();

  /** The same product with another function. */
  WithEpilogue withActivation(UnaryFunction f);

  /** Whether it has an input for the residual, after that for the bias. */
  default boolean takesResidual() {
    return true;
  }

  /** Whether it has an input for slopes by column, after that for the residual. */
  default boolean takesSlopes() {
    return true;
  }

  /** Whether it can add a constant to each column, its input 2. */
  default boolean takesBias() {
    return true;
  }
}
