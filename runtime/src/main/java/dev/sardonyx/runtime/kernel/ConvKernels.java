package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.runtime.lowering.ChannelsLastConv;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/** Chooses the algorithm of a {@link ChannelsLastConv}, from attributes and shapes alone. */
final class ConvKernels {
  private ConvKernels() {}

  static Kernel create(NodeContext node) {
    ChannelsLastConv op = (ChannelsLastConv) node.operator();
    Tensor w = node.constant(1);
    Tensor bias = node.constant(2);
    int rank = node.shape(0).length;
    boolean supported =
        node.allFloat() && w != null && (!node.hasInput(2) || bias != null) && rank <= 4;
    if (!supported) {
      return null;
    }
    Epilogue epilogue = Epilogue.of(bias == null ? null : bias.toFloats(), op.activation());
    Window window = window(op, node.shape(0), w.shape());
    int group = op.conv().group();
    if (group > 1 && group == w.dim(0) && w.dim(1) == 1) {
      return new DepthwiseConvKernel(node, w, window, epilogue);
    }
    Kernel winograd = WinogradConvKernel.create(node, w, group, window, epilogue);
    if (winograd != null) {
      return winograd;
    }
    return new Im2ColConvKernel(node, w, group, window, epilogue);
  }

  /** The window over an image; a signal [N, D, C] is an image of height 1. */
  private static Window window(ChannelsLastConv op, int[] xShape, int[] wShape) {
    return image(op.conv().geometry(channelsFirst(xShape), wShape));
  }

  /** The shape [N, C, D1, …] of an image [N, D1, …, C]. */
  static int[] channelsFirst(int... shape) {
    int[] first = shape.clone();
    first[1] = shape[shape.length - 1];
    System.arraycopy(shape, 1, first, 2, shape.length - 2);
    return first;
  }

  /** A one- or two-dimensional geometry as that of an image. */
  static Window image(Geometry g) {
    boolean flat = g.input().length == 1;
    int w = flat ? 0 : 1;
    int[] pads = g.pads();
    return new Window(
        flat ? 1 : g.input()[0],
        g.input()[w],
        flat ? 1 : g.output()[0],
        g.output()[w],
        flat ? 1 : g.kernel()[0],
        g.kernel()[w],
        flat ? 1 : g.strides()[0],
        g.strides()[w],
        flat ? 1 : g.dilations()[0],
        g.dilations()[w],
        flat ? 0 : pads[0],
        pads[w],
        flat ? 0 : pads[2],
        pads[pads.length - 1]);
  }

  /** The {@link #matrix} of one group, packed. */
  static PackedMatrix pack(Tensor w, int group, int ofGroup) {
    int n = w.dim(0) / group;
    int k = w.size() / Math.max(1, w.dim(0));
    if (k == w.dim(1)) {
      // One kernel position: the weights are that matrix transposed.
      int offset = w.arrayOffset() + ofGroup * n * k;
      return PackedMatrix.pack(w.floatArray(), offset, 1, k, k, n);
    }
    return PackedMatrix.pack(matrix(w, group, ofGroup), 0, n, 1, k, n);
  }

  /**
   * The weights [M, C/group, kernel…] of one group as the right operand of a GEMM: row (kernel
   * position, channel), column output channel, row-major.
   */
  static float[] matrix(Tensor w, int group, int ofGroup) {
    int outputs = w.dim(0) / group;
    int channels = w.dim(1);
    int positions = Tensor.sizeOf(Arrays.copyOfRange(w.shape(), 2, w.rank()));
    float[] source = w.floatArray();
    float[] matrix = new float[positions * channels * outputs];
    for (int m = 0; m < outputs; m++) {
      for (int c = 0; c < channels; c++) {
        int at = w.arrayOffset() + ((ofGroup * outputs + m) * channels + c) * positions;
        for (int p = 0; p < positions; p++) {
          matrix[(p * channels + c) * outputs + m] = source[at + p];
        }
      }
    }
    return matrix;
  }
}
