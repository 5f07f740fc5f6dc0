package dev.sardonyx.op.quantization;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.Axis;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/** What the quantizing operators share: which scale is whose, and rounding to a range. */
final class Quantizer {
  private Quantizer() {}

  /**
   * For every element of {@code x} the position of its scale.
   *
   * @param scale the scales' shape: one number for all; [D] for extent D of the axis; or the shape
   *     of x with {@code blockSize} neighbours along the axis sharing one
   * @param blockSize 0 unless scales are per block
   */
  static int[] scalePositions(int[] x, int[] scale, int axis, int blockSize) {
    int[] positions = new int[Tensor.sizeOf(x)];
    if (blockSize == 0 && Tensor.sizeOf(scale) == 1) {
      return positions;
    }
    int at = Axis.of(axis, x.length);
    int groups = blockSize == 0 ? x[at] : (x[at] + blockSize - 1) / blockSize;
    int[] expected = x.clone();
    expected[at] = groups;
    if (blockSize == 0) {
      expected = new int[] {groups};
    }
    if (!Arrays.equals(scale, expected)) {
      throw new ModelException(
          "expected scales of shape "
              + Arrays.toString(expected)
              + " for axis "
              + at
              + " of "
              + Arrays.toString(x)
              + (blockSize == 0 ? "" : " in blocks of " + blockSize)
              + ", got "
              + Arrays.toString(scale));
    }
    int inner = Tensor.strides(x)[at];
    for (int i = 0; i < positions.length; i++) {
      int along = i / inner % x[at];
      positions[i] =
          blockSize == 0
              ? along
              : (i / inner / x[at] * groups + along / blockSize) * inner + i % inner;
    }
    return positions;
  }

  /** {@code value} as an integer of {@code dtype}: rounded, ties to even, kept within the range. */
  static long saturate(double value, DType dtype) {
    double rounded = Math.rint(value);
    double span = Math.scalb(1.0, dtype.bits());
    double least = dtype.isSigned() ? -span / 2 : 0;
    double most = least + span - 1;
    return (long) Math.max(least, Math.min(most, rounded));
  }

  /** Writes a quotient, rounded and moved by its zero point, as element {@code i}. */
  static void write(Tensor y, int i, double quotient, double zeroPoint) {
    if (y.dtype().isFloating()) {
      y.setBits(i, Tensor.miniFloat(y.dtype()).encode(quotient, true));
    } else {
      y.setLong(i, saturate(Math.rint(quotient) + zeroPoint, y.dtype()));
    }
  }

  /** {@code value} as the nearest number of a float type. */
  static double round(double value, DType dtype) {
    return switch (dtype) {
      case DOUBLE -> value;
      case FLOAT -> (float) value;
      default -> Tensor.miniFloat(dtype).decode(Tensor.miniFloat(dtype).encode(value));
    };
  }
}
