package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.Conv;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.runtime.lowering.ChannelsLastConv;
import dev.sardonyx.runtime.lowering.ConcatConv;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.runtime.simd.Window;
import dev.sardonyx.tensor.Tensor;

/** Chooses the algorithm of a {@link ChannelsLastConv}, from attributes and shapes alone. */
public final class ConvKernels {
  /** Parts of a pixel's channels are whole vectors of any length. */
  private static final int VECTOR = 16;

  private ConvKernels() {}

  static Kernel create(NodeContext node) {
    if (!supports(node)) {
      return null;
    }
    ChannelsLastConv op = op(node);
    Tensor w = node.constant(1);
    Epilogue epilogue = epilogue(node, op.activation());
    Window window = window(op, node.shape(0), w.shape());
    int group = op.conv().group();
    if (isDepthwise(group, w)) {
      // Kernels may multiply weights by the zeros around the image, which must give zero.
      if (!isFinite(w)) {
        return null;
      }
      return WideDepthwiseConvKernel.fits(window)
          ? new WideDepthwiseConvKernel(node, w, window, epilogue)
          : new DepthwiseConvKernel(node, w, window, epilogue);
    }
    int m = WinogradConvKernel.outputTile(node, op.conv(), window);
    if (m == 0 && FirstLayerConvKernel.fits(op.conv(), w)) {
      return FirstLayerConvKernel.fits(window, w.dim(1))
          ? FirstLayerConvKernel.create(node, w, window, op.planes(), epilogue)
          : null;
    }
    int first = 0;
    int all = w.dim(0);
    boolean isPart = node.operator() instanceof ConcatConv;
    if (node.operator() instanceof ConcatConv part) {
      first = part.first();
      all = part.channels();
    }
    Kernel kernel =
        m > 0
            ? new WinogradConvKernel(node, w, m, window, epilogue, first, all)
            : new Im2ColConvKernel(node, w, group, window, null, epilogue, first, all);
    return isPart ? new ConcatConvKernel(kernel) : kernel;
  }

  /** Whether a convolution without residual can write its results between others' channels. */
  public static boolean canBePart(ChannelsLastConv op, Tensor w) {
    return w != null
        && w.rank() <= 4
        && op.conv().group() == 1
        && w.dim(0) % VECTOR == 0
        && !FirstLayerConvKernel.fits(op.conv(), w);
  }

  /** Whether the kernel of a convolution takes images channels first as well as channels last. */
  public static boolean readsPlanes(Conv conv, Tensor w) {
    return w != null && w.rank() <= 4 && FirstLayerConvKernel.fits(conv, w);
  }

  /** Whether a convolution is one that {@link DepthwiseBlockKernel} computes. */
  public static boolean isDepthwiseInBands(ChannelsLastConv op, Tensor w) {
    return isDepthwise(op.conv().group(), w)
        && w.dim(3) != WideDepthwiseConvKernel.WIDTH
        && isFinite(w);
  }

  /** Bias, the node's input 2, an activation, and slopes, its input 4. */
  static Epilogue epilogue(NodeContext node, UnaryFunction activation) {
    return new Epilogue(floats(node, 2), activation, floats(node, 4));
  }

  private static float[] floats(NodeContext node, int input) {
    Tensor t = node.constant(input);
    return t == null ? null : t.toFloats();
  }

  private static ChannelsLastConv op(NodeContext node) {
    return node.operator() instanceof ConcatConv part
        ? part.conv()
        : (ChannelsLastConv) node.operator();
  }

  private static boolean supports(NodeContext node) {
    Tensor w = node.constant(1);
    return node.allFloat()
        && w != null
        && w.rank() <= 4
        && (!node.hasInput(2) || node.constant(2) != null)
        && (!node.hasInput(4) || node.constant(4) != null);
  }

  private static boolean isDepthwise(int group, Tensor w) {
    return group > 1 && group == w.dim(0) && w.dim(1) == 1;
  }

  private static boolean isFinite(Tensor w) {
    for (int i = 0; i < w.size(); i++) {
      if (!Float.isFinite(w.getFloat(i))) {
        return false;
      }
    }
    return true;
  }

  /** See {@link KernelTable#prepack}. */
  static boolean prepack(NodeContext node) {
    ChannelsLastConv op = op(node);
    Tensor w = node.constant(1);
    if (!supports(node) || isDepthwise(op.conv().group(), w)) {
      return false;
    }
    int m = 0;
    if (WinogradConvKernel.fits(op.conv(), w)) {
      if (!node.inputs().get(0).shape().isStatic()) {
        return false;
      }
      m = WinogradConvKernel.outputTile(node, op.conv(), window(op, node.shape(0), w.shape()));
    }
    if (m > 0) {
      WinogradConvKernel.packed(node, w, m);
    } else {
      Im2ColConvKernel.packed(node, w, op.conv().group());
    }
    return true;
  }

  /** The window over an image; a signal [N, D, C] is an image of height 1. */
  static Window window(ChannelsLastConv op, int[] xShape, int[] wShape) {
    return image(op.conv().geometry(op.planes() ? xShape : channelsFirst(xShape), wShape));
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

  /**
   * The weights [M, C/group, kernel…] of one group as the right operand of a GEMM: row (kernel
   * position, channel), column output channel.
   */
  static PackedMatrix pack(WeightReader reader, Tensor w, int group, int ofGroup) {
    int n = w.dim(0) / group;
    int channels = w.dim(1);
    int k = w.size() / Math.max(1, w.dim(0));
    int first = ofGroup * n * k;
    if (k == channels) {
      // One kernel position: the weights are that matrix transposed.
      return reader.packTransposed(w, first, k, n);
    }
    int positions = k / Math.max(1, channels);
    PackedMatrix packed = reader.zeros(k, n);
    for (int panel = 0; panel < packed.panels(); panel++) {
      reader.read(w, first + panel * PackedMatrix.PANEL * k, packed.width(panel) * k);
      for (int p = 0; p < positions; p++) {
        int row = p * channels;
        packed.fill(panel, row, row + channels, reader.array(), reader.offset() + p, positions, k);
      }
    }
    return packed;
  }
}
