package dev.sardonyx.runtime.kernel;

import dev.sardonyx.graph.Shape;
import dev.sardonyx.runtime.lowering.QuantizedGemm;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;

/**
 * What becomes of exact sums of products of integers: they are the result (int32), or they are
 * scaled and quantized to 8 bits, {@code rint((sum + bias) · factor) + zero} within the type's
 * range.
 */
final class IntegerResult {
  /** The sums themselves. */
  static final IntegerResult INT32 = new IntegerResult(null, null, DType.INT32, 0);

  private final double[] factors;
  private final int[] bias;
  private final double zero;
  private final double least;
  private final double most;

  /**
   * @param factors one for each column
   * @param bias one for each column, or null
   */
  private IntegerResult(double[] factors, int[] bias, DType dtype, long zero) {
    this.factors = factors;
    this.bias = bias;
    this.zero = zero;
    least = dtype == DType.UINT8 ? 0 : Byte.MIN_VALUE;
    most = least + 255;
  }

  /**
   * Writes the sums of some columns.
   *
   * @param column the first one
   * @param yAt where it goes
   * @param yStep the distance between two columns in y
   */
  void write(int[] sums, int from, int column, int columns, Tensor y, int yAt, int yStep) {
    if (factors == null) {
      int[] to = y.intArray();
      for (int j = 0; j < columns; j++) {
        to[yAt + j * yStep] = sums[from + j];
      }
      return;
    }
    byte[] to = y.byteArray();
    for (int j = 0; j < columns; j++) {
      double sum = (double) sums[from + j] + (bias == null ? 0 : bias[column + j]);
      double v = Math.rint(sum * factors[column + j]) + zero;
      to[yAt + j * yStep] = (byte) (int) Math.max(least, Math.min(most, v));
    }
  }

  /** A scale or zero point as it stands for a column. */
  static double of(Tensor perColumn, int column) {
    return perColumn.getDouble(perColumn.size() == 1 ? 0 : column);
  }

  /**
   * Of QLinearMatMul, QuantizedGemm or QLinearConv, for which {@link #isQLinear} holds.
   *
   * @param factors one for each column
   */
  static IntegerResult ofQLinear(NodeContext node, double[] factors) {
    Tensor zero = node.constant(7);
    int[] bias = ints(node.constant(QuantizedGemm.BIAS));
    return new IntegerResult(factors, bias, zero.dtype(), zero.getLong(0));
  }

  /**
   * Whether scales, the result's zero point and the bias are constants of 8-bit results, given the
   * inputs that QLinearMatMul, QuantizedGemm and QLinearConv share: A, its scale and zero point, B,
   * its scales and zero points, then Y's, then bias.
   */
  static boolean isQLinear(NodeContext node, int columns) {
    Tensor zero = node.constant(7);
    return isScale(node.constant(1), 1)
        && isScale(node.constant(4), columns)
        && isScale(node.constant(6), 1)
        && zero != null
        && zero.size() == 1
        && isByte(zero.dtype())
        && (!node.hasInput(QuantizedGemm.BIAS) || node.constant(QuantizedGemm.BIAS) != null);
  }

  /**
   * Whether the left operand has one zero point or none, input 2, and the right one constants or
   * none.
   */
  static boolean zerosFit(NodeContext node, int right, int columns) {
    Tensor zero = node.constant(right);
    return (!node.hasInput(2) || isNumber(node.inputs().get(2).shape()))
        && (!node.hasInput(right) || zero != null && fits(zero, columns));
  }

  private static boolean isNumber(Shape shape) {
    return shape.isStatic() && Tensor.sizeOf(shape.toArray()) == 1;
  }

  /** The content of an int32 tensor; null for none. */
  private static int[] ints(Tensor t) {
    if (t == null) {
      return null;
    }
    int[] ints = new int[t.size()];
    for (int i = 0; i < ints.length; i++) {
      ints[i] = t.getInt(i);
    }
    return ints;
  }

  /** Whether a constant is a float32 number, or one for each of some columns. */
  private static boolean isScale(Tensor t, int columns) {
    return t != null && t.dtype() == DType.FLOAT && fits(t, columns);
  }

  /** Whether a constant is a number, or one for each of some columns. */
  private static boolean fits(Tensor t, int columns) {
    return t.size() == 1 || t.rank() == 1 && t.size() == columns;
  }

  static boolean isByte(DType dtype) {
    return dtype == DType.UINT8 || dtype == DType.INT8;
  }
}
