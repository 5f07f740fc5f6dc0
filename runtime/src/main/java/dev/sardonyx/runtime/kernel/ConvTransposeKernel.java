package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.ChannelsLastConvTranspose;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.Tensor;

/**
 * {@link ChannelsLastConvTranspose} of signals and images, an output row at a time: each kernel row
 * that meets it in some input row gives a product (input pixels × C)·(C × kernel columns and output
 * channels), whose columns are added to the outputs they belong to, in the order of the kernel.
 * Where kernels lie side by side (extent = stride, as in most upsampling), that product is the row.
 */
final class ConvTransposeKernel implements Kernel, Workers.RangeTask {
  private final Kernels simd;
  private final Workers workers;

  /** The convolution this is the transpose of: its input is our output. */
  private final Window window;

  private final int group;
  private final int channels;
  private final int perGroup;
  private final int images;

  /** By kernel row and group. */
  private final PackedMatrix[] weights;

  private final float[] bias;

  /** By output channel, or null. */
  private final float[] slopes;

  /** Whether each output row is one product as it is; then with what epilogue. */
  private final boolean sideBySide;

  private final Epilogue epilogue;
  private final UnaryFunction activation;
  private final float[][] products;
  private Tensor x;
  private Tensor y;

  private ConvTransposeKernel(
      NodeContext node, Tensor w, Tensor bias, Tensor slopes, Window window) {
    ChannelsLastConvTranspose op = (ChannelsLastConvTranspose) node.operator();
    simd = node.simd();
    workers = node.workers();
    this.window = window;
    activation = op.activation();
    group = op.conv().group();
    channels = w.dim(0);
    perGroup = w.dim(1);
    images = node.shape(0)[0];
    this.bias = bias == null ? new float[perGroup * group] : bias.toFloats();
    this.slopes = slopes == null ? null : slopes.toFloats();
    int rows = window.kernelHeight();
    int columns = window.kernelWidth();
    weights =
        node.packed()
            .get(
                w,
                "transposed/" + group,
                PackedMatrix[].class,
                () -> pack(w, group, rows, columns));
    sideBySide =
        group == 1
            && isSideBySide(rows, window.strideHeight(), window.dilationHeight(), window.padTop())
            && isSideBySide(columns, window.strideWidth(), window.dilationWidth(), window.padLeft())
            && window.inWidth() == window.outWidth() * columns
            && window.inHeight() == window.outHeight() * rows;
    epilogue =
        new Epilogue(
            bias == null ? null : tiled(this.bias, columns),
            activation,
            slopes == null ? null : tiled(this.slopes, columns));
    int parts = Math.max(1, Math.min(workers.threads(), images * window.inHeight()));
    products = new float[parts][sideBySide ? 0 : window.outWidth() * columns * perGroup];
  }

  private static boolean isSideBySide(int kernel, int stride, int dilation, int pad) {
    return kernel == stride && (dilation == 1 || kernel == 1) && pad == 0;
  }

  private static float[] tiled(float[] a, int times) {
    float[] tiled = new float[times * a.length];
    for (int i = 0; i < tiled.length; i++) {
      tiled[i] = a[i % a.length];
    }
    return tiled;
  }

  static Kernel create(NodeContext node) {
    ChannelsLastConvTranspose op = (ChannelsLastConvTranspose) node.operator();
    Tensor w = node.constant(1);
    Tensor bias = node.constant(2);
    Tensor slopes = node.constant(4);
    int[] shape = node.shape(0);
    boolean supported =
        node.allFloat()
            && w != null
            && (!node.hasInput(2) || bias != null)
            && (!node.hasInput(4) || slopes != null)
            && shape.length <= 4
            && w.dim(0) == shape[shape.length - 1];
    if (!supported) {
      return null;
    }
    Geometry g = op.conv().geometry(ConvKernels.channelsFirst(shape), w.shape());
    return new ConvTransposeKernel(node, w, bias, slopes, ConvKernels.image(g));
  }

