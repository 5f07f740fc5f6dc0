package dev.sardonyx.runtime.kernel;

import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;

/**
 * How operands that broadcast are gone through: rows of the output, along which every operand goes
 * ahead by one element at a time or stays where it is. Dimensions that behave alike are merged.
 */
final class BroadcastRows {
  /** Merged extents of the output, innermost first. */
  private final int[] extents;

  /** The steps of every operand along them (0 = repeated). */
  private final int[][] strides;

  /**
   * @param to the shape of the output
   * @param from the shapes of the operands, which broadcast to it
   */
  BroadcastRows(int[] to, int[]... from) {
    int[][] given = new int[from.length][];
    int[][] merged = new int[from.length][to.length + 1];
    int[] sizes = new int[to.length + 1];
    Arrays.setAll(given, i -> strides(from[i], to));
    sizes[0] = 1;
    int n = 0;
    for (int d = to.length - 1; d >= 0; d--) {
      if (to[d] == 1) {
        continue;
      }
      boolean alike = n > 0;
      for (int i = 0; alike && i < from.length; i++) {
        alike = given[i][d] == merged[i][n - 1] * sizes[n - 1];
      }
      if (alike) {
        sizes[n - 1] *= to[d];
      } else {
        sizes[n] = to[d];
        for (int i = 0; i < from.length; i++) {
          merged[i][n] = given[i][d];
        }
        n++;
      }
    }
    int rank = Math.max(n, 1);
    extents = Arrays.copyOf(sizes, rank);
    strides = Arrays.stream(merged).map(s -> Arrays.copyOf(s, rank)).toArray(int[][]::new);
  }

  /** Strides of a shape aligned right to another, 0 where it is repeated. */
  private static int[] strides(int[] from, int[] to) {
    int[] own = Tensor.strides(from);
    int[] out = new int[to.length];
    int lead = to.length - from.length;
    for (int d = 0; d < from.length; d++) {
      out[lead + d] = from[d] == 1 ? 0 : own[d];
    }
    return out;
  }

  /** Merged extents of the output, innermost first; not to be written. */
  int[] extents() {
    return extents;
  }

  /** The steps of an operand along the merged extents; not to be written. */
  int[] strides(int operand) {
    return strides[operand];
  }

  /** The elements of a row. */
  int length() {
    return extents[0];
  }

  /** How far an operand goes from one element of a row to the next: 1 or 0. */
  int step(int operand) {
    return strides[operand][0];
  }

  /** Where a row of an operand begins. */
  int at(int operand, int row) {
    int[] steps = strides[operand];
    int at = 0;
    int rest = row;
    for (int d = 1; d < extents.length; d++) {
      at += rest % extents[d] * steps[d];
      rest /= extents[d];
    }
    return at;
  }
}
