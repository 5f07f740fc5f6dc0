package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.quantization.QuantizeLinear;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;

/** QuantizeLinear of float32 to 8 bits: the same float operations as the reference evaluation. */
final class QuantizeLinearKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;
  private final ScaleAxis axis;
  private final int least;
  private final int most;
  private Tensor x;
  private Tensor scale;
  private Tensor zeroPoint;
  private Tensor y;

  private QuantizeLinearKernel(NodeContext node, ScaleAxis axis) {
    workers = node.workers();
    this.axis = axis;
    boolean signed = node.outputs().get(0).dtype() == DType.INT8;
    least = signed ? Byte.MIN_VALUE : 0;
    most = signed ? Byte.MAX_VALUE : 255;
  }

  static Kernel create(NodeContext node) {
    QuantizeLinear op = (QuantizeLinear) node.operator();
    DType type = node.outputs().get(0).dtype();
    boolean bytes = type == DType.INT8 || type == DType.UINT8;
    boolean floats = node.dtype(0) == DType.FLOAT && node.dtype(1) == DType.FLOAT;
    if (!bytes || !floats || op.blockSize() != 0 || op.precision() != null) {
      return null;
    }
    ScaleAxis axis = ScaleAxis.of(node.shape(0), node.shape(1), op.axis());
    return axis == null ? null : new QuantizeLinearKernel(node, axis);
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
    float[] floats = x.floatArray();
    byte[] bytes = y.byteArray();
    int xAt = x.arrayOffset();
    int yAt = y.arrayOffset();
    for (int i = from; i < to; ) {
      int s = axis.scaleAt(i);
      float by = (float) scale.getDouble(s);
      int zero = zeroPoint == null ? 0 : (int) zeroPoint.getLong(s);
      for (int end = Math.min(to, axis.runEnd(i)); i < end; i++) {
        float q = (float) Math.rint(floats[xAt + i] / by) + zero;
        // NaN becomes 0, as in the reference.
        bytes[yAt + i] = (byte) (int) Math.max(least, Math.min(most, q));
      }
    }
  }
}