  /** W [C, M/group, rows, columns] as matrices C/group × (column, M/group). */
  private static PackedMatrix[] pack(Tensor w, int group, int rows, int columns) {
    int perGroup = w.dim(1);
    int k = w.dim(0) / group;
    int n = columns * perGroup;
    float[] source = w.floatArray();
    PackedMatrix[] packed = new PackedMatrix[rows * group];
    float[] matrix = new float[k * n];
    for (int row = 0; row < rows; row++) {
      for (int g = 0; g < group; g++) {
        for (int c = 0; c < k; c++) {
          for (int j = 0; j < n; j++) {
            int m = j % perGroup;
            int at = (((g * k + c) * perGroup + m) * rows + row) * columns + j / perGroup;
            matrix[c * n + j] = source[w.arrayOffset() + at];
          }
        }
        packed[row * group + g] = PackedMatrix.pack(matrix, 0, n, 1, k, n);
      }
    }
    return packed;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = out[0];
    workers.run(this, products.length, 1);
  }

  /** Parts of the output rows of all images. */
  @Override
  public void run(int from, int to) {
    long rows = (long) images * window.inHeight();
    for (int part = from; part < to; part++) {
      int end = (int) (rows * (part + 1) / products.length);
      for (int row = (int) (rows * part / products.length); row < end; row++) {
        if (sideBySide) {
          product(row / window.kernelHeight(), row % window.kernelHeight(), row);
        } else {
          row(row / window.inHeight(), row % window.inHeight(), products[part]);
        }
      }
    }
  }

  /** The output row that an input row and a kernel row give, rows counted over all images. */
  private void product(int xRow, int ky, int yRow) {
    simd.gemm(
        x.floatArray(),
        x.arrayOffset() + xRow * window.outWidth() * channels,
        channels,
        weights[ky],
        y.floatArray(),
        y.arrayOffset() + yRow * window.inWidth() * perGroup,
        weights[ky].n(),
        window.outWidth(),
        epilogue);
  }

  private void row(int image, int yRow, float[] product) {
    int outputs = perGroup * group;
    float[] results = y.floatArray();
    int width = window.inWidth() * outputs;
    int at = y.arrayOffset() + (image * window.inHeight() + yRow) * width;
    for (int i = 0; i < width; i += outputs) {
      System.arraycopy(bias, 0, results, at + i, outputs);
    }
    for (int ky = 0; ky < window.kernelHeight(); ky++) {
      int shifted = yRow + window.padTop() - ky * window.dilationHeight();
      int xRow = Math.floorDiv(shifted, window.strideHeight());
      boolean meets =
          xRow * window.strideHeight() == shifted && xRow >= 0 && xRow < window.outHeight();
      for (int g = 0; meets && g < group; g++) {
        PackedMatrix w = weights[ky * group + g];
        int xAt =
            x.arrayOffset()
                + (image * window.outHeight() + xRow) * window.outWidth() * channels
                + g * (channels / group);
        simd.gemm(
            x.floatArray(), xAt, channels, w, product, 0, w.n(), window.outWidth(), Epilogue.NONE);
        scatter(product, results, at + g * perGroup);
      }
    }
    if (activation.op() != UnaryFunction.Op.IDENTITY) {
      simd.unary(activation, results, at, results, at, width);
    }
    if (slopes != null) {
      simd.binary(
          BinaryOp.PRELU,
          results,
          at,
          outputs,
          slopes,
          0,
          0,
          results,
          at,
          outputs,
          window.inWidth(),
          outputs);
    }
  }

  /** Adds the product of a row of inputs to a row of outputs. */
  private void scatter(float[] product, float[] results, int at) {
    int outputs = perGroup * group;
    int n = window.kernelWidth() * perGroup;
    for (int kx = 0; kx < window.kernelWidth(); kx++) {
      int shift = kx * window.dilationWidth() - window.padLeft();
      for (int i = 0; i < window.outWidth(); i++) {
        int column = i * window.strideWidth() + shift;
        if (column >= 0 && column < window.inWidth()) {
          add(product, i * n + kx * perGroup, results, at + column * outputs, perGroup);
        }
      }
    }
  }

  private static void add(float[] from, int fromAt, float[] to, int toAt, int n) {
    for (int m = 0; m < n; m++) {
      to[toAt + m] += from[fromAt + m];
    }
  }
}
