package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.MiniFloat;
import dev.sardonyx.tensor.Tensor;

/**
 * Cast from an integer type or bool to float32, for what quantized layers and masks need; and
 * between float32 and the floats of 16 bits.
 */
final class CastKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;
  private Tensor x;
  private Tensor y;

  private CastKernel(NodeContext node) {
    workers = node.workers();
  }

  static Kernel create(NodeContext node) {
    DType from = node.dtype(0);
    DType to = node.outputs().get(0).dtype();
    boolean integer = from.isInteger() && from != DType.UINT64 || from == DType.BOOL;
    boolean supported =
        to == DType.FLOAT && (integer || isFloat16(from)) || from == DType.FLOAT && isFloat16(to);
    return supported ? new CastKernel(node) : null;
  }

  private static boolean isFloat16(DType dtype) {
    return dtype == DType.FLOAT16 || dtype == DType.BFLOAT16;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    workers.run(this, y.size(), UnaryKernel.GRAIN);
  }

  @Override
  public void run(int from, int to) {
    if (x.dtype() == DType.FLOAT) {
      for (int i = from; i < to; i++) {
        y.setDouble(i, x.getFloat(i));
      }
      return;
    }
    float[] floats = y.floatArray();
    int yAt = y.arrayOffset();
    if (x.dtype() == DType.INT32) {
      int[] integers = x.intArray();
      int xAt = x.arrayOffset();
      for (int i = from; i < to; i++) {
        floats[yAt + i] = integers[xAt + i];
      }
    } else if (isFloat16(x.dtype())) {
      short[] bits = x.shortArray();
      int xAt = x.arrayOffset();
      MiniFloat format = x.dtype() == DType.FLOAT16 ? MiniFloat.FLOAT16 : MiniFloat.BFLOAT16;
      for (int i = from; i < to; i++) {
        floats[yAt + i] = format.decode(bits[xAt + i]);
      }
    } else {
      for (int i = from; i < to; i++) {
        floats[yAt + i] = x.getLong(i);
      }
    }
  }
}
