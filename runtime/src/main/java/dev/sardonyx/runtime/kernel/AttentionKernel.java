package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.ScaledDotProductAttention;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * {@link ScaledDotProductAttention}: for each batch and head, K and V are packed; then block by
 * block of queries, whose scores stay in the nearest cache, scores, softmax and result follow each
 * other. Blocks of queries are split over threads.
 */
final class AttentionKernel implements Kernel, Workers.RangeTask {
  /** Scores of a block. */
  private static final int BLOCK = 6144;

  /** Rows of a block are a multiple of what the tiles of the product take. */
  private static final int ROWS = 24;

  /** Multiplications worth a thread of their own. */
  private static final int GRAIN = 100_000;

  /** An operand as a batch of matrices: where each begins, and the steps along rows and columns. */
  private static final class Matrices {
    private final int[] starts;
    private final int rowStep;
    private final int columnStep;
    private Tensor tensor;

    /**
     * @param shape the tensor's, with extents of 1 where it is broadcast
     * @param perm how its dimensions are to be ordered for the last two to be rows and columns
     * @param batch extents of the others
     */
    Matrices(int[] shape, int[] perm, int... batch) {
      int[] strides = Tensor.strides(shape);
      int[] steps = new int[perm.length];
      for (int d = 0; d < steps.length; d++) {
        steps[d] = shape[perm[d]] == 1 ? 0 : strides[perm[d]];
      }
      rowStep = steps[steps.length - 2];
      columnStep = shape[perm[perm.length - 1]] == 1 ? 1 : steps[steps.length - 1];
      starts = new int[Tensor.sizeOf(batch)];
      for (int i = 0; i < starts.length; i++) {
        int rest = i;
        for (int d = batch.length - 1; d >= 0; d--) {
          starts[i] += rest % batch[d] * steps[d];
          rest /= batch[d];
        }
      }
    }

    int at(int batch) {
      return tensor.arrayOffset() + starts[batch];
    }
  }

  /** What one part of the work writes to. */
  private static final class Scratch {
    private final PackedMatrix keys;
    private final PackedMatrix values;
    private final float[] scores;

    /** Rows filled up to whole panels of keys, which take no part. */
    private final float[] mask;

    Scratch(int rows, int size, int length, int width, int maskRows) {
      keys = PackedMatrix.over(new float[PackedMatrix.size(size, length)], 0, size, length);
      values = PackedMatrix.over(new float[PackedMatrix.size(length, width)], 0, length, width);
      int panels = keys.panels() * PackedMatrix.PANEL;
      scores = new float[rows * (panels + 1)];
      mask = new float[maskRows * panels];
      for (int row = 0; row < maskRows; row++) {
        Arrays.fill(mask, row * panels + length, (row + 1) * panels, Float.NEGATIVE_INFINITY);
      }
    }
  }

  private final Kernels simd;
  private final Workers workers;
  private final float scale;
  private final Matrices q;
  private final Matrices k;
  private final Matrices v;
  private final Matrices y;

  /** Null if there is no mask. */
  private final Matrices mask;

  private final int queries;
  private final int length;

  /** Queries in a block, blocks in a batch, blocks in all. */
  private final int rows;

  private final int blocks;
  private final int work;
  private final Scratch[] scratch;

  private AttentionKernel(NodeContext node, int[] batch, int queries, int size, int length) {
    ScaledDotProductAttention op = (ScaledDotProductAttention) node.operator();
    simd = node.simd();
    workers = node.workers();
    scale = op.scale();
    this.queries = queries;
    this.length = length;
    int rank = batch.length + 2;
    q = new Matrices(node.shape(0), op.permQ(), batch);
    k = new Matrices(node.shape(1), op.permK(), batch);
    v = new Matrices(node.shape(2), op.permV(), batch);
    y = new Matrices(node.outputShape(0), inverse(op.permY()), batch);
    mask = node.hasInput(3) ? mask(node.shape(3), rank, batch) : null;
    int width = node.shape(2)[op.permV()[rank - 1]];
    rows = Math.min(queries, Math.max(1, BLOCK / length / ROWS) * ROWS);
    blocks = (queries + rows - 1) / rows;
    work = blocks * Tensor.sizeOf(batch);
    long macs = (long) queries * length * (size + width) * Tensor.sizeOf(batch);
    scratch = new Scratch[(int) Math.min(workers.threads(), Math.min(work, 1 + macs / GRAIN))];
    for (int i = 0; i < scratch.length; i++) {
      scratch[i] = new Scratch(rows, size, length, width, hasMaskRows() ? rows : 1);
    }
  }

