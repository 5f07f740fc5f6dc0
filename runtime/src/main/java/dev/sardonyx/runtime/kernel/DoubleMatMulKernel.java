package dev.sardonyx.runtime.kernel;

import dev.sardonyx.graph.Shape;
import dev.sardonyx.op.Broadcast;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedDoubles;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * MatMul of float64: a constant right operand is packed once, another one for every matrix of the
 * batch. Each product is split over rows.
 */
final class DoubleMatMulKernel implements Kernel, Workers.RangeTask {
  /** Multiplications worth a thread of their own. */
  private static final int GRAIN = 50_000;

  private final Kernels simd;
  private final Workers workers;
  private final int rows;
  private final int[] aBatches;
  private final int[] bBatches;
  private final boolean isPacked;
  private final PackedDoubles right;
  private Tensor a;
  private Tensor y;
  private int aAt;
  private int yAt;

  private DoubleMatMulKernel(NodeContext node, int[] aShape, int[] bShape) {
    simd = node.simd();
    workers = node.workers();
    int k = aShape[aShape.length - 1];
    int n = bShape[bShape.length - 1];
    Tensor weights = node.constant(1);
    isPacked = weights != null && bShape.length == 2;
    int[] aBatch = Arrays.copyOf(aShape, aShape.length - 2);
    int[] bBatch = Arrays.copyOf(bShape, bShape.length - 2);
    if (bShape.length == 2) {
      // All matrices on the left are one.
      rows = Tensor.sizeOf(aBatch) * aShape[aShape.length - 2];
      aBatches = new int[1];
      bBatches = new int[1];
    } else {
      rows = aShape[aShape.length - 2];
      int[] batch = Broadcast.shape(aBatch, bBatch);
      aBatches = Broadcast.positions(aBatch, batch);
      bBatches = Broadcast.positions(bBatch, batch);
    }
    right = isPacked ? packed(node, k, n) : new PackedDoubles(k, n);
  }

  static Kernel create(NodeContext node) {
    int[] a = node.shape(0);
    int[] b = node.shape(1);
    boolean doubles = node.dtype(0) == DType.DOUBLE && node.dtype(1) == DType.DOUBLE;
    if (!doubles || a.length == 0 || b.length == 0) {
      return null;
    }
    int[] aMatrix = a.length == 1 ? new int[] {1, a[0]} : a;
    int[] bMatrix = b.length == 1 ? new int[] {b[0], 1} : b;
    return new DoubleMatMulKernel(node, aMatrix, bMatrix);
  }

  /** See {@link KernelTable#prepack}. */
  static boolean prepack(NodeContext node) {
    Tensor weights = node.constant(1);
    Shape x = node.inputs().get(0).shape();
    boolean fits =
        node.dtype(0) == DType.DOUBLE
            && weights != null
            && weights.dtype() == DType.DOUBLE
            && weights.rank() == 2
            && x.hasRank()
            && x.rank() > 0;
    if (fits) {
      packed(node, weights.dim(0), weights.dim(1));
    }
    return fits;
  }

  private static PackedDoubles packed(NodeContext node, int k, int n) {
    Tensor w = node.constant(1);
    return node.packed().get(w, "float64", PackedDoubles.class, () -> pack(w, k, n));
  }

  private static PackedDoubles pack(Tensor weights, int k, int n) {
    Tensor content = Tensor.zeros(DType.DOUBLE, weights.shape());
    weights.read(0, content);
    PackedDoubles packed = new PackedDoubles(k, n);
    packed.fill(content.doubleArray(), content.arrayOffset());
    return packed;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    a = in[0];
    y = out[0];
    int size = right.k() * right.n();
    for (int i = 0; i < aBatches.length; i++) {
      if (!isPacked && (i == 0 || bBatches[i] != bBatches[i - 1])) {
        right.fill(in[1].doubleArray(), in[1].arrayOffset() + bBatches[i] * size);
      }
      aAt = a.arrayOffset() + aBatches[i] * rows * right.k();
      yAt = y.arrayOffset() + i * rows * right.n();
      workers.run(this, rows, Math.max(4, GRAIN / Math.max(1, size)));
    }
  }

  /** Rows of one product. */
  @Override
  public void run(int from, int to) {
    int k = right.k();
    int n = right.n();
    simd.gemm(a.doubleArray(), aAt, k, right, y.doubleArray(), yAt, n, from, to);
  }
}
