package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.tensor.Tensor;

/**
 * 1×1 convolution with channels first whose weights never change: the weights [M, C], packed once,
 * times the image [C, pixels] as it stands, of which a strip is packed at a time.
 */
final class PointwiseConvKernel implements Kernel, Workers.RangeTask {
  /** Floats of a strip: it stays in the second-level cache, beside a panel of the weights. */
  private static final int STRIP = 64 * 1024;

  /** Fewest panels of a strip: reading the weights must cost little beside multiplying them. */
  private static final int FEWEST_PANELS = 2;

  /** Multiplications worth a thread of their own. */
  private static final long GRAIN = 100_000;

  private final Kernels simd;
  private final Workers workers;
  private final PackedMatrix weights;
  private final float[] bias;
  private final int channels;
  private final int outputs;
  private final int images;
  private final int pixels;

  /** Strips of an image: of as many whole panels each, but one; the last one takes the rest. */
  private final int strips;

  private final int grain;

  /** The packed strips, by thread. */
  private final PackedMatrix[][] packed;

  private Tensor x;
  private Tensor y;

  private PointwiseConvKernel(NodeContext node) {
    simd = node.simd();
    workers = node.workers();
    weights = Im2ColConvKernel.packed(node, node.constant(1), 1)[0];
    bias = node.hasInput(2) ? node.constant(2).toFloats() : null;
    channels = weights.k();
    outputs = weights.n();
    int[] shape = node.shape(0);
    images = shape[0];
    pixels = channels == 0 ? 0 : Tensor.sizeOf(shape) / Math.max(1, images * channels);
    int panels = Math.max(1, pixels / PackedMatrix.PANEL);
    int most = Math.max(FEWEST_PANELS, STRIP / channels / PackedMatrix.PANEL);
    int count = (panels + most - 1) / most;
    while (count < panels && images * count % workers.threads() != 0) {
      count++;
    }
    strips = count;
    long macs = (long) images * pixels * channels * outputs;
    int units = images * strips;
    grain = (int) Math.min(Math.max(1, units), 1 + GRAIN * units / Math.max(1, macs));
    packed = new PackedMatrix[workers.threads()][strips];
    for (PackedMatrix[] ofThread : packed) {
      int widest = 0;
      for (int s = 0; s < strips; s++) {
        widest = Math.max(widest, first(s + 1) - first(s));
      }
      float[] memory = new float[PackedMatrix.size(channels, widest)];
      for (int s = 0; s < strips; s++) {
        ofThread[s] = PackedMatrix.over(memory, 0, channels, first(s + 1) - first(s));
      }
    }
  }

  /** Whether this is for a convolution, which does not depend on the image's extents. */
  private static boolean fits(NodeContext node) {
    Tensor w = node.constant(1);
    if (!node.allFloat() || w == null || w.rank() < 3) {
      return false;
    }
    Conv conv = (Conv) node.operator();
    return conv.group() == 1
        && w.size() == w.dim(0) * w.dim(1)
        && w.size() > 0
        && conv.window().strides().stream().allMatch(s -> s == 1)
        && conv.window().pads().stream().allMatch(p -> p == 0)
        && (!node.hasInput(2) || node.constant(2) != null);
  }

  /** See {@link KernelTable#prepack}. */
  static boolean prepack(NodeContext node) {
    if (!fits(node)) {
      return false;
    }
    Im2ColConvKernel.packed(node, node.constant(1), 1);
    return true;
  }

  static Kernel create(NodeContext node) {
    return fits(node) ? new PointwiseConvKernel(node) : null;
  }

  /** The first pixel of a strip. */
  private int first(int strip) {
    int panels = Math.max(1, pixels / PackedMatrix.PANEL);
    return strip == strips ? pixels : (int) ((long) panels * strip / strips) * PackedMatrix.PANEL;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    if (pixels > 0) {
      workers.runInChunks(this, images * strips, grain);
    }
  }

  /** Some strips of all images. */
  @Override
  public void run(int from, int to) {
    for (int unit = from; unit < to; unit++) {
      int image = unit / strips;
      PackedMatrix strip = packed[Workers.thread()][unit % strips];
      int pixel = first(unit % strips);
      int xAt = x.arrayOffset() + image * channels * pixels + pixel;
      simd.pack(x.floatArray(), xAt, pixels, strip);
      int yAt = y.arrayOffset() + image * outputs * pixels + pixel;
      simd.gemmOfColumns(weights, strip, bias, y.floatArray(), yAt, pixels);
    }
  }
}
