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
 * over threads or, when there are fewer than threads, the rows of each matrix. (A constant right
 * operand becomes a {@code Linear} when lowering.)
 */
final class MatMulKernel implements Kernel, Workers.RangeTask {
  /** Multiplications worth a thread of their own. */
  private static final int GRAIN = 100_000;

  /** Fewer rows are not worth reading the right operand once more. */
  private static final int CHUNK_ROWS = 24;

  private final Kernels simd;
  private final Workers workers;
  private final int m;
  private final int k;
  private final int n;
  private final int[] aBatches;
  private final int[] bBatches;

  /** Packed right operands, one per part of the batch that threads work on. */
  private final PackedMatrix[] scratch;

  private final Workers.RangeTask rows = this::multiply;
  private Tensor a;
  private Tensor b;
  private Tensor y;

  /** The matrix of the batch whose rows are split. */
  private int matrix;

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
    if (aBatches.length >= workers.threads()) {
      workers.run(this, scratch.length, 1);
      return;
    }
    long grain = Math.max(CHUNK_ROWS, GRAIN / Math.max(1, (long) k * n));
    for (matrix = 0; matrix < aBatches.length; matrix++) {
      pack(scratch[0], matrix);
      workers.runInChunks(rows, m, (int) grain);
    }
  }

  private void multiply(int from, int to) {
    multiply(scratch[0], matrix, from, to);
  }

  /** Parts of the batch: part p of P takes matrices p·N/P to (p+1)·N/P. */
  @Override
  public void run(int from, int to) {
    for (int part = from; part < to; part++) {
      int first = (int) ((long) aBatches.length * part / scratch.length);
      int last = (int) ((long) aBatches.length * (part + 1) / scratch.length);
      int packed = -1;
      for (int i = first; i < last; i++) {
        if (bBatches[i] != packed) {
          pack(scratch[part], i);
          packed = bBatches[i];
        }
        multiply(scratch[part], i, 0, m);
      }
    }
  }

  private void pack(PackedMatrix packed, int i) {
    simd.pack(b.floatArray(), b.arrayOffset() + bBatches[i] * k * n, n, packed);
  }

  private void multiply(PackedMatrix packed, int i, int rowFrom, int rowTo) {
    simd.gemm(
        a.floatArray(),
        a.arrayOffset() + aBatches[i] * m * k,
        k,
        packed,
        y.floatArray(),
        y.arrayOffset() + i * m * n,
        n,
        rowFrom,
        rowTo,
        0,
        packed.panels(),
        Epilogue.NONE,
        null,
        0);
  }
}
