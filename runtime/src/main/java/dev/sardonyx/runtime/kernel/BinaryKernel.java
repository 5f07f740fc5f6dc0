package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Broadcast;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.DoubleBinary;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * An element-wise function of two float32 or float64 tensors that broadcast.
 *
 * <p>Dimensions that behave alike are merged; what is left is a number of rows, each of which is
 * two rows, or a row and a single number, combined.
 */
final class BinaryKernel implements Kernel, Workers.RangeTask {
  private final BinaryOp op;
  private final Kernels simd;
  private final Workers workers;

  /** Merged extents of the output, and the steps of both operands along them (0 = repeated). */
  private final int[] extents;

  private final int[] xStrides;
  private final int[] yStrides;
  private Tensor x;
  private Tensor y;
  private Tensor z;

  private BinaryKernel(BinaryOp op, NodeContext node) {
    this.op = op;
    this.simd = node.simd();
    this.workers = node.workers();
    BroadcastRows rows = new BroadcastRows(node.outputShape(0), node.shape(0), node.shape(1));
    extents = rows.extents();
    xStrides = rows.strides(0);
    yStrides = rows.strides(1);
  }

  static KernelFactory factory(BinaryOp op) {
    return node -> supports(op, node) ? new BinaryKernel(op, node) : null;
  }

  private static boolean supports(BinaryOp op, NodeContext node) {
    if (node.inputs().size() != 2) {
      return false;
    }
    boolean doubles = node.dtype(0) == DType.DOUBLE && node.dtype(1) == DType.DOUBLE;
    return node.allFloat() || doubles && DoubleBinary.supports(op);
  }

  /** PRelu, whose slope, unlike other operands, broadcasts to x but not the other way round. */
  static KernelFactory prelu() {
    KernelFactory factory = factory(BinaryOp.PRELU);
    return node -> {
      int[] shape = node.shape(0);
      boolean fits = Arrays.equals(Broadcast.shape(shape, node.shape(1)), shape);
      return fits ? factory.create(node) : null;
    };
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    y = in[1];
    z = out[0];
    int row = extents[0];
    if (extents.length == 1) {
      workers.run(this, row, UnaryKernel.GRAIN);
    } else if (row > 0) {
      workers.run(this, z.size() / row, Math.max(1, UnaryKernel.GRAIN / row));
    }
  }

  @Override
  public void run(int from, int to) {
    if (extents.length == 1) {
      row(xStrides[0] * from, yStrides[0] * from, from, to - from);
      return;
    }
    int inner = extents.length == 2 ? to - from : extents[1];
    int r = from;
    while (r < to) {
      int xAt = 0;
      int yAt = 0;
      int rest = r;
      for (int d = 1; d < extents.length; d++) {
        int i = rest % extents[d];
        xAt += i * xStrides[d];
        yAt += i * yStrides[d];
        rest /= extents[d];
      }
      int count = Math.min(to - r, inner - r % extents[1]);
      if (extents.length == 2) {
        count = to - r;
      }
      rows(xAt, yAt, r * extents[0], count);
      r += count;
    }
  }

  /** Rows that follow one another along dimension 1. */
  private void rows(int xAt, int yAt, int zAt, int count) {
    int n = extents[0];
    if (xStrides[0] == 1 && yStrides[0] == 1 && z.dtype() == DType.FLOAT) {
      simd.binary(
          op,
          x.floatArray(),
          x.arrayOffset() + xAt,
          xStrides[1],
          y.floatArray(),
          y.arrayOffset() + yAt,
          yStrides[1],
          z.floatArray(),
          z.arrayOffset() + zAt,
          n,
          count,
          n);
      return;
    }
    for (int i = 0; i < count; i++) {
      row(xAt + i * xStrides[1], yAt + i * yStrides[1], zAt + i * n, n);
    }
  }

  private void row(int xAt, int yAt, int zAt, int n) {
    int xo = x.arrayOffset() + xAt;
    int yo = y.arrayOffset() + yAt;
    int zo = z.arrayOffset() + zAt;
    if (z.dtype() == DType.DOUBLE) {
      double[] to = z.doubleArray();
      DoubleBinary.apply(
          op, x.doubleArray(), xo, xStrides[0], y.doubleArray(), yo, yStrides[0], to, zo, n);
      return;
    }
    float[] xs = x.floatArray();
    float[] ys = y.floatArray();
    if (xStrides[0] == 1 && yStrides[0] == 1) {
      simd.binary(op, xs, xo, ys, yo, z.floatArray(), zo, n);
    } else if (xStrides[0] == 1) {
      simd.binaryScalar(op, xs, xo, ys[yo], z.floatArray(), zo, n);
    } else if (yStrides[0] == 1) {
      simd.scalarBinary(op, xs[xo], ys, yo, z.floatArray(), zo, n);
    } else {
      // Only a single element repeats both.
      simd.binaryScalar(op, xs, xo, ys[yo], z.floatArray(), zo, n);
    }
  }
}
