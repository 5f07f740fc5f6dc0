package dev.sardonyx.runtime.simd;

import java.util.Arrays;
import java.util.Objects;

/**
 * What is done to each result of a matrix product or convolution while it is still in the cache:
 * {@code prelu(activation(result + bias[column] + residual), slopes[column])}. The residual changes
 * with every run and is therefore an argument of the kernel.
 *
 * @param bias one number for each column (output channel), or null for none; not copied
 * @param activation the function of all results
 * @param slopes what results below zero are multiplied by last, one number for each column, or null
 *     for nothing; not copied
 */
@SuppressWarnings("ArrayRecordComponent")
public record Epilogue(float[] bias, UnaryFunction activation, float[] slopes) {
  /** Leaves the product as it is. */
  public static final Epilogue NONE = of(null);

  public Epilogue {
    Objects.requireNonNull(activation, "activation");
  }

  /** Adds a bias. */
  public static Epilogue of(float[] bias) {
    return of(bias, UnaryFunction.IDENTITY);
  }

  /** Adds a bias, or nothing if it is null, and applies a function. */
  public static Epilogue of(float[] bias, UnaryFunction activation) {
    return new Epilogue(bias, activation, null);
  }

  /** What is done to the columns {@code [from, to)}, in results that have no others. */
  public Epilogue part(int from, int to) {
    return new Epilogue(slice(bias, from, to), activation, slice(slopes, from, to));
  }

  private static float[] slice(float[] byColumn, int from, int to) {
    return byColumn == null ? null : Arrays.copyOfRange(byColumn, from, to);
  }

  /**
   * Applies this to a block of C that is already there.
   *
   * @param c element (r, n) is {@code c[cOffset + r * ldc + n]}
   * @param firstColumn the index of the block's first column in bias and slopes
   * @param ldr from a row of the residual to the next
   */
  public void apply(
      Kernels kernels,
      float[] c,
      int cOffset,
      int ldc,
      int rows,
      int columns,
      int firstColumn,
      float[] residual,
      int residualOffset,
      int ldr) {
    if (bias != null) {
      kernels.binary(
          BinaryOp.ADD, c, cOffset, ldc, bias, firstColumn, 0, c, cOffset, ldc, rows, columns);
    }
    finish(activation, kernels, c, cOffset, ldc, rows, columns, residual, residualOffset, ldr);
    prelu(kernels, c, cOffset, ldc, rows, columns, firstColumn);
  }

  /** The slopes alone, for a block of C that has all else already. */
  void prelu(
      Kernels kernels, float[] c, int cOffset, int ldc, int rows, int columns, int firstColumn) {
    if (slopes != null) {
      kernels.binary(
          BinaryOp.PRELU, c, cOffset, ldc, slopes, firstColumn, 0, c, cOffset, ldc, rows, columns);
    }
  }

  /** Residual and activation, for a block of C that has the bias already. */
  static void finish(
      UnaryFunction activation,
      Kernels kernels,
      float[] c,
      int cOffset,
      int ldc,
      int rows,
      int columns,
      float[] residual,
      int residualOffset,
      int ldr) {
    if (residual != null) {
      kernels.binary(
          BinaryOp.ADD,
          c,
          cOffset,
          ldc,
          residual,
          residualOffset,
          ldr,
          c,
          cOffset,
          ldc,
          rows,
          columns);
    }
    if (activation.op() != UnaryFunction.Op.IDENTITY) {
      kernels.unary(activation, c, cOffset, ldc, c, cOffset, ldc, rows, columns);
    }
  }
}
