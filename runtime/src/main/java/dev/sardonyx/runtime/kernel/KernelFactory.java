package dev.sardonyx.runtime.kernel;

/** Makes the kernels of one operator. */
@FunctionalInterface
public interface KernelFactory {
  /** A kernel for the node, or null when the operator's reference evaluation is to be used. */
  Kernel create(NodeContext node);

  /**
   * Whether the output may be written over input {@code i} while it is read: every element is read
   * before the element at its place is written, and nothing of it is read afterwards.
   */
  default boolean inPlace(int i) {
    return false;
  }

  /** This factory for kernels that may write over input 0 (and others when told so). */
  default KernelFactory writingOver(int... inputs) {
    KernelFactory self = this;
    return new KernelFactory() {
      @Override
      public Kernel create(NodeContext node) {
        return self.create(node);
      }

      @Override
      public boolean inPlace(int i) {
        for (int input : inputs) {
          if (input == i) {
            return true;
          }
        }
        return false;
      }
    };
  }
}
