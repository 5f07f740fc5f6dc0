package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.op.nn.ConvInteger;
import dev.sardonyx.op.quantization.QLinearConv;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Im2Col;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * ConvInteger and QLinearConv over signals and images: each image is widened to float32 less its
 * zero point, channels last; then strips of output pixels are laid out as rows (im2col) and
 * multiplied as an {@link IntegerProduct}. Depthwise convolutions need no such rows: sums of so few
 * products are exact in float32.
 */
final class IntegerConvKernel implements Kernel {
  /** Floats of a strip, as long as these are rows enough to make widening weights pay. */
  private static final int STRIP = 64 * 1024;

  private static final int FEWEST_ROWS = 96;

  /** Multiplications worth a thread of their own. */
  private static final long GRAIN = 100_000;

  /** Pixels that change places at a time. */
  private static final int PIXELS = 16;

  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;
  private final Window window;
  private final IntegerResult result;
  private final int images;
  private final int inputs;
  private final int outputs;
  private final int inPixels;
  private final int outPixels;
  private final boolean pointwise;
  private final int parts;
  private final int stripRows;

  /** One for each group; empty if depthwise. */
  private final IntegerProduct[] products;

  private final int k;

  /** Where a strip begins in a part's scratch memory. */
  private final int strip;

  /** [kernel position][channel], and the sums of all pixels; null unless depthwise. */
  private final float[] taps;

  private final float[] tapSums;

  /** The image less its zero point, channels last. */
  private final float[] image;

  private final int[][] sums;
  private final Workers.RangeTask widen = this::widen;
  private final Workers.RangeTask convolve = this::convolve;
  private Tensor x;
  private Tensor y;
  private int zero;
  private int number;
  private float[][] memory;

  private IntegerConvKernel(NodeContext node) {
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    result = result(node);
    Conv op = conv(node);
    Tensor w = weights(node);
    int[] shape = node.shape(0);
    window = ConvKernels.image(op.geometry(shape, w.shape()));
    images = shape[0];
    inputs = shape[1];
    outputs = w.dim(0);
    inPixels = window.inHeight() * window.inWidth();
    outPixels = window.outHeight() * window.outWidth();
    k = w.size() / outputs;
    pointwise =
        window.taps() == 1
            && window.strideHeight() == 1
            && window.strideWidth() == 1
            && inPixels == outPixels
            && window.padTop() == 0
            && window.padLeft() == 0;
    boolean depthwise = isDepthwise(node);
    long macs = (long) outPixels * k * outputs;
    parts = (int) Math.max(1, Math.min(workers.threads(), macs / GRAIN));
    stripRows = Math.min(outPixels, Math.max(FEWEST_ROWS, STRIP / k));
    products = new IntegerProduct[depthwise ? 0 : op.group()];
    int most = 0;
    if (!depthwise) {
      PackedIntegers[] weights = packed(node);
      for (int g = 0; g < products.length; g++) {
        products[g] = new IntegerProduct(simd, weights[g], stripRows, parts, scratch);
        most = Math.max(most, products[g].size());
      }
      scratch.reserve(parts, most + stripRows * k);
    }
    strip = most;
    taps = depthwise ? taps(node) : null;
    tapSums = depthwise ? new float[outPixels * outputs] : null;
    image = new float[inPixels * inputs];
    sums = new int[parts][depthwise ? outputs : stripRows * (outputs / op.group())];
  }

  static Kernel create(NodeContext node) {
    return supports(node) ? new IntegerConvKernel(node) : null;
  }

  /** See {@link KernelTable#prepack}. */
  static boolean prepack(NodeContext node) {
    if (!supports(node)) {
      return false;
    }
    if (isDepthwise(node)) {
      taps(node);
    } else {
      packed(node);
    }
    return true;
  }

  private static boolean supports(NodeContext node) {
    boolean qLinear = node.node().is("QLinearConv");
    Tensor w = weights(node);
    return w != null
        && w.size() > 0
        && (w.rank() == 3 || w.rank() == 4)
        && IntegerResult.isByte(w.dtype())
        && IntegerResult.isByte(node.dtype(0))
        && IntegerResult.zerosFit(node, qLinear ? 5 : 3, w.dim(0))
        && (!qLinear || IntegerResult.isQLinear(node, w.dim(0)));
  }

  private static Conv conv(NodeContext node) {
    return node.operator() instanceof QLinearConv op
        ? op.conv()
        : ((ConvInteger) node.operator()).conv();
  }

  private static Tensor weights(NodeContext node) {
    return node.constant(node.node().is("QLinearConv") ? 3 : 1);
  }

  private static Tensor zeros(NodeContext node) {
    return node.constant(node.node().is("QLinearConv") ? 5 : 3);
  }

