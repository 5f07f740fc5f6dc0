package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.op.shaping.Split;
import dev.sardonyx.tensor.Tensor;

/** Split: every output is copied in contiguous runs, or is a view where that is only one. */
final class SplitKernel implements Kernel {
  private final int outer;

  private SplitKernel(int outer) {
    this.outer = outer;
  }

  static SplitKernel create(NodeContext node) {
    int[] shape = node.shape(0);
    int axis = Axis.of(((Split) node.operator()).axis(), shape.length);
    int outer = 1;
    for (int d = 0; d < axis; d++) {
      outer *= shape[d];
    }
    boolean allWanted = node.outputs().stream().allMatch(t -> t != null);
    return allWanted ? new SplitKernel(outer) : null;
  }

  /** As {@link KernelTable#parts}. */
  static int[] parts(NodeContext node) {
    SplitKernel split = create(node);
    if (split == null || split.outer > 1) {
      return null;
    }
    int[] starts = new int[node.outputs().size()];
    for (int i = 1; i < starts.length; i++) {
      starts[i] = starts[i - 1] + Tensor.sizeOf(node.outputShape(i - 1));
    }
    return starts;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    Tensor x = in[0];
    if (x.size() == 0) {
      return;
    }
    int row = x.size() / outer;
    int at = 0;
    for (Tensor y : out) {
      int run = y.size() / outer;
      for (int i = 0; i < outer; i++) {
        y.copyElements(i * run, x, i * row + at, run);
      }
      at += run;
    }
  }
}
