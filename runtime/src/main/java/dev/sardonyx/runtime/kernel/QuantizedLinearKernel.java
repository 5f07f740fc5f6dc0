package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.QuantizedLinear;
import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.UnaryFunction;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * {@link QuantizedLinear}: an {@link IntegerProduct}, then scales and epilogue, split by columns.
 */
final class QuantizedLinearKernel implements Kernel, Workers.RangeTask {
  /** Multiplications worth a thread of their own. */
  private static final int GRAIN = 100_000;

  /** Rows that go through the steps of the epilogue together, so that they stay in cache. */
  private static final int ROWS = 32;

  private final Kernels simd;
  private final Workers workers;
  private final Scratch scratch;
  private final IntegerProduct product;
  private final UnaryFunction activation;

  /** Minus zeros if there is none: adding one changes nothing. */
  private final float[] bias;

  private final int rows;
  private final int n;
  private final int parts;

  /** One for each column, and the same times the scale of the left operand. */
  private final float[] weightScale;

  private final float[] scale;
  private Tensor x;
  private Tensor y;
  private Tensor residual;

  private QuantizedLinearKernel(NodeContext node, PackedIntegers weights) {
    simd = node.simd();
    workers = node.workers();
    scratch = node.scratch();
    n = weights.n();
    rows = Tensor.sizeOf(node.outputShape(0)) / n;
    long macs = (long) rows * n * weights.k();
    int most = Math.min(workers.threads(), weights.panels());
    parts = (int) Math.max(1, Math.min(most, macs / GRAIN));
    product = new IntegerProduct(simd, weights, rows, parts, scratch);
    activation = ((QuantizedLinear) node.operator()).activation();
    if (node.constant(2) == null) {
      bias = new float[n];
      Arrays.fill(bias, -0f);
    } else {
      bias = node.constant(2).toFloats();
    }
    scale = new float[n];
    weightScale = new float[n];
    Tensor s = node.constant(QuantizedLinear.WEIGHT_SCALE);
    for (int j = 0; j < n; j++) {
      weightScale[j] = (float) s.getDouble(s.size() == 1 ? 0 : j);
    }
  }

  static Kernel create(NodeContext node) {
    return supports(node) ? new QuantizedLinearKernel(node, packed(node)) : null;
  }

  /** See {@link KernelTable#prepack}. */
  static boolean prepack(NodeContext node) {
    if (!supports(node)) {
      return false;
    }
    packed(node);
    return true;
  }

  private static boolean supports(NodeContext node) {
    Tensor w = node.constant(1);
    return w != null
        && w.size() > 0
        && node.constant(QuantizedLinear.WEIGHT_SCALE) != null
        && (!node.hasInput(2) || node.constant(2) != null)
        && (!node.hasInput(QuantizedLinear.ZERO) || node.constant(QuantizedLinear.ZERO) != null);
  }

  private static PackedIntegers packed(NodeContext node) {
    boolean exact = ((QuantizedLinear) node.operator()).exact();
    return PackedIntegers.of(
        node.packed(), node.constant(1), node.constant(QuantizedLinear.ZERO), exact);
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    x = in[0];
    residual = in[3];
    y = out[0];
    float s = in[QuantizedLinear.SCALE].floatArray()[in[QuantizedLinear.SCALE].arrayOffset()];
    simd.binaryScalar(BinaryOp.MUL, weightScale, 0, s, scale, 0, n);
    product.prepare(scratch.arrays());
    workers.run(this, parts, 1);
  }

  /** Parts of all groups of columns. */
  @Override
  public void run(int from, int to) {
    int groups = product.groups();
    float[] out = y.floatArray();
    int at = y.arrayOffset();
    for (int part = from; part < to; part++) {
      for (int g = groups * part / parts; g < groups * (part + 1) / parts; g++) {
        product.run(part, g, x.floatArray(), x.arrayOffset(), out, at, rows);
        for (int row = 0; row < rows; row += ROWS) {
          epilogue(
              out, row, Math.min(ROWS, rows - row), product.firstColumn(g), product.columns(g));
        }
      }
    }
  }

  private void epilogue(float[] out, int row, int count, int column, int columns) {
    int place = row * n + column;
    int at = y.arrayOffset() + place;
    simd.rescale(
        out,
        at,
        n,
        count,
        columns,
        scale,
        bias,
        column,
        residual == null ? null : residual.floatArray(),
        residual == null ? 0 : residual.arrayOffset() + place);
    if (activation.op() != UnaryFunction.Op.IDENTITY) {
      simd.unary(activation, out, at, n, out, at, n, count, columns);
    }
  }
}
