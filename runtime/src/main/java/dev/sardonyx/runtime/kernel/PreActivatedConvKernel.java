package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.lowering.PreActivatedConv;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.runtime.simd.UnaryFunction.Op;
import dev.sardonyx.tensor.Tensor;

/**
 * {@link PreActivatedConv}: a strip of pixels is joined, scaled and activated in a buffer that
 * stays in the second-level cache, and multiplied with the packed weights.
 */
final class PreActivatedConvKernel implements Kernel, Im2ColConvKernel.Rows {
  private final Kernel product;
  private final Kernels simd;
  private final UnaryFunction activation;

  /** Constants, or null where there is no sum: the scales are input 4 then. */
  private final float[] scale;

  private final float[] shift;

  /** From the scales of an image to those of the next: 0 if all have the same. */
  private final int scaleStep;

  /** Channels of every image. */
  private final int[] widths;

  private final int channels;
  private final int pixels;
  private Tensor[] in;

  private PreActivatedConvKernel(NodeContext node, PreActivatedConv op, Tensor w, Tensor bias) {
    simd = node.simd();
    activation = op.activation();
    channels = w.dim(1);
    scaleStep = Tensor.sizeOf(node.shape(4)) == channels ? 0 : channels;
    scale = node.hasInput(5) ? node.constant(4).toFloats() : null;
    shift = node.hasInput(5) ? node.constant(5).toFloats() : null;
    widths = new int[1 + Math.max(0, node.inputs().size() - PreActivatedConv.FURTHER)];
    for (int i = 0; i < widths.length; i++) {
      int[] shape = node.shape(input(i));
      widths[i] = shape[shape.length - 1];
    }
    int[] xShape = node.shape(0);
    xShape[xShape.length - 1] = channels;
    pixels = Tensor.sizeOf(xShape) / Math.max(1, xShape[0] * channels);
    product =
        new Im2ColConvKernel(
            node,
            w,
            1,
            ConvKernels.window(op.conv(), xShape, w.shape()),
            this,
            Epilogue.of(bias == null ? null : bias.toFloats(), op.conv().activation()),
            0,
            w.dim(0));
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
        && (!node.hasInput(5) || node.constant(4) != null && node.constant(5) != null);
  }

  /** The input of the node that is image {@code i}. */
  private static int input(int i) {
    return i == 0 ? 0 : PreActivatedConv.FURTHER + i - 1;
  }

  @Override
  public void run(Tensor[] inputs, Tensor[] out) {
    in = inputs;
    product.run(inputs, out);
  }

  @Override
  public void layOut(float[] strip, int image, int from, int to) {
    int rows = to - from;
    int column = 0;
    for (int i = 0; i < widths.length; i++) {
      int width = widths[i];
      Tensor x = in[input(i)];
      int at = x.arrayOffset() + (image * pixels + from) * width;
      if (shift == null) {
        scale(x.floatArray(), at, image, strip, column, rows, width);
      } else {
        simd.scaleShift(
            x.floatArray(),
            at,
            width,
            scale,
            shift,
            column,
            activation.lowest(),
            activation.highest(),
            strip,
            column,
            channels,
            rows,
            width);
      }
      column += width;
    }
    boolean isDone = shift == null ? activation.op() == Op.IDENTITY : activation.clips();
    if (!isDone) {
      simd.unary(activation, strip, 0, strip, 0, rows * channels);
    }
  }

  private void scale(float[] x, int at, int image, float[] strip, int column, int rows, int width) {
    Tensor scales = in[4];
    int scaleAt = scales.arrayOffset() + image * scaleStep + column;
    simd.binary(
        BinaryOp.MUL,
        x,
        at,
        width,
        scales.floatArray(),
        scaleAt,
        0,
        strip,
        column,
        channels,
        rows,
        width);
  }
}
