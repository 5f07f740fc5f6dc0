package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.DynamicQuantize;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Tensor;

/** {@link DynamicQuantize}: the range of all blocks of the input, then their integers. */
final class DynamicQuantizeKernel implements Kernel {
  /** Elements in a block, which stay in the nearest cache from step to step. */
  private static final int BLOCK = 2048;

  /** Blocks worth a thread of their own. */
  private static final int GRAIN = 4;

  private final Kernels simd;
  private final Workers workers;
  private final int n;

  /** The smallest and the largest number of each block. */
  private final float[] ends;

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
    ends = new float[2 * blocks];
  }

  static Kernel create(NodeContext node) {
    return Tensor.sizeOf(node.shape(0)) > 0 ? new DynamicQuantizeKernel(node) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    workers.run(ranges, ends.length / 2, GRAIN);
    float from = 0;
    float to = 0;
    for (int i = 0; i < ends.length; i += 2) {
      from = Math.min(from, ends[i]);
      to = Math.max(to, ends[i + 1]);
    }
    float scale = (to - from) / 255;
    by = scale == 0 ? 1 : scale;
    zero = (float) Math.max(0, Math.min(255, Math.rint(-from / by)));
    out[1].floatArray()[out[1].arrayOffset()] = scale;
    workers.run(integers, ends.length / 2, GRAIN);
  }

  private void ranges(int from, int to) {
    for (int block = from; block < to; block++) {
      int at = block * BLOCK;
      int count = Math.min(BLOCK, n - at);
      simd.range(x.floatArray(), x.arrayOffset() + at, count, ends, 2 * block);
    }
  }

  private void integers(int from, int to) {
    int at = from * BLOCK;
    int count = Math.min(n, to * BLOCK) - at;
    simd.quantize(
        x.floatArray(),
        x.arrayOffset() + at,
        by,
        zero,
        y.floatArray(),
        y.arrayOffset() + at,
        count);
  }
}
