package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;

/** Cast from an integer type or bool to float32: for what quantized layers and masks need. */
final class CastKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;
  private Tensor x;
  private Tensor y;

  private CastKernel(NodeContext node) {
    workers = node.workers();
  }

  static Kernel create(NodeContext node) {
    DType from = node.dtype(0);
    boolean integer = from.isInteger() && from != DType.UINT64 || from == DType.BOOL;
    return integer && node.outputs().get(0).dtype() == DType.FLOAT ? new CastKernel(node) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    workers.run(this, y.size(), UnaryKernel.GRAIN);
  }

  @Override
  public void run(int from, int to) {
    float[] floats = y.floatArray();
    int yAt = y.arrayOffset();
    if (x.dtype() == DType.INT32) {
      int[] integers = x.intArray();
      int xAt = x.arrayOffset();
      for (int i = from; i < to; i++) {
        floats[yAt + i] = integers[xAt + i];
      }
    } else {
      for (int i = from; i < to; i++) {
        floats[yAt + i] = x.getLong(i);
      }
    }
  }
}
