package dev.sardonyx.runtime.simd;

import java.util.Objects;

/**
 * What is done to each result of a matrix product or convolution while it is still in the cache:
 * {@code activation(result + bias[column] + residual)}. The residual changes with every run and is
 * therefore an argument of the kernel.
 *
 * @param bias one number for each column (output channel), or null for none; not copied
 * @param activation the function applied last
 */
@SuppressWarnings("ArrayRecordComponent")
public record Epilogue(float[] bias, UnaryFunction activation) {
  /** Leaves the product as it is. */
  public static final Epilogue NONE = new Epilogue(null, UnaryFunction.IDENTITY);

  public Epilogue {
    Objects.requireNonNull(activation, "activation");
  }

  /** Adds a bias. */
  public static Epilogue of(float[] bias) {
    return new Epilogue(bias, UnaryFunction.IDENTITY);
  }

  /** Adds a bias, or nothing if it is null, and applies a function. */
  public static Epilogue of(float[] bias, UnaryFunction activation) {
    return new Epilogue(bias, activation);
  }

  /**
   * Applies this to a block of C that is already there.
   *
   * @param c element (r, n) is {@code c[cOffset + r * ldc + n]}
   * @param firstColumn the bias index of the block's first column
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
      int residualOffset) {
    if (bias != null) {
      kernels.binary(
          BinaryOp.ADD, c, cOffset, ldc, bias, firstColumn, 0, c, cOffset, ldc, rows, columns);
    }
    finish(kernels, c, cOffset, ldc, rows, columns, residual, residualOffset);
  }

  /** Applies this to a block of C that has the bias already. */
  void finish(
      Kernels kernels,
      float[] c,
      int cOffset,
      int ldc,
      int rows,
      int columns,
      float[] residual,
      int residualOffset) {
    if (residual != null) {
      kernels.binary(
          BinaryOp.ADD,
          c,
          cOffset,
          ldc,
          residual,
          residualOffset,
          ldc,
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
