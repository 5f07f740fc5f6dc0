package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.op.shaping.Concat;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Tensor;

/** Concat: every input is copied in contiguous runs, threads sharing the rows of the output. */
final class ConcatKernel implements Kernel, Workers.RangeTask {
  /** Elements worth a thread of their own. */
  private static final int GRAIN = 32 * 1024;

  /** Elements of a run that is too short for a call. */
  private static final int FEW = 8;

  private final Kernels simd;
  private final Workers workers;

  /** Rows: all elements of the output with the same indices before the axis. */
  private final int outer;

  private final int grain;
  private final boolean floats;
  private Tensor[] in;
  private Tensor y;

  private ConcatKernel(NodeContext node) {
    simd = node.simd();
    workers = node.workers();
    int[] shape = node.outputShape(0);
    int axis = Axis.of(((Concat) node.operator()).axis(), shape.length);
    int n = 1;
    for (int d = 0; d < axis; d++) {
      n *= shape[d];
    }
    outer = n;
    int row = Tensor.sizeOf(shape) / Math.max(1, n);
    // Elements of less than a byte share bytes, which two threads must not write.
    floats = node.allFloat();
    grain = floats ? Math.max(1, GRAIN / Math.max(1, row)) : Math.max(1, n);
  }

  static Kernel create(NodeContext node) {
    return new ConcatKernel(node);
  }

  @Override
  public void run(Tensor[] inputs, Tensor[] out) {
    in = inputs;
    y = out[0];
    if (y.size() > 0) {
      workers.run(this, outer, grain);
    }
  }

  /** Rows of the output. */
  @Override
  public void run(int from, int to) {
    int row = y.size() / outer;
    int at = 0;
    for (Tensor x : in) {
      int run = x.size() / outer;
      if (run <= FEW && floats) {
        few(x, run, row, at, from, to);
      } else if (floats) {
        simd.copyRows(
            x.floatArray(),
            x.arrayOffset() + from * run,
            run,
            y.floatArray(),
            y.arrayOffset() + from * row + at,
            row,
            to - from,
            run);
      } else {
        for (int i = from; i < to; i++) {
          y.copyElements(i * row + at, x, i * run, run);
        }
      }
      at += run;
    }
  }

  /** By hand, since each call would take longer than the copying. */
  private void few(Tensor x, int run, int row, int at, int from, int to) {
    float[] source = x.floatArray();
    float[] target = y.floatArray();
    int xAt = x.arrayOffset() + from * run;
    int yAt = y.arrayOffset() + from * row + at;
    for (int i = from; i < to; i++) {
      for (int j = 0; j < run; j++) {
        target[yAt + j] = source[xAt + j];
      }
      xAt += run;
      yAt += row;
    }
  }
}
