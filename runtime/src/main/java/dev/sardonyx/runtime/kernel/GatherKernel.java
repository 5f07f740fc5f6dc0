package dev.sardonyx.runtime.kernel;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.Axis;
import dev.sardonyx.op.shaping.Gather;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.Tensor;

/**
 * Gather of tensors of any type with one array element each: contiguous runs are copied, unless it
 * is one run that is known beforehand.
 */
final class GatherKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;

  /** Elements that one index stands for, entries along the axis, and indices. */
  private final int run;

  private final int entries;
  private final int count;
  private Tensor x;
  private Tensor indices;
  private Tensor y;

  private GatherKernel(NodeContext node, int axis) {
    workers = node.workers();
    int[] shape = node.shape(0);
    int size = 1;
    for (int d = axis + 1; d < shape.length; d++) {
      size *= shape[d];
    }
    run = size;
    entries = shape[axis];
    count = Tensor.sizeOf(node.shape(1));
  }

  static Kernel create(NodeContext node) {
    int[] shape = node.shape(0);
    return new GatherKernel(node, Axis.of(((Gather) node.operator()).axis(), shape.length));
  }

  /** As {@link KernelTable#parts}. */
  static int[] parts(NodeContext node) {
    Tensor index = node.constant(1);
    int[] shape = node.shape(0);
    int axis = Axis.of(((Gather) node.operator()).axis(), shape.length);
    if (index == null || index.size() != 1) {
      return null;
    }
    for (int d = 0; d < axis; d++) {
      if (shape[d] != 1) {
        return null;
      }
    }
    long given = index.getLong(0);
    long entry = given < 0 ? given + shape[axis] : given;
    boolean exists = entry >= 0 && entry < shape[axis];
    return exists ? new int[] {(int) entry * Tensor.sizeOf(node.outputShape(0))} : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    indices = in[1];
    y = out[0];
    if (run > 0) {
      workers.run(this, y.size() / run, Math.max(1, UnaryKernel.GRAIN / run));
    }
  }

  @Override
  public void run(int from, int to) {
    for (int i = from; i < to; i++) {
      long index = indices.getLong(i % count);
      if (index < -entries || index >= entries) {
        throw new ModelException(
            "expected indices from " + -entries + " to " + (entries - 1) + ", got " + index);
      }
      int row = i / count * entries + (int) (index < 0 ? index + entries : index);
      y.copyElements(i * run, x, row * run, run);
    }
  }
}
