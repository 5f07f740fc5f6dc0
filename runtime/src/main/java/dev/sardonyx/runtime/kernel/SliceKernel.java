package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.tensor.Tensor;

/**
 * Slice with constant starts, axes and steps: contiguous runs, or single elements, are copied.
 * Where all of the output is one such run, it can be a view instead.
 */
final class SliceKernel implements Kernel {
  private final int[] extents;
  private final int[] strides;
  private final int first;

  private SliceKernel(int[] extents, int[] strides, int first) {
    this.extents = extents;
    this.strides = strides;
    this.first = first;
  }

  static SliceKernel create(NodeContext node) {
    int[] shape = node.shape(0);
    int[] out = node.outputShape(0);
    Tensor starts = node.constant(1);
    boolean known =
        starts != null
            && (!node.hasInput(3) || node.constant(3) != null)
            && (!node.hasInput(4) || node.constant(4) != null);
    if (!known) {
      return null;
    }
    int[] strides = Tensor.strides(shape);
    int first = 0;
    for (int i = 0; i < starts.size(); i++) {
      int axis = node.hasInput(3) ? Axis.of(node.constant(3).getLong(i), shape.length) : i;
      long step = node.hasInput(4) ? node.constant(4).getLong(i) : 1;
      long start = starts.getLong(i);
      long from = start < 0 ? start + shape[axis] : start;
      // The output's extent says how many steps are taken; the start is clamped as in Slice.
      long clamped = Math.max(0, Math.min(from, step > 0 ? shape[axis] : shape[axis] - 1));
      if (out[axis] > 0) {
        first += (int) clamped * strides[axis];
      }
      strides[axis] = (int) (out[axis] > 1 ? strides[axis] * step : strides[axis]);
    }
    return new SliceKernel(out, strides, first);
  }

  /** As {@link KernelTable#parts}. */
  static int[] parts(NodeContext node) {
    SliceKernel slice = create(node);
    if (slice == null) {
      return null;
    }
    int size = Tensor.sizeOf(slice.extents);
    if (size == 0) {
      return new int[1];
    }
    int run = 1;
    for (int d = slice.extents.length - 1; d >= 0; d--) {
      if (slice.extents[d] > 1 && slice.strides[d] != run) {
        return null;
      }
      run *= slice.extents[d];
    }
    return new int[] {slice.first};
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    Tensor x = in[0];
    Tensor y = out[0];
    if (y.size() == 0) {
      return;
    }
    int last = extents.length - 1;
    boolean rows = last >= 0 && strides[last] == 1;
    int run = rows ? extents[last] : 1;
    int dims = rows ? last : extents.length;
    int[] index = new int[dims];
    int at = first;
    for (int i = 0; i < y.size(); i += run) {
      y.copyElements(i, x, at, run);
      for (int d = dims - 1; d >= 0; d--) {
        at += strides[d];
        if (++index[d] < extents[d]) {
          break;
        }
        at -= strides[d] * extents[d];
        index[d] = 0;
      }
    }
  }
}
