package dev.sardonyx.op.reduction;

import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;

/** The order of a tensor's elements, whatever their type: every element as one sortable long. */
final class SortKeys {
  private final long[] keys;

  /**
   * The order in which the largest, or the smallest, element comes first. NaN is larger than all
   * numbers; 0 and −0 are equal.
   */
  SortKeys(Tensor x, boolean largestFirst) {
    keys = new long[x.size()];
    for (int i = 0; i < keys.length; i++) {
      long ascending = x.dtype().isFloating() ? key(x.getDouble(i)) : key(x, i);
      keys[i] = largestFirst ? ~ascending : ascending;
    }
  }

  private static long key(double value) {
    long bits = Double.doubleToLongBits(value + 0.0);
    return bits < 0 ? bits ^ Long.MAX_VALUE : bits;
  }

  private static long key(Tensor x, int i) {
    return x.dtype() == DType.UINT64 ? x.getLong(i) ^ Long.MIN_VALUE : x.getLong(i);
  }

  /** Negative if element {@code i} comes before element {@code j}, 0 if they are equal. */
  int compare(int i, int j) {
    return Long.compare(keys[i], keys[j]);
  }
}
