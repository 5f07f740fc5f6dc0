package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;

/** Where of float32 or int64 tensors that broadcast. */
final class WhereKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;
  private final BroadcastRows rows;
  private final boolean isFloat;
  private Tensor condition;
  private Tensor x;
  private Tensor y;
  private Tensor z;

  private WhereKernel(NodeContext node) {
    workers = node.workers();
    rows = new BroadcastRows(node.outputShape(0), node.shape(0), node.shape(1), node.shape(2));
    isFloat = node.dtype(1) == DType.FLOAT;
  }

  static Kernel create(NodeContext node) {
    boolean supported = node.dtype(1) == DType.FLOAT || node.dtype(1) == DType.INT64;
    return supported ? new WhereKernel(node) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    condition = in[0];
    x = in[1];
    y = in[2];
    z = out[0];
    workers.run(this, z.size(), UnaryKernel.GRAIN);
  }

  /** Elements of the output. */
  @Override
  public void run(int from, int to) {
    int n = rows.length();
    int i = from;
    while (i < to) {
      int row = i / n;
      int within = i % n;
      int count = Math.min(n - within, to - i);
      int c = condition.arrayOffset() + rows.at(0, row) + within * rows.step(0);
      int xAt = x.arrayOffset() + rows.at(1, row) + within * rows.step(1);
      int yAt = y.arrayOffset() + rows.at(2, row) + within * rows.step(2);
      if (isFloat) {
        floats(c, xAt, yAt, z.arrayOffset() + i, count);
      } else {
        longs(c, xAt, yAt, z.arrayOffset() + i, count);
      }
      i += count;
    }
  }

  private void floats(int cAt, int xAt, int yAt, int zAt, int n) {
    byte[] c = condition.byteArray();
    float[] xs = x.floatArray();
    float[] ys = y.floatArray();
    float[] zs = z.floatArray();
    int cStep = rows.step(0);
    int xStep = rows.step(1);
    int yStep = rows.step(2);
    for (int i = 0; i < n; i++) {
      zs[zAt + i] = c[cAt + i * cStep] != 0 ? xs[xAt + i * xStep] : ys[yAt + i * yStep];
    }
  }

  private void longs(int cAt, int xAt, int yAt, int zAt, int n) {
    byte[] c = condition.byteArray();
    long[] xs = x.longArray();
    long[] ys = y.longArray();
    long[] zs = z.longArray();
    int cStep = rows.step(0);
    int xStep = rows.step(1);
    int yStep = rows.step(2);
    for (int i = 0; i < n; i++) {
      zs[zAt + i] = c[cAt + i * cStep] != 0 ? xs[xAt + i * xStep] : ys[yAt + i * yStep];
    }
  }
}
