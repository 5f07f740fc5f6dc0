package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.AveragePool;
import dev.sardonyx.op.nn.MaxPool;
import dev.sardonyx.op.nn.Window;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * MaxPool and AveragePool with channels first, of one to three spatial dimensions: what was not
 * lowered to channels last. For every row of the output, first the rows of the input that its
 * windows cover become one, element by element; then the elements of that row which a window covers
 * become one. Split over rows.
 */
final class PlainPoolKernel implements Kernel, Workers.RangeTask {
  /** Windows along one dimension. */
  private static final class Windows {
    final int extent;
    final int count;
    final int stride;
    final int dilation;
    final int taps;

    /** Where the first window begins, zero or less. */
    final int begin;

    /** By window: the first tap inside the input, one past the last, and how many a mean counts. */
    final int[] first;

    final int[] end;
    final int[] counted;

    /** Dimension {@code d} of a geometry; if negative, one of extent 1. */
    Windows(Geometry g, int d, boolean countPads) {
      extent = d < 0 ? 1 : g.input()[d];
      count = d < 0 ? 1 : g.output()[d];
      stride = d < 0 ? 1 : g.strides()[d];
      dilation = d < 0 ? 1 : g.dilations()[d];
      taps = d < 0 ? 1 : g.kernel()[d];
      begin = d < 0 ? 0 : -g.pads()[d];
      int padded = d < 0 ? 1 : extent + g.pads()[g.input().length + d];
      first = new int[count];
      end = new int[count];
      counted = new int[count];
      for (int o = 0; o < count; o++) {
        int start = start(o);
        first[o] = tapsBefore(-start);
        end[o] = Math.max(first[o], tapsBefore(extent - start));
        counted[o] = countPads ? tapsBefore(padded - start) : end[o] - first[o];
      }
    }

    int start(int window) {
      return window * stride + begin;
    }

    /** How many taps stand less than a distance after the start of their window. */
    private int tapsBefore(int distance) {
      return Math.min(taps, ceil(distance, dilation));
    }

    /** The first window of which a tap stands at or after an element of the input. */
    int windowFrom(int tap, int element) {
      return Math.min(count, ceil(element - begin - tap * dilation, stride));
    }

    private static int ceil(int a, int b) {
      return a <= 0 ? 0 : (a + b - 1) / b;
    }
  }

  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;

  /** MAX, or ADD for means. */
  private final BinaryOp op;

  private final float neutral;
  private final int planes;
  private final Windows depth;
  private final Windows height;
  private final Windows width;
  private float[][] memory;
  private Tensor x;
  private Tensor y;

  private PlainPoolKernel(NodeContext node, boolean max, Window window, boolean countPads) {
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    op = max ? BinaryOp.MAX : BinaryOp.ADD;
    neutral = max ? Float.NEGATIVE_INFINITY : 0f;
    int[] shape = node.shape(0);
    planes = shape[0] * shape[1];
    Geometry g = window.over(Arrays.copyOfRange(shape, 2, shape.length));
    int last = shape.length - 3;
    depth = new Windows(g, last - 2, countPads);
    height = new Windows(g, last - 1, countPads);
    width = new Windows(g, last, countPads);
    scratch.reserve(workers.threads(), width.extent);
  }

  static Kernel create(NodeContext node) {
    int rank = node.shape(0).length;
    boolean indices = node.outputs().size() > 1 && node.outputs().get(1) != null;
    if (!node.allFloat() || rank < 3 || rank > 5 || indices) {
      return null;
    }
    return node.operator() instanceof MaxPool p
        ? new PlainPoolKernel(node, true, p.window(), false)
        : new PlainPoolKernel(
            node,
            false,
            ((AveragePool) node.operator()).window(),
            ((AveragePool) node.operator()).countIncludePad());
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    memory = scratch.arrays();
    int work = depth.taps * height.taps * width.extent + width.taps * width.count;
    int rows = planes * depth.count * height.count;
    workers.runInChunks(this, rows, Math.max(1, UnaryKernel.GRAIN / Math.max(1, work)));
  }

  /** Rows of all planes. */
  @Override
  public void run(int from, int to) {
    float[] row = memory[Workers.thread()];
    for (int i = from; i < to; i++) {
      int h = i % height.count;
      int d = i / height.count % depth.count;
      gather(i / height.count / depth.count, d, h, row);
      int at = y.arrayOffset() + i * width.count;
      across(row, y.floatArray(), at);
      if (op == BinaryOp.ADD) {
        divide(y.floatArray(), at, depth.counted[d] * height.counted[h]);
      }
    }
  }

  /** Makes one row of all that windows at a depth and a height cover. */
  private void gather(int plane, int d, int h, float[] row) {
    float[] from = x.floatArray();
    int rowsBefore = plane * depth.extent;
    boolean fresh = true;
    for (int i = depth.first[d]; i < depth.end[d]; i++) {
      int slice = rowsBefore + depth.start(d) + i * depth.dilation;
      for (int j = height.first[h]; j < height.end[h]; j++) {
        int line = slice * height.extent + height.start(h) + j * height.dilation;
        int at = x.arrayOffset() + line * width.extent;
        if (fresh) {
          System.arraycopy(from, at, row, 0, width.extent);
          fresh = false;
        } else {
          simd.binary(op, row, 0, from, at, row, 0, width.extent);
        }
      }
    }
    if (fresh) {
      Arrays.fill(row, 0, width.extent, neutral);
    }
  }

  /** Adds up, or takes the largest of, what each window covers of a row. */
  private void across(float[] row, float[] to, int at) {
    Arrays.fill(to, at, at + width.count, neutral);
    for (int tap = 0; tap < width.taps; tap++) {
      int first = width.windowFrom(tap, 0);
      int count = width.windowFrom(tap, width.extent) - first;
      int from = width.start(first) + tap * width.dilation;
      if (width.stride == 1) {
        simd.binary(op, to, at + first, row, from, to, at + first, count);
      } else if (op == BinaryOp.MAX) {
        max(row, from, width.stride, to, at + first, count);
      } else {
        add(row, from, width.stride, to, at + first, count);
      }
    }
  }

  private static void max(float[] from, int fromAt, int step, float[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] = Math.max(to[at + i], from[fromAt + i * step]);
    }
  }

  private static void add(float[] from, int fromAt, int step, float[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] += from[fromAt + i * step];
    }
  }

  private void divide(float[] sums, int at, int rows) {
    for (int i = 0; i < width.count; i++) {
      sums[at + i] /= rows * width.counted[i];
    }
  }
}
