package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.shaping.Pad;
import dev.sardonyx.op.vision.Resize;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * Every element of the output is one of the input, chosen axis by axis: Expand, Tile, Pad and
 * Resize to the nearest neighbour. The choices are tables made once; a row is copied run by run.
 */
final class SelectKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;

  /** For each axis before the row: the input's offset for each position; negative for padding. */
  private final int[][] outer;

  /** For each element of a row: the input's offset from the row's begin; negative for padding. */
  private final int[] row;

  /** Where runs of the row end that are contiguous in the input, or all padding. */
  private final int[] ends;

  private Tensor x;
  private Tensor y;
  private Tensor padding;

  private SelectKernel(NodeContext node, int[]... sources) {
    workers = node.workers();
    int rank = sources.length;
    int[] shape = new int[rank];
    Arrays.fill(shape, 1);
    int[] given = node.shape(0);
    System.arraycopy(given, 0, shape, rank - given.length, given.length);
    int[] strides = Tensor.strides(shape);
    int axis = rank - 1;
    int block = 1;
    while (axis > 0 && isAll(sources[axis], shape[axis])) {
      block *= shape[axis--];
    }
    outer = new int[Math.max(0, axis)][];
    for (int d = 0; d < outer.length; d++) {
      int stride = strides[d];
      outer[d] = Arrays.stream(sources[d]).map(s -> s < 0 ? -1 : s * stride).toArray();
    }
    int[] last = rank == 0 ? new int[1] : sources[axis];
    row = new int[last.length * block];
    for (int i = 0; i < row.length; i++) {
      int source = last[i / block];
      row[i] = source < 0 ? -1 : source * block + i % block;
    }
    int[] found = new int[row.length];
    int count = 0;
    for (int i = 1; i <= row.length; i++) {
      // An input's first element begins a run even after padding, which is −1.
      boolean ended =
          i == row.length
              || row[i] == 0
              || (row[i] < 0 ? row[i - 1] >= 0 : row[i] != row[i - 1] + 1);
      if (ended) {
        found[count++] = i;
      }
    }
    ends = Arrays.copyOf(found, count);
    padding = Tensor.zeros(node.dtype(0));
  }

  private static boolean isAll(int[] sources, int extent) {
    boolean all = sources.length == extent;
    for (int i = 0; all && i < extent; i++) {
      all = sources[i] == i;
    }
    return all;
  }

  /** Expand and Tile: an axis begins anew where its input ends. */
  static Kernel repeat(NodeContext node) {
    int[] x = node.shape(0);
    int[] y = node.outputShape(0);
    int[][] sources = new int[y.length][];
    for (int d = 0; d < y.length; d++) {
      int lead = y.length - x.length;
      int extent = d < lead ? 1 : x[d - lead];
      sources[d] = new int[y[d]];
      Arrays.setAll(sources[d], i -> i % extent);
    }
    return new SelectKernel(node, sources);
  }

  static Kernel pad(NodeContext node) {
    Tensor pads = node.constant(1);
    Tensor axes = node.constant(3);
    if (pads == null || node.hasInput(3) && axes == null) {
      return null;
    }
    return new SelectKernel(node, ((Pad) node.operator()).sources(node.shape(0), pads, axes));
  }

  static Kernel resize(NodeContext node) {
    Resize op = (Resize) node.operator();
    Tensor scales = node.constant(2);
    Tensor sizes = node.constant(3);
    boolean known = scales != null && scales.size() > 0 || sizes != null;
    boolean supported =
        op.mode() == Resize.Mode.NEAREST
            && op.coordinates() != Resize.Coordinates.TF_CROP_AND_RESIZE
            && known;
    return supported ? new SelectKernel(node, op.nearest(node.shape(0), scales, sizes)) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    if (in.length > 2 && in[2] != null && in[2].size() == 1 && in[2].dtype() == x.dtype()) {
      padding = in[2];
    }
    if (y.size() > 0) {
      workers.run(this, y.size() / row.length, Math.max(1, UnaryKernel.GRAIN / row.length));
    }
  }

  /** Rows of the output. */
  @Override
  public void run(int from, int to) {
    boolean single = x.dtype() == DType.FLOAT && ends.length * 4 > row.length;
    for (int r = from; r < to; r++) {
      int at = 0;
      int rest = r;
      for (int d = outer.length - 1; d >= 0 && at >= 0; d--) {
        int source = outer[d][rest % outer[d].length];
        rest /= outer[d].length;
        at = source < 0 ? -1 : at + source;
      }
      int first = r * row.length;
      if (at < 0) {
        fill(first, row.length);
      } else if (single) {
        copyEach(first, at);
      } else {
        copyRuns(first, at);
      }
    }
  }

  private void copyRuns(int first, int at) {
    int i = 0;
    for (int end : ends) {
      if (row[i] < 0) {
        fill(first + i, end - i);
      } else {
        y.copyElements(first + i, x, at + row[i], end - i);
      }
      i = end;
    }
  }

  private void copyEach(int first, int at) {
    float[] from = x.floatArray();
    float[] to = y.floatArray();
    int xAt = x.arrayOffset() + at;
    int yAt = y.arrayOffset() + first;
    float outside = padding.getFloat(0);
    for (int i = 0; i < row.length; i++) {
      to[yAt + i] = row[i] < 0 ? outside : from[xAt + row[i]];
    }
  }

  private void fill(int first, int count) {
    for (int i = first; i < first + count; i++) {
      y.copyElement(i, padding, 0);
    }
  }
}
