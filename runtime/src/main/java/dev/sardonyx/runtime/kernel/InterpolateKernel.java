package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.vision.Resize;
import dev.sardonyx.op.vision.Resize.Interpolation;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Resize by linear or cubic interpolation: one axis after the other, each as sums of weighted rows,
 * or of single elements along the last axis.
 */
final class InterpolateKernel implements Kernel {
  /** Elements of a row that are summed at a time, so that they stay in the nearest cache. */
  private static final int BLOCK = 2048;

  private final Workers workers;
  private final Scratch scratch;
  private final Pass[] passes;

  private InterpolateKernel(NodeContext node, List<Interpolation> axes) {
    workers = node.workers();
    scratch = node.scratch();
    int[] shape = node.shape(0);
    List<Pass> all = new ArrayList<>();
    for (int d = 0; d < shape.length; d++) {
      if (axes.get(d) != null) {
        int inner = 1;
        for (int i = d + 1; i < shape.length; i++) {
          inner *= shape[i];
        }
        shape[d] = axes.get(d).to();
        int size = Tensor.sizeOf(shape);
        int parts = Math.max(1, Math.min(workers.threads(), size / UnaryKernel.GRAIN));
        scratch.reserve(parts, Math.min(inner, BLOCK));
        all.add(new Pass(node.simd(), axes.get(d), inner, size, parts));
      }
    }
    passes = all.toArray(Pass[]::new);
    for (int i = 0; i + 1 < passes.length; i++) {
      passes[i].y = new float[passes[i].size];
    }
  }

  static Kernel create(NodeContext node) {
    Resize op = (Resize) node.operator();
    if (op.mode() == Resize.Mode.NEAREST) {
      return SelectKernel.resize(node);
    }
    Tensor scales = node.constant(2);
    Tensor sizes = node.constant(3);
    boolean known = scales != null && scales.size() > 0 || sizes != null;
    boolean supported =
        known
            && node.dtype(0) == node.outputs().get(0).dtype()
            && node.dtype(0) == DType.FLOAT
            && op.coordinates() != Resize.Coordinates.TF_CROP_AND_RESIZE
            && Tensor.sizeOf(node.shape(0)) > 0
            && Tensor.sizeOf(node.outputShape(0)) > 0;
    if (!supported) {
      return null;
    }
    List<Interpolation> axes = op.interpolations(node.shape(0), scales, sizes);
    boolean changes = axes.stream().anyMatch(Objects::nonNull);
    return changes ? new InterpolateKernel(node, axes) : null;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    float[] x = in[0].floatArray();
    int xAt = in[0].arrayOffset();
    Pass last = passes[passes.length - 1];
    last.y = out[0].floatArray();
    last.yAt = out[0].arrayOffset();
    float[][] memory = scratch.arrays();
    for (Pass pass : passes) {
      pass.x = x;
      pass.xAt = xAt;
      pass.memory = memory;
      workers.run(pass, pass.parts, 1);
      x = pass.y;
      xAt = pass.yAt;
    }
  }

  /** One axis. */
  private static final class Pass implements Workers.RangeTask {
    private final Kernels simd;
    private final Interpolation axis;

    /** Elements that lie together for each index of the axis. */
    private final int inner;

    /** Elements of the result. */
    private final int size;

    private final int parts;
    private float[][] memory;
    private float[] x;
    private int xAt;
    private float[] y;
    private int yAt;

    Pass(Kernels simd, Interpolation axis, int inner, int size, int parts) {
      this.simd = simd;
      this.axis = axis;
      this.inner = inner;
      this.size = size;
      this.parts = parts;
    }

    /** Parts of the rows of the result. */
    @Override
    public void run(int from, int to) {
      long rows = size / inner;
      for (int part = from; part < to; part++) {
        for (int row = (int) (rows * part / parts); row < rows * (part + 1) / parts; row++) {
          int first = xAt + row / axis.to() * axis.from() * inner;
          int tap = row % axis.to() * axis.taps();
          if (inner == 1) {
            element(yAt + row, first, tap);
          } else {
            row(yAt + row * inner, first, tap, memory[part]);
          }
        }
      }
    }

    private void element(int to, int first, int tap) {
      float sum = axis.weights()[tap] * x[first + axis.sources()[tap]];
      for (int k = tap + 1; k < tap + axis.taps(); k++) {
        sum += axis.weights()[k] * x[first + axis.sources()[k]];
      }
      y[to] = sum;
    }

    private void row(int to, int first, int tap, float[] weighted) {
      for (int block = 0; block < inner; block += BLOCK) {
        int n = Math.min(BLOCK, inner - block);
        int at = to + block;
        for (int k = tap; k < tap + axis.taps(); k++) {
          int source = first + axis.sources()[k] * inner + block;
          float weight = axis.weights()[k];
          if (k == tap) {
            simd.binaryScalar(BinaryOp.MUL, x, source, weight, y, at, n);
          } else {
            simd.binaryScalar(BinaryOp.MUL, x, source, weight, weighted, 0, n);
            simd.binary(BinaryOp.ADD, y, at, weighted, 0, y, at, n);
          }
        }
      }
    }
  }
}
