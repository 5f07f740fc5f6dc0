package dev.sardonyx.runtime.kernel;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.shaping.GatherElements;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;

/** GatherElements of float32 or int64. */
final class GatherElementsKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;
  private final boolean isFloat;

  /** The shape of the output, and the steps of the data along it; that of the axis is 0. */
  private final int[] shape;

  private final int[] steps;

  /** Entries along the axis, and how far they are from one another. */
  private final int entries;

  private final int step;
  private Tensor x;
  private Tensor indices;
  private Tensor y;

  private GatherElementsKernel(NodeContext node, int axis) {
    workers = node.workers();
    isFloat = node.dtype(0) == DType.FLOAT;
    shape = node.shape(1);
    steps = Tensor.strides(node.shape(0));
    entries = node.shape(0)[axis];
    step = steps[axis];
    steps[axis] = 0;
  }

  static Kernel create(NodeContext node) {
    int[] data = node.shape(0);
    int[] shape = node.shape(1);
    int axis = Axis.of(((GatherElements) node.operator()).axis(), data.length);
    boolean supported =
        shape.length == data.length
            && (node.dtype(0) == DType.FLOAT || node.dtype(0) == DType.INT64);
    for (int d = 0; supported && d < data.length; d++) {
      supported = d == axis || shape[d] <= data[d];
    }
    return supported ? new GatherElementsKernel(node, axis) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    indices = in[1];
    y = out[0];
    int row = shape[shape.length - 1];
    if (y.size() > 0) {
      workers.run(this, y.size() / row, Math.max(1, UnaryKernel.GRAIN / row));
    }
  }

  /** Rows: all elements with the same indices before the last. */
  @Override
  public void run(int from, int to) {
    int last = shape.length - 1;
    int n = shape[last];
    for (int r = from; r < to; r++) {
      int at = 0;
      int rest = r;
      for (int d = last - 1; d >= 0; d--) {
        at += rest % shape[d] * steps[d];
        rest /= shape[d];
      }
      for (int i = r * n; i < (r + 1) * n; i++) {
        int source = at + entry(i) * step;
        if (isFloat) {
          y.floatArray()[y.arrayOffset() + i] = x.floatArray()[x.arrayOffset() + source];
        } else {
          y.longArray()[y.arrayOffset() + i] = x.longArray()[x.arrayOffset() + source];
        }
        at += steps[last];
      }
    }
  }

  private int entry(int i) {
    long index = indices.getLong(i);
    if (index < -entries || index >= entries) {
      throw new ModelException(
          "expected indices from " + -entries + " to " + (entries - 1) + ", got " + index);
    }
    return (int) (index < 0 ? index + entries : index);
  }
}
