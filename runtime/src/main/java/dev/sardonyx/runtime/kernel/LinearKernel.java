package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.Linear;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.tensor.Tensor;

/**
 * {@link Linear}: GEMM with packed weights, split over rows or, when these are fewer, columns: what
 * is less is better read by every thread, and partial tiles of rows stay as many as they are.
 */
final class LinearKernel implements Kernel, Workers.RangeTask {
  /** Multiplications worth a thread of their own. */
  private static final int GRAIN = 100_000;

  /** Fewer rows are not worth reading the weights once more. */
  private static final int CHUNK_ROWS = 72;

  /** Fewer panels of columns are not worth reading the rows once more. */
  private static final int CHUNK_PANELS = 4;

  private final Kernels simd;
  private final Workers workers;
  private final PackedMatrix weights;
  private final Epilogue epilogue;
  private final int rows;
  private final boolean splitRows;
  private Tensor x;
  private Tensor y;
  private Tensor residual;

  private LinearKernel(NodeContext node, PackedMatrix weights, Epilogue epilogue) {
    simd = node.simd();
    workers = node.workers();
    this.weights = weights;
    this.epilogue = epilogue;
    rows = Tensor.sizeOf(node.outputShape(0)) / Math.max(1, weights.n());
    boolean manyColumns =
        weights.n() > rows && weights.panels() >= CHUNK_PANELS * workers.threads();
    splitRows = rows >= 16 * workers.threads() && !manyColumns;
  }

  static Kernel create(NodeContext node) {
    Linear op = (Linear) node.operator();
    if (!supports(node)) {
      return null;
    }
    return new LinearKernel(node, packed(node), ConvKernels.epilogue(node, op.activation()));
  }

  private static boolean supports(NodeContext node) {
    return node.allFloat()
        && node.constant(1) != null
        && (!node.hasInput(2) || node.constant(2) != null)
        && (!node.hasInput(4) || node.constant(4) != null);
  }

  private static PackedMatrix packed(NodeContext node) {
    boolean transposed = ((Linear) node.operator()).transposed();
    Tensor w = node.constant(1);
    return node.packed()
        .matrix(w, w.dim(transposed ? 1 : 0), w.dim(transposed ? 0 : 1), transposed);
  }

  /** See {@link KernelTable#prepack}. */
  static boolean prepack(NodeContext node) {
    if (!supports(node)) {
      return false;
    }
    packed(node);
    return true;
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    residual = in.length > 3 ? in[3] : null;
    y = out[0];
    long macs = (long) weights.k() * weights.n();
    if (splitRows) {
      int worth = Math.min(CHUNK_ROWS, rows / workers.threads());
      workers.runInChunks(this, rows, (int) Math.max(worth, GRAIN / Math.max(1, macs)));
    } else {
      long perPanel = (long) rows * weights.k() * PackedMatrix.PANEL;
      int worth = Math.max(1, Math.min(CHUNK_PANELS, weights.panels() / workers.threads()));
      workers.runInChunks(
          this, weights.panels(), (int) Math.max(worth, GRAIN / Math.max(1, perPanel)));
    }
  }

  @Override
  public void run(int from, int to) {
    simd.gemm(
        x.floatArray(),
        x.arrayOffset(),
        weights.k(),
        weights,
        y.floatArray(),
        y.arrayOffset(),
        weights.n(),
        splitRows ? from : 0,
        splitRows ? to : rows,
        splitRows ? 0 : from,
        splitRows ? weights.panels() : to,
        epilogue,
        residual == null ? null : residual.floatArray(),
        residual == null ? 0 : residual.arrayOffset());
  }
}