  private static int[] inverse(int[] perm) {
    int[] inverse = new int[perm.length];
    for (int i = 0; i < perm.length; i++) {
      inverse[perm[i]] = i;
    }
    return inverse;
  }

  private static Matrices mask(int[] shape, int rank, int... batch) {
    int[] all = new int[rank];
    Arrays.fill(all, 1);
    System.arraycopy(shape, 0, all, rank - shape.length, shape.length);
    int[] perm = new int[rank];
    Arrays.setAll(perm, d -> d);
    return new Matrices(all, perm, batch);
  }

  static Kernel create(NodeContext node) {
    ScaledDotProductAttention op = (ScaledDotProductAttention) node.operator();
    int[] q = ordered(node.shape(0), op.permQ());
    int[] k = ordered(node.shape(1), op.permK());
    int rank = q.length;
    boolean empty = Tensor.sizeOf(node.outputShape(0)) == 0 || Tensor.sizeOf(k) == 0;
    if (!node.allFloat() || empty) {
      return null;
    }
    return new AttentionKernel(
        node, Arrays.copyOf(q, rank - 2), q[rank - 2], q[rank - 1], k[rank - 1]);
  }

  private static int[] ordered(int[] shape, int[] perm) {
    return Arrays.stream(perm).map(p -> shape[p]).toArray();
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    q.tensor = in[0];
    k.tensor = in[1];
    v.tensor = in[2];
    y.tensor = out[0];
    if (mask != null) {
      mask.tensor = in[3];
    }
    workers.run(this, scratch.length, 1);
  }

  /** Parts of the work: part p of P takes blocks p·N/P to (p+1)·N/P. */
  @Override
  public void run(int from, int to) {
    for (int part = from; part < to; part++) {
      int first = (int) ((long) work * part / scratch.length);
      int last = (int) ((long) work * (part + 1) / scratch.length);
      int packed = -1;
      for (int i = first; i < last; i++) {
        int batch = i / blocks;
        if (batch != packed) {
          pack(batch, scratch[part]);
          packed = batch;
        }
        int row = i % blocks * rows;
        block(batch, row, Math.min(rows, queries - row), scratch[part]);
      }
    }
  }

  private void pack(int batch, Scratch s) {
    s.keys.fill(k.tensor.floatArray(), k.at(batch), k.rowStep, k.columnStep);
    s.values.fill(v.tensor.floatArray(), v.at(batch), v.rowStep, v.columnStep);
  }

  private void block(int batch, int row, int count, Scratch s) {
    int panels = s.keys.panels() * PackedMatrix.PANEL;
    if (mask != null) {
      for (int r = 0; r < (hasMaskRows() ? count : 1); r++) {
        int from = mask.at(batch) + (row + r) * mask.rowStep;
        System.arraycopy(mask.tensor.floatArray(), from, s.mask, r * panels, length);
      }
    }
    simd.attention(
        q.tensor.floatArray(),
        q.at(batch) + row * q.rowStep,
        q.rowStep,
        count,
        s.keys,
        scale,
        s.mask,
        0,
        hasMaskRows() ? panels : 0,
        s.values,
        s.scores,
        y.tensor.floatArray(),
        y.at(batch) + row * y.rowStep,
        y.rowStep);
  }

  /** Whether the mask has a row for each query. */
  private boolean hasMaskRows() {
    return mask != null && mask.rowStep != 0;
  }
}
