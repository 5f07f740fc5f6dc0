package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Axis;
import dev.sardonyx.op.reduction.TopK;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;

/**
 * TopK of float32 along the last axis: each element of a row is put in its place among the first so
 * far, which stand in the outputs. NaN is larger than all numbers.
 */
final class TopKKernel implements Kernel, Workers.RangeTask {
  private final Workers workers;
  private final boolean largest;

  /** Elements of a row, and how many of them are wanted. */
  private final int length;

  private final int k;
  private Tensor x;
  private Tensor values;
  private Tensor positions;

  private TopKKernel(NodeContext node, TopK op, int last) {
    workers = node.workers();
    largest = op.largest();
    length = node.shape(0)[last];
    k = node.outputShape(0)[last];
  }

  static Kernel create(NodeContext node) {
    TopK op = (TopK) node.operator();
    int last = node.shape(0).length - 1;
    boolean bothWanted = node.outputs().size() == 2 && !node.outputs().contains(null);
    boolean supported =
        bothWanted && node.dtype(0) == DType.FLOAT && Axis.of(op.axis(), last + 1) == last;
    return supported ? new TopKKernel(node, op, last) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    values = out[0];
    positions = out[1];
    if (values.size() > 0) {
      workers.run(this, values.size() / k, Math.max(1, UnaryKernel.GRAIN / length));
    }
  }

  /** Rows. */
  @Override
  public void run(int from, int to) {
    for (int row = from; row < to; row++) {
      int y = row * k;
      row(x.arrayOffset() + row * length, values.arrayOffset() + y, positions.arrayOffset() + y);
    }
  }

  private void row(int xAt, int valuesAt, int positionsAt) {
    float[] xs = x.floatArray();
    float[] first = values.floatArray();
    long[] where = positions.longArray();
    int count = 0;
    for (int i = 0; i < length; i++) {
      float v = xs[xAt + i];
      if (count == k && !isBefore(v, first[valuesAt + k - 1])) {
        continue;
      }
      int low = 0;
      int high = count;
      while (low < high) {
        int middle = (low + high) / 2;
        boolean before = isBefore(v, first[valuesAt + middle]);
        high = before ? middle : high;
        low = before ? low : middle + 1;
      }
      count = Math.min(count + 1, k);
      int moved = count - 1 - low;
      System.arraycopy(first, valuesAt + low, first, valuesAt + low + 1, moved);
      System.arraycopy(where, positionsAt + low, where, positionsAt + low + 1, moved);
      first[valuesAt + low] = v;
      where[positionsAt + low] = i;
    }
  }

  private boolean isBefore(float a, float b) {
    return largest
        ? a > b || Float.isNaN(a) && !Float.isNaN(b)
        : a < b || Float.isNaN(b) && !Float.isNaN(a);
  }
}
