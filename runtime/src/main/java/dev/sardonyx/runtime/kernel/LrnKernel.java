package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.LRN;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.Tensor;

/** LRN of float32, some pixels of all channels at a time: their squares stay in cache. */
final class LrnKernel implements Kernel, Workers.RangeTask {
  /** Pixels at a time. */
  private static final int STRIP = 128;

  /** What a pixel of a channel costs, counted in elements of a cheap function. */
  private static final int COST = 8;

  private final LRN op;
  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;
  private final int images;
  private final int channels;
  private final int pixels;
  private final int strips;
  private final float scale;
  private float[][] memory;
  private Tensor x;
  private Tensor y;

  private LrnKernel(NodeContext node) {
    op = (LRN) node.operator();
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    int[] shape = node.shape(0);
    images = shape[0];
    channels = shape[1];
    pixels = Tensor.sizeOf(shape) / (images * channels);
    strips = (pixels + STRIP - 1) / STRIP;
    scale = (float) ((double) op.alpha() / op.size());
    scratch.reserve(workers.threads(), (channels + 1) * STRIP);
  }

  static Kernel create(NodeContext node) {
    int[] shape = node.shape(0);
    boolean fits = node.allFloat() && shape.length >= 2 && Tensor.sizeOf(shape) > 0;
    return fits ? new LrnKernel(node) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    memory = scratch.arrays();
    int perStrip = channels * Math.min(STRIP, pixels) * COST;
    workers.runInChunks(this, images * strips, Math.max(1, UnaryKernel.GRAIN / perStrip));
  }

  /** Strips of all images. */
  @Override
  public void run(int from, int to) {
    for (int i = from; i < to; i++) {
      int first = i % strips * STRIP;
      int image = i / strips * channels * pixels;
      strip(memory[Workers.thread()], image + first, Math.min(STRIP, pixels - first));
    }
  }

  /**
   * Some pixels of all channels: first their squares, then sums of these, one channel at a time.
   */
  private void strip(float[] squares, int place, int n) {
    float[] from = x.floatArray();
    int xAt = x.arrayOffset() + place;
    int yAt = y.arrayOffset() + place;
    int sum = channels * STRIP;
    simd.binary(BinaryOp.MUL, from, xAt, pixels, from, xAt, pixels, squares, 0, STRIP, channels, n);
    for (int c = 0; c < channels; c++) {
      int first = Math.max(0, c - (op.size() - 1) / 2);
      int last = (int) Math.min(channels - 1L, c + op.size() / 2L);
      System.arraycopy(squares, first * STRIP, squares, sum, n);
      for (int other = first + 1; other <= last; other++) {
        simd.binary(BinaryOp.ADD, squares, sum, squares, other * STRIP, squares, sum, n);
      }
      simd.binaryScalar(BinaryOp.MUL, squares, sum, scale, squares, sum, n);
      simd.binaryScalar(BinaryOp.ADD, squares, sum, op.bias(), squares, sum, n);
      simd.binaryScalar(BinaryOp.POW, squares, sum, op.beta(), squares, sum, n);
      int at = c * pixels;
      simd.binary(BinaryOp.DIV, from, xAt + at, squares, sum, y.floatArray(), yAt + at, n);
    }
  }
}
