package dev.sardonyx.runtime.kernel;

import dev.sardonyx.graph.Shape;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.QuantizedGemm;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * MatMulInteger, QLinearMatMul and QuantizedGemm with a constant K×N right operand: the left one is
 * widened to float32, then an {@link IntegerProduct} follows, split by columns.
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

  /** For MatMulInteger: A, B, a zero point of A, zero points of B. */
  static Kernel create(NodeContext node) {
    PackedIntegers weights = weights(node, 1, 3);
    return weights == null ? null : new MatMulIntegerKernel(node, weights, IntegerResult.INT32);
  }

  /** See {@link KernelTable#prepack}. */
  static boolean prepack(NodeContext node) {
    return weights(node, 1, 3) != null;
  }

  /**
   * For QLinearMatMul and {@link QuantizedGemm}: A, its scale and zero point, B, its scales and
   * zero points, then Y's, then bias.
   */
  static Kernel createQLinear(NodeContext node) {
    PackedIntegers weights = weights(node, 3, 5);
    Tensor yZero = node.constant(7);
    boolean fits =
        weights != null
            && IntegerResult.isScale(node.constant(1), 1)
            && IntegerResult.isScale(node.constant(4), weights.n())
            && IntegerResult.isScale(node.constant(6), 1)
            && yZero != null
            && yZero.size() == 1
            && IntegerResult.isByte(yZero.dtype())
            && (!node.hasInput(QuantizedGemm.BIAS) || node.constant(QuantizedGemm.BIAS) != null);
    if (!fits) {
      return null;
    }
    double aScale = node.constant(1).getDouble(0);
    double yScale = node.constant(6).getDouble(0);
    double[] factors = new double[weights.n()];
    Arrays.setAll(factors, j -> aScale * IntegerResult.of(node.constant(4), j) / yScale);
    int[] bias = IntegerResult.ints(node.constant(QuantizedGemm.BIAS));
    IntegerResult result = new IntegerResult(factors, bias, yZero.dtype(), yZero.getLong(0));
    return new MatMulIntegerKernel(node, weights, result);
  }

  /** The packed right operand, or null if this is not for the kernel. */
  private static PackedIntegers weights(NodeContext node, int input, int zeroInput) {
    Tensor b = node.constant(input);
    Tensor zero = node.constant(zeroInput);
    boolean fits =
        b != null
            && b.rank() == 2
            && b.size() > 0
            && IntegerResult.isByte(b.dtype())
            && IntegerResult.isByte(node.dtype(0))
            && node.inputs().get(0).shape().hasRank()
            && node.inputs().get(0).shape().rank() >= 2
            && (!node.hasInput(2) || isNumber(node.inputs().get(2).shape()))
            && (!node.hasInput(zeroInput) || zero != null && IntegerResult.fits(zero, b.dim(1)));
    return fits ? PackedIntegers.of(node.packed(), b, zero, true) : null;
  }

  private static boolean isNumber(Shape shape) {
    return shape.isStatic() && Tensor.sizeOf(shape.toArray()) == 1;
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
