package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.DynamicQuantize;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.Reduction;
import dev.sardonyx.tensor.Tensor;

/** {@link DynamicQuantize}: the range of all blocks of the input, then their integers. */
final class DynamicQuantizeKernel implements Kernel {
  /** Elements in a block, which stay in the nearest cache from step to step. */
  private static final int BLOCK = 2048;

  /** Blocks worth a thread of their own. */
  private static final int GRAIN = 4;

  /** Adding and subtracting 1.5·2²³ rounds what is small beside it to integers, ties to even. */
  private static final float ROUND = 0x1.8p23f;

  private final Kernels simd;
  private final Workers workers;
  private final int n;
  private final float[] least;
  private final float[] most;
  private final Workers.RangeTask ranges = this::ranges;
  private final Workers.RangeTask integers = this::integers;
  private Tensor x;
  private Tensor y;
  private float by;
  private float zero;

  private DynamicQuantizeKernel(NodeContext node) {
    simd = node.simd();
    workers = node.workers();
    n = Tensor.sizeOf(node.shape(0));
    int blocks = (n + BLOCK - 1) / BLOCK;
    least = new float[blocks];
    most = new float[blocks];
  }

  static Kernel create(NodeContext node) {
    return Tensor.sizeOf(node.shape(0)) > 0 ? new DynamicQuantizeKernel(node) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    workers.run(ranges, least.length, GRAIN);
    float from = 0;
    float to = 0;
    for (int block = 0; block < least.length; block++) {
      from = Math.min(from, least[block]);
      to = Math.max(to, most[block]);
    }
    float scale = (to - from) / 255;
    by = scale == 0 ? 1 : scale;
    zero = (float) Math.max(0, Math.min(255, Math.rint(-from / by)));
    out[1].floatArray()[out[1].arrayOffset()] = scale;
    workers.run(integers, least.length, GRAIN);
  }

  private void ranges(int from, int to) {
    for (int block = from; block < to; block++) {
      int at = x.arrayOffset() + block * BLOCK;
      int count = Math.min(BLOCK, n - block * BLOCK);
      simd.reduce(Reduction.MIN, x.floatArray(), at, count, 1, count, least, block);
      simd.reduce(Reduction.MAX, x.floatArray(), at, count, 1, count, most, block);
    }
  }

  private void integers(int from, int to) {
    float[] out = y.floatArray();
    for (int block = from; block < to; block++) {
      int at = y.arrayOffset() + block * BLOCK;
      int count = Math.min(BLOCK, n - block * BLOCK);
      simd.binaryScalar(
          BinaryOp.DIV, x.floatArray(), x.arrayOffset() + block * BLOCK, by, out, at, count);
      simd.binaryScalar(BinaryOp.ADD, out, at, ROUND, out, at, count);
      simd.binaryScalar(BinaryOp.SUB, out, at, ROUND, out, at, count);
      simd.binaryScalar(BinaryOp.MIN, out, at, 255 - zero, out, at, count);
      simd.binaryScalar(BinaryOp.MAX, out, at, -zero, out, at, count);
    }
  }
}
