package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.Reduction;
import dev.sardonyx.tensor.Tensor;

/** DynamicQuantizeLinear of float32, the same float operations as the reference evaluation. */
final class DynamicQuantizeLinearKernel implements Kernel, Workers.RangeTask {
  private final Kernels simd;
  private final Workers workers;
  private final float[] bound = new float[1];
  private Tensor x;
  private Tensor y;
  private float by;
  private int zero;

  private DynamicQuantizeLinearKernel(NodeContext node) {
    simd = node.simd();
    workers = node.workers();
  }

  static Kernel create(NodeContext node) {
    boolean allWanted = node.outputs().size() == 3 && !node.outputs().contains(null);
    return allWanted && Tensor.sizeOf(node.shape(0)) > 0
        ? new DynamicQuantizeLinearKernel(node)
        : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    float least = Math.min(0, reduce(Reduction.MIN));
    float most = Math.max(0, reduce(Reduction.MAX));
    float scale = (most - least) / 255;
    by = scale == 0 ? 1 : scale;
    zero = (int) Math.max(0, Math.min(255, Math.rint(-least / by)));
    out[1].setDouble(0, scale);
    out[2].setLong(0, zero);
    workers.run(this, x.size(), UnaryKernel.GRAIN);
  }

  private float reduce(Reduction reduction) {
    int n = x.size();
    simd.reduce(reduction, x.floatArray(), x.arrayOffset(), n, 1, n, bound, 0);
    return bound[0];
  }

  @Override
  public void run(int from, int to) {
    float[] in = x.floatArray();
    byte[] out = y.byteArray();
    int xAt = x.arrayOffset();
    int yAt = y.arrayOffset();
    for (int i = from; i < to; i++) {
      // NaN becomes 0, as in the reference.
      int q = (int) Math.rint(in[xAt + i] / by) + zero;
      out[yAt + i] = (byte) Math.max(0, Math.min(255, q));
    }
  }
}
