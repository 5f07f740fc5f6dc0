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

  /**
   * Elements that are copied in place of so few, a vector of any length: what is superfluous lies
   * where other runs come afterwards.
   */
  private static final int SPILLED = 16;

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

  /** Rows of the output: first the runs that may spill, then those that they spill over. */
  @Override
  public void run(int from, int to) {
    int row = y.size() / outer;
    for (boolean spilling : new boolean[] {true, false}) {
      int at = 0;
      for (int i = 0; i < in.length; i++) {
        int run = in[i].size() / outer;
        if (spills(i) == spilling) {
          copy(in[i], run, row, at, from, to, spilling);
        }
        at += run;
      }
    }
  }

  /**
   * Whether a short run is followed by one, perhaps in the next row, that takes what is spilled.
   */
  private boolean spills(int i) {
    return floats
        && in[i].size() / outer <= FEW
        && in[(i + 1) % in.length].size() / outer >= SPILLED;
  }

  private void copy(Tensor x, int run, int row, int at, int from, int to, boolean spilling) {
    if (!floats) {
      for (int i = from; i < to; i++) {
        y.copyElements(i * row + at, x, i * run, run);
      }
    } else if (spilling) {
      // There is nothing to copy behind the last runs, and the row behind is another thread's.
      int last = Math.min(to - 1, (x.size() - SPILLED) / Math.max(1, run));
      int spilled = Math.max(from, last);
      copyRows(x, run, row, at, from, spilled, SPILLED);
      few(x, run, row, at, spilled, to);
    } else if (run <= FEW) {
      few(x, run, row, at, from, to);
    } else {
      copyRows(x, run, row, at, from, to, run);
    }
  }

  private void copyRows(Tensor x, int run, int row, int at, int from, int to, int n) {
    int xAt = x.arrayOffset() + from * run;
    int yAt = y.arrayOffset() + from * row + at;
    simd.copyRows(x.floatArray(), xAt, run, y.floatArray(), yAt, row, to - from, n);
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
