package dev.sardonyx.runtime.kernel;

import dev.sardonyx.op.Broadcast;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * MatMul of two float32 tensors that both change with every run, as in attention: for every matrix
 * of the batch the right operand is packed into scratch memory, then multiplied. Batches are split
 * over threads. (A constant right operand becomes a {@code Linear} when lowering.)
 */
final class MatMulKernel implements Kernel, Workers.RangeTask {
  private final Kernels simd;
  private final Workers workers;
  private final int m;
  private final int k;
  private final int n;
  private final int[] aBatches;
  private final int[] bBatches;

  /** Packed right operands, one per part of the batch that threads work on. */
  private final PackedMatrix[] scratch;

  private Tensor a;
  private Tensor b;
  private Tensor y;

  private MatMulKernel(NodeContext node, int[] aShape, int[] bShape) {
    simd = node.simd();
    workers = node.workers();
    m = aShape[aShape.length - 2];
    k = aShape[aShape.length - 1];
    n = bShape[bShape.length - 1];
    int[] aBatch = Arrays.copyOf(aShape, aShape.length - 2);
    int[] bBatch = Arrays.copyOf(bShape, bShape.length - 2);
    int[] batch = Broadcast.shape(aBatch, bBatch);
    aBatches = Broadcast.positions(aBatch, batch);
    bBatches = Broadcast.positions(bBatch, batch);
    scratch = new PackedMatrix[Math.min(workers.threads(), Math.max(1, aBatches.length))];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = PackedMatrix.over(new float[PackedMatrix.size(k, n)], 0, k, n);
    }
  }

  static Kernel create(NodeContext node) {
    if (node.dtype(0) == DType.DOUBLE) {
      return DoubleMatMulKernel.create(node);
    }
    if (!node.allFloat() || node.shape(0).length < 1 || node.shape(1).length < 1) {
      return null;
    }
    int[] a = node.shape(0);
    int[] b = node.shape(1);
    // A vector is a matrix of one row on the left and of one column on the right.
    int[] aMatrix = a.length == 1 ? new int[] {1, a[0]} : a;
    int[] bMatrix = b.length == 1 ? new int[] {b[0], 1} : b;
    return new MatMulKernel(node, aMatrix, bMatrix);
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    a = in[0];
    b = in[1];
    y = out[0];
    workers.run(this, scratch.length, 1);
  }

  /** Parts of the batch: part p of P takes matrices p·N/P to (p+1)·N/P. */
  @Override
  public void run(int from, int to) {
    for (int part = from; part < to; part++) {
      int first = (int) ((long) aBatches.length * part / scratch.length);
      int last = (int) ((long) aBatches.length * (part + 1) / scratch.length);
      int packedFrom = -1;
      for (int i = first; i < last; i++) {
        if (bBatches[i] != packedFrom) {
          scratch[part].fill(b.floatArray(), b.arrayOffset() + bBatches[i] * k * n, n, 1);
          packedFrom = bBatches[i];
        }
        simd.gemm(
            a.floatArray(),
            a.arrayOffset() + aBatches[i] * m * k,
            k,
            scratch[part],
            y.floatArray(),
            y.arrayOffset() + i * m * n,
            n,
            m,
            Epilogue.NONE);
      }
    }
  }
}
