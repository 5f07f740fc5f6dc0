package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.PreActivatedConv;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;

/**
 * {@link PreActivatedConv}: a strip of pixels is joined and activated in a buffer that stays in the
 * second-level cache, and multiplied with the packed weights.
 */
final class PreActivatedConvKernel implements Kernel, Workers.RangeTask {
  /** Floats of a strip: half of a small L2. */
  private static final int STRIP = 64 * 1024;

  /** Rows that micro-kernels of all sizes divide. */
  private static final int ROWS = 24;

  /** Fewer rows are not worth reading the weights once more. */
  private static final int CHUNK_ROWS = 72;

  /** Multiplications worth a thread of their own. */
  private static final long GRAIN = 100_000;

  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;
  private final PackedMatrix weights;
  private final Epilogue epilogue;
  private final UnaryFunction activation;

  /** Whether the activation is nothing but these bounds; if not, they are infinite. */
  private final boolean clips;

  private final float lowest;
  private final float highest;
  private final float[] scale;
  private final float[] shift;

  /** Channels of every image. */
  private final int[] widths;

  private final int pixels;
  private final int stripRows;

  /** Units of {@link #ROWS} pixels that threads share, and fewest at a time. */
  private final int units;

  private final int grain;
  private Tensor[] in;
  private Tensor y;
  private float[][] strips;

  private PreActivatedConvKernel(NodeContext node, PreActivatedConv op, Tensor w, Tensor bias) {
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    weights = Im2ColConvKernel.packed(node, w, 1)[0];
    epilogue = Epilogue.of(bias == null ? null : bias.toFloats(), op.conv().activation());
    activation = op.activation();
    clips = activation.clips();
    lowest = activation.lowest();
    highest = activation.highest();
    scale = node.constant(4).toFloats();
    shift = node.constant(5).toFloats();
    widths = new int[1 + node.inputs().size() - PreActivatedConv.FURTHER];
    for (int i = 0; i < widths.length; i++) {
      int[] shape = node.shape(input(i));
      widths[i] = shape[shape.length - 1];
    }
    pixels = Tensor.sizeOf(node.outputShape(0)) / Math.max(1, w.dim(0));
    int k = weights.k();
    stripRows = Math.max(ROWS, STRIP / Math.max(1, k) / ROWS * ROWS);
    long macs = (long) pixels * k * weights.n();
    units = (pixels + ROWS - 1) / ROWS;
    int worth = Math.min(CHUNK_ROWS / ROWS, units / workers.threads());
    grain = (int) Math.max(worth, Math.min(units, GRAIN * units / Math.max(1, macs)));
    scratch.reserve(workers.threads(), Math.min(stripRows + stripRows / 2 + 1, pixels) * k);
  }

  static Kernel create(NodeContext node) {
    return supports(node)
        ? new PreActivatedConvKernel(
            node, (PreActivatedConv) node.operator(), node.constant(1), node.constant(2))
        : null;
  }

  /** See {@link KernelTable#prepack}. */
  static boolean prepack(NodeContext node) {
    if (!supports(node)) {
      return false;
    }
    Im2ColConvKernel.packed(node, node.constant(1), 1);
    return true;
  }

  private static boolean supports(NodeContext node) {
    return node.allFloat()
        && node.constant(1) != null
        && (!node.hasInput(2) || node.constant(2) != null)
        && node.constant(4) != null
        && node.constant(5) != null;
  }

  /** The input of the node that is image {@code i}. */
  private static int input(int i) {
    return i == 0 ? 0 : PreActivatedConv.FURTHER + i - 1;
  }

  @Override
  public void run(Tensor[] inputs, Tensor[] out) {
    in = inputs;
    y = out[0];
    strips = scratch.arrays();
    workers.runInChunks(this, units, grain);
  }

  /** Some pixels of all images. */
  @Override
  public void run(int from, int to) {
    int n = weights.n();
    int k = weights.k();
    Tensor residual = in[3];
    float[] strip = strips[Workers.thread()];
    int all = Math.min(pixels, to * ROWS) - from * ROWS;
    // Strips of equal size: a small rest would have to wait for all the weights once more.
    int count = Math.max(1, (all + stripRows / 2) / stripRows);
    for (int i = 0; i < count; i++) {
      int first = from * ROWS + (int) ((long) all * i / count);
      int rows = from * ROWS + (int) ((long) all * (i + 1) / count) - first;
      activate(strip, first, rows);
      simd.gemm(
          strip,
          0,
          k,
          weights,
          y.floatArray(),
          y.arrayOffset() + first * n,
          n,
          0,
          rows,
          0,
          weights.panels(),
          epilogue,
          residual == null ? null : residual.floatArray(),
          residual == null ? 0 : residual.arrayOffset() + first * n);
    }
  }

  /** Writes the convolution's inputs for {@code rows} pixels from {@code first} on. */
  private void activate(float[] strip, int first, int rows) {
    int k = weights.k();
    int column = 0;
    for (int i = 0; i < widths.length; i++) {
      int width = widths[i];
      Tensor x = in[input(i)];
      simd.scaleShift(
          x.floatArray(),
          x.arrayOffset() + first * width,
          width,
          scale,
          shift,
          column,
          lowest,
          highest,
          strip,
          column,
          k,
          rows,
          width);
      column += width;
    }
    if (!clips) {
      simd.unary(activation, strip, 0, strip, 0, rows * k);
    }
  }
}
