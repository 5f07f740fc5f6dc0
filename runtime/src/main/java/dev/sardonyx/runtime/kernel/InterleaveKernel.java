package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.Interleave;
import dev.sardonyx.tensor.Tensor;

/**
 * {@link Interleave}: row by row, threads sharing the rows; two inputs have a kernel of their own.
 */
final class InterleaveKernel implements Kernel, Workers.RangeTask {
  /** Elements worth a thread of their own. */
  private static final int GRAIN = 16 * 1024;

  private final Workers workers;
  private final int from;
  private final int to;
  private final int parts;
  private final int channels;
  private final int rows;
  private Tensor[] in;
  private Tensor y;

  private InterleaveKernel(NodeContext node, Interleave op) {
    workers = node.workers();
    from = op.from();
    to = op.to();
    parts = node.inputs().size();
    int[] shape = node.shape(0);
    channels = shape[shape.length - 1];
    rows = Tensor.sizeOf(shape) / Math.max(1, channels);
  }

  static Kernel create(NodeContext node) {
    return node.allFloat() ? new InterleaveKernel(node, (Interleave) node.operator()) : null;
  }

  @Override
  public void run(Tensor[] inputs, Tensor[] out) {
    in = inputs;
    y = out[0];
    workers.run(this, rows, Math.max(1, GRAIN / Math.max(1, to - from)));
  }

  /** Rows: all elements with the same indices before the last. */
  @Override
  public void run(int first, int last) {
    if (parts == 2 && from % 2 == 0 && to % 2 == 0) {
      pairs(first, last);
      return;
    }
    float[] target = y.floatArray();
    int n = to - from;
    for (int p = 0; p < parts; p++) {
      // The first element of this input that is wanted, and where it goes.
      int k = (from - p + parts - 1) / parts;
      int offset = k * parts + p - from;
      float[] source = in[p].floatArray();
      for (int r = first; r < last; r++) {
        int x = in[p].arrayOffset() + r * channels + k;
        int yRow = y.arrayOffset() + r * n;
        for (int j = offset; j < n; j += parts) {
          target[yRow + j] = source[x++];
        }
      }
    }
  }

  /**
   * Two inputs, both in order. Not with vectors: the long ones that it takes would, once their
   * classes are loaded, make C2 compile the kernels of all other models worse.
   */
  private void pairs(int first, int last) {
    float[] even = in[0].floatArray();
    float[] odd = in[1].floatArray();
    float[] target = y.floatArray();
    int n = to - from;
    for (int r = first; r < last; r++) {
      int a = in[0].arrayOffset() + r * channels + from / 2;
      int b = in[1].arrayOffset() + r * channels + from / 2;
      int yRow = y.arrayOffset() + r * n;
      for (int i = 0; i < n / 2; i++) {
        target[yRow + 2 * i] = even[a + i];
        target[yRow + 2 * i + 1] = odd[b + i];
      }
    }
  }
}
