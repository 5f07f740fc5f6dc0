package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.op.shaping.Concat;
import dev.sardonyx.tensor.Tensor;

/** Concat: every input is copied in contiguous runs. */
final class ConcatKernel implements Kernel {
  private final int outer;

  private ConcatKernel(NodeContext node) {
    int[] shape = node.outputShape(0);
    int axis = Axis.of(((Concat) node.operator()).axis(), shape.length);
    int n = 1;
    for (int d = 0; d < axis; d++) {
      n *= shape[d];
    }
    outer = n;
  }

  static Kernel create(NodeContext node) {
    return new ConcatKernel(node);
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    Tensor y = out[0];
    if (y.size() == 0) {
      return;
    }
    int row = y.size() / outer;
    int at = 0;
    for (Tensor x : in) {
      int run = x.size() / outer;
      for (int i = 0; i < outer; i++) {
        y.copyElements(i * row + at, x, i * run, run);
      }
      at += run;
    }
  }
}
