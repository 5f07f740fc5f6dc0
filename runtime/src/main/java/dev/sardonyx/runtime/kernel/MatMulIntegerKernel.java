package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * MatMulInteger, QLinearMatMul and {@link dev.sardonyx.runtime.lowering.QuantizedGemm} with a
 * constant K×N right operand: the left one is widened to float32, then an {@link IntegerProduct}
 * follows, split by columns.
 */
final class MatMulIntegerKernel implements Kernel {
  /** Multiplications worth a thread of their own. */
  private static final int GRAIN = 100_000;

  private final Workers workers;
  private final Scratch scratch;
  private final IntegerProduct product;
  private final IntegerResult result;
  private final int rows;
  private final int k;
  private final int n;
  private final int parts;

  /** The left operand less its zero point. */
  private final float[] left;

  private final int[] sums;
  private final Workers.RangeTask widen = this::widen;
  private final Workers.RangeTask multiply = this::multiply;
  private Tensor a;
  private Tensor y;
  private int zero;

  private MatMulIntegerKernel(NodeContext node, PackedIntegers weights, IntegerResult result) {
    workers = node.workers();
    scratch = node.scratch();
    this.result = result;
    k = weights.k();
    n = weights.n();
    rows = Tensor.sizeOf(node.outputShape(0)) / n;
    long macs = (long) rows * n * k;
    parts =
        (int) Math.max(1, Math.min(Math.min(workers.threads(), weights.panels()), macs / GRAIN));
    product = new IntegerProduct(node.simd(), weights, rows, parts, scratch);
    left = new float[rows * k];
    sums = new int[rows * n];
  }

  static Kernel create(NodeContext node) {
    if (!supports(node)) {
      return null;
    }
    PackedIntegers weights = packed(node);
    return new MatMulIntegerKernel(node, weights, result(node, weights.n()));
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
    boolean qLinear = !node.node().is("MatMulInteger");
    Tensor b = node.constant(qLinear ? 3 : 1);
    return b != null
        && b.rank() == 2
        && b.size() > 0
        && IntegerResult.isByte(b.dtype())
        && IntegerResult.isByte(node.dtype(0))
        && node.inputs().get(0).shape().hasRank()
        && node.inputs().get(0).shape().rank() >= 2
        && IntegerResult.zerosFit(node, qLinear ? 5 : 3, b.dim(1))
        && (!qLinear || IntegerResult.isQLinear(node, b.dim(1)));
  }

  private static PackedIntegers packed(NodeContext node) {
    boolean qLinear = !node.node().is("MatMulInteger");
    Tensor b = node.constant(qLinear ? 3 : 1);
    return PackedIntegers.of(node.packed(), b, node.constant(qLinear ? 5 : 3), true);
  }

  private static IntegerResult result(NodeContext node, int n) {
    if (node.node().is("MatMulInteger")) {
      return IntegerResult.INT32;
    }
    double aScale = node.constant(1).getDouble(0);
    double yScale = node.constant(6).getDouble(0);
    double[] factors = new double[n];
    Arrays.setAll(factors, j -> aScale * IntegerResult.of(node.constant(4), j) / yScale);
    return IntegerResult.ofQLinear(node, factors);
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    a = in[0];
    y = out[0];
    zero = in.length > 2 && in[2] != null ? in[2].getInt(0) : 0;
    product.prepare(scratch.arrays());
    workers.run(widen, rows * k, UnaryKernel.GRAIN);
    workers.run(multiply, parts, 1);
  }

  private void widen(int from, int to) {
    int mask = a.dtype() == DType.UINT8 ? 0xFF : -1;
    byte[] bytes = a.byteArray();
    int at = a.arrayOffset();
    for (int i = from; i < to; i++) {
      left[i] = (bytes[at + i] & mask) - zero;
    }
  }

  /** Parts of all groups of columns. */
  private void multiply(int from, int to) {
    int groups = product.groups();
    for (int part = from; part < to; part++) {
      for (int g = groups * part / parts; g < groups * (part + 1) / parts; g++) {
        product.integers(part, g, left, 0, k, sums, rows);
        int column = product.firstColumn(g);
        for (int row = 0; row < rows; row++) {
          int place = row * n + column;
          result.write(sums, place, column, product.columns(g), y, y.arrayOffset() + place, 1);
        }
      }
    }
  }
}
