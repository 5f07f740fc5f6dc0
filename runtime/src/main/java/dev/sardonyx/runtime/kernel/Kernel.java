package dev.sardonyx.runtime.kernel;

import dev.sardonyx.tensor.Tensor;

/**
 * The fast computation of one node for the shapes it was made for. It may own scratch memory, so
 * one kernel serves one run at a time. It writes every element of its outputs and allocates
 * nothing.
 */
@FunctionalInterface
public interface Kernel {
  /**
   * @param in the node's inputs, null where omitted
   * @param out the node's outputs, of the inferred types and shapes, null where not wanted
   */
  void run(Tensor[] in, Tensor[] out);
}
