package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.nn.ConvTranspose;
import dev.sardonyx.op.nn.Window.Geometry;
import dev.sardonyx.op.nn.Window.Run;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/**
 * ConvTranspose with channels first, of any number of spatial dimensions and with weights that may
 * change: what was not lowered to channels last. For each output channel the weights [taps,
 * C/group] times the image [C/group, pixels], of which every row is added where its tap falls, in
 * the order of the taps.
 */
final class PlainConvTransposeKernel implements Kernel, Workers.RangeTask {
  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;

  /** Of the convolution this is the transpose of: its inputs are our outputs. */
  private final List<Run> runs;

  private final int step;
  private final int taps;
  private final int images;
  private final int group;
  private final int channels;
  private final int outputs;
  private final int inPixels;
  private final int outPixels;
  private final int parts;

  /** Weights [group, output, tap, channel], and whether they are there already. */
  private final float[] weights;

  private final boolean isConstant;

  /** The image of one group. */
  private final PackedMatrix image;

  private Tensor x;
  private Tensor bias;
  private Tensor y;
  private float[][] products;
  private int number;
  private int ofGroup;

  private PlainConvTransposeKernel(NodeContext node, int[] xShape, int[] wShape) {
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    ConvTranspose op = (ConvTranspose) node.operator();
    Geometry geometry = op.geometry(xShape, wShape);
    runs = geometry.runs();
    step = geometry.runStep();
    taps = geometry.kernelSize();
    images = xShape[0];
    group = op.group();
    channels = xShape[1] / group;
    outputs = wShape[1];
    inPixels = geometry.outputSize();
    outPixels = geometry.inputSize();
    parts = Math.min(workers.threads(), outputs);
    scratch.reserve(parts, taps * inPixels);
    Tensor w = node.constant(1);
    isConstant = w != null;
    weights =
        isConstant
            ? node.packed().get(w, "by output and tap", float[].class, () -> arranged(w))
            : new float[Tensor.sizeOf(wShape)];
    float[] memory = new float[PackedMatrix.size(channels, inPixels)];
    image = PackedMatrix.over(memory, 0, channels, inPixels);
  }

  static Kernel create(NodeContext node) {
    int[] xShape = node.shape(0);
    int[] wShape = node.shape(1);
    boolean supported =
        node.allFloat()
            && wShape.length > 2
            && Tensor.sizeOf(xShape) > 0
            && Tensor.sizeOf(wShape) > 0
            && Tensor.sizeOf(node.outputShape(0)) > 0
            && wShape[0] == xShape[1];
    return supported ? new PlainConvTransposeKernel(node, xShape, wShape) : null;
  }

  private float[] arranged(Tensor w) {
    float[] to = new float[w.size()];
    arrange(w, to);
    return to;
  }

  /** From [C, M/group, taps]. */
  private void arrange(Tensor w, float[] to) {
    float[] from = w.floatArray();
    int columns = outputs * taps;
    for (int g = 0; g < group; g++) {
      for (int column = 0; column < columns; column++) {
        int at = w.arrayOffset() + g * channels * columns + column;
        int toAt = (g * columns + column) * channels;
        for (int c = 0; c < channels; c++) {
          to[toAt + c] = from[at + c * columns];
        }
      }
    }
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    bias = in.length > 2 ? in[2] : null;
    y = out[0];
    products = scratch.arrays();
    if (!isConstant) {
      arrange(in[1], weights);
    }
    for (number = 0; number < images; number++) {
      for (ofGroup = 0; ofGroup < group; ofGroup++) {
        int at = x.arrayOffset() + (number * group + ofGroup) * channels * inPixels;
        image.fill(x.floatArray(), at, inPixels, 1);
        workers.run(this, parts, 1);
      }
    }
  }

  /** Parts of the output channels of one group of one image. */
  @Override
  public void run(int from, int to) {
    for (int part = from; part < to; part++) {
      int end = outputs * (part + 1) / parts;
      for (int m = outputs * part / parts; m < end; m++) {
        output(ofGroup * outputs + m, products[part]);
      }
    }
  }

  private void output(int m, float[] product) {
    int wAt = m * taps * channels;
    simd.gemm(weights, wAt, channels, image, product, 0, inPixels, taps, Epilogue.NONE);
    float[] to = y.floatArray();
    int yAt = y.arrayOffset() + (number * group * outputs + m) * outPixels;
    Arrays.fill(to, yAt, yAt + outPixels, bias == null ? 0f : bias.getFloat(m));
    for (int i = 0; i < runs.size(); i++) {
      Run r = runs.get(i);
      add(product, r.kernel() * inPixels + r.output(), to, yAt + r.input(), step, r.count());
    }
  }

  private static void add(float[] from, int fromAt, float[] to, int toAt, int step, int count) {
    for (int j = 0; j < count; j++) {
      to[toAt + j * step] += from[fromAt + j];
    }
  }
}