  private static boolean isDepthwise(NodeContext node) {
    Tensor w = weights(node);
    return conv(node).group() == w.dim(0) && w.dim(1) == 1 && w.size() / w.dim(0) < 256;
  }

  private static IntegerResult result(NodeContext node) {
    if (!node.node().is("QLinearConv")) {
      return IntegerResult.INT32;
    }
    double ratio = node.constant(1).getDouble(0) / node.constant(6).getDouble(0);
    double[] factors = new double[weights(node).dim(0)];
    Arrays.setAll(factors, m -> ratio * IntegerResult.of(node.constant(4), m));
    return IntegerResult.ofQLinear(node, factors);
  }

  private static PackedIntegers[] packed(NodeContext node) {
    return PackedIntegers.ofConvolution(
        node.packed(), weights(node), zeros(node), conv(node).group());
  }

  private static float[] taps(NodeContext node) {
    Tensor w = weights(node);
    Tensor zero = zeros(node);
    String form = "taps less " + PackedIntegers.describe(zero);
    return node.packed().get(w, form, float[].class, () -> taps(w, zero));
  }

  private static float[] taps(Tensor w, Tensor zero) {
    Tensor content = PackedIntegers.content(w);
    int channels = w.dim(0);
    int positions = w.size() / channels;
    float[] taps = new float[w.size()];
    for (int i = 0; i < taps.length; i++) {
      int c = i % channels;
      long z = zero == null ? 0 : (long) IntegerResult.of(zero, c);
      taps[i] = content.getLong(c * positions + i / channels) - z;
    }
    return taps;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    zero = in.length > 2 && in[2] != null ? in[2].getInt(0) : 0;
    memory = scratch.arrays();
    for (IntegerProduct p : products) {
      p.prepare(memory);
    }
    for (number = 0; number < images; number++) {
      workers.run(widen, inPixels, Math.max(1, UnaryKernel.GRAIN / inputs));
      workers.run(convolve, parts, 1);
    }
  }

  /** Pixels of the image. */
  private void widen(int from, int to) {
    int mask = x.dtype() == DType.UINT8 ? 0xFF : -1;
    byte[] bytes = x.byteArray();
    int first = x.arrayOffset() + number * inputs * inPixels;
    for (int pixel = from; pixel < to; pixel += PIXELS) {
      int end = Math.min(to, pixel + PIXELS);
      for (int c = 0; c < inputs; c++) {
        int at = first + c * inPixels;
        for (int p = pixel; p < end; p++) {
          image[p * inputs + c] = (bytes[at + p] & mask) - zero;
        }
      }
    }
  }

  private void convolve(int from, int to) {
    for (int part = from; part < to; part++) {
      if (products.length == 0) {
        int height = window.outHeight();
        depthwise(part, height * part / parts, height * (part + 1) / parts);
        continue;
      }
      int end = (int) ((long) outPixels * (part + 1) / parts);
      int pixel = (int) ((long) outPixels * part / parts);
      for (; pixel < end; pixel += stripRows) {
        for (int g = 0; g < products.length; g++) {
          strip(part, g, pixel, Math.min(stripRows, end - pixel));
        }
      }
    }
  }

  private void strip(int part, int g, int pixel, int rows) {
    int channels = inputs / products.length;
    int n = outputs / products.length;
    float[] a = image;
    int at = pixel * inputs + g * channels;
    if (!pointwise) {
      a = memory[part];
      int end = pixel + rows;
      Im2Col.pack(image, g * channels, inputs, channels, window, pixel, end, a, strip);
      at = strip;
    }
    IntegerProduct product = products[g];
    int lda = pointwise ? inputs : k;
    for (int i = 0; i < product.groups(); i++) {
      product.integers(part, i, a, at, lda, sums[part], rows);
    }
    for (int row = 0; row < rows; row++) {
      write(part, row * n, g * n, n, pixel + row);
    }
  }

  private void depthwise(int part, int rowFrom, int rowTo) {
    simd.depthwise(
        image, 0, taps, tapSums, 0, outputs, window, rowFrom, rowTo, Epilogue.NONE, null, 0);
    int width = window.outWidth();
    for (int pixel = rowFrom * width; pixel < rowTo * width; pixel++) {
      for (int c = 0; c < outputs; c++) {
        sums[part][c] = (int) tapSums[pixel * outputs + c];
      }
      write(part, 0, 0, outputs, pixel);
    }
  }

  private void write(int part, int from, int column, int columns, int pixel) {
    int at = y.arrayOffset() + (number * outputs + column) * outPixels + pixel;
    result.write(sums[part], from, column, columns, y, at, outPixels);
  }
}
