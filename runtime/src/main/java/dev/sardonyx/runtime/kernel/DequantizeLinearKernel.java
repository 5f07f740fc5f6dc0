package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.quantization.DequantizeLinear;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;

/** DequantizeLinear of 8 bits to float32: one multiplication of an exact difference. */
final class DequantizeLinearKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;
  private final ScaleAxis axis;
  private final int mask;
  private Tensor x;
  private Tensor scale;
  private Tensor zeroPoint;
  private Tensor y;

  private DequantizeLinearKernel(NodeContext node, ScaleAxis axis) {
    workers = node.workers();
    this.axis = axis;
    mask = node.dtype(0) == DType.UINT8 ? 0xff : -1;
  }

  static Kernel create(NodeContext node) {
    DequantizeLinear op = (DequantizeLinear) node.operator();
    boolean bytes = node.dtype(0) == DType.INT8 || node.dtype(0) == DType.UINT8;
    boolean floats = node.dtype(1) == DType.FLOAT && node.outputs().get(0).dtype() == DType.FLOAT;
    if (!bytes || !floats || op.blockSize() != 0) {
      return null;
    }
    ScaleAxis axis = ScaleAxis.of(node.shape(0), node.shape(1), op.axis());
    return axis == null ? null : new DequantizeLinearKernel(node, axis);
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    scale = in[1];
    zeroPoint = in.length > 2 ? in[2] : null;
    y = out[0];
    workers.run(this, y.size(), UnaryKernel.GRAIN);
  }

  @Override
  public void run(int from, int to) {
    byte[] bytes = x.byteArray();
    float[] floats = y.floatArray();
    int xAt = x.arrayOffset();
    int yAt = y.arrayOffset();
    for (int i = from; i < to; ) {
      int s = axis.scaleAt(i);
      float by = (float) scale.getDouble(s);
      int zero = zeroPoint == null ? 0 : (int) zeroPoint.getLong(s);
      for (int end = Math.min(to, axis.runEnd(i)); i < end; i++) {
        floats[yAt + i] = ((bytes[xAt + i] & mask) - zero) * by;
      }
    }
  }
}
