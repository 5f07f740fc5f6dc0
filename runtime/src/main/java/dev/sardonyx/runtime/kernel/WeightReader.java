package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.simd.CacheLine;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;

/**
 * Reads weights bit by bit on their way to a packed form, so that a weight that is not in memory
 * never stands there twice. For one thread.
 */
final class WeightReader {
  /** Floats that are read at a time, where the order of the weight leaves a choice. */
  private static final int CHUNK = 64 * 1024;

  /**
   * Matrices of fewer floats share an array, so that each begins at a cache line, and that
   * collectors, which leave large arrays where they are, need not copy them.
   */
  private static final int SMALL = 512 * 1024;

  /** Floats of a shared array: with its header it fills regions of the collector just so. */
  private static final int MOST_SHARED = 2 * 1024 * 1024 - 4;

  private float[] shared = {};
  private int taken;
  private float[] buffer = {};
  private float[] array;
  private int offset;

  /** Makes some elements of a weight those of {@link #array} from {@link #offset} on. */
  void read(Tensor weight, int from, int count) {
    if (weight.isLoaded()) {
      array = weight.floatArray();
      offset = weight.arrayOffset() + from;
      return;
    }
    if (buffer.length < count) {
      buffer = new float[count];
    }
    weight.read(from, Tensor.wrapAt(DType.FLOAT, buffer, 0, count));
    array = buffer;
    offset = 0;
  }

  float[] array() {
    return array;
  }

  int offset() {
    return offset;
  }

  /** A matrix of zeros, to be filled panel by panel. */
  PackedMatrix zeros(int k, int n) {
    int size = PackedMatrix.size(k, n);
    if (size >= SMALL) {
      return PackedMatrix.zeros(k, n);
    }
    if (shared.length - taken < size) {
      int first = CacheLine.first(Float.BYTES);
      int least = Math.max(first + size, Math.max(SMALL / 2, 2 * shared.length));
      shared = new float[Math.min(MOST_SHARED, least)];
      taken = first;
    }
    PackedMatrix matrix = PackedMatrix.over(shared, taken, k, n);
    taken += size;
    return matrix;
  }

  /** A K×N matrix. */
  PackedMatrix pack(Tensor weight, int k, int n) {
    PackedMatrix packed = zeros(k, n);
    int rows = Math.max(1, CHUNK / Math.max(1, n));
    for (int from = 0; from < k; from += rows) {
      int to = Math.min(k, from + rows);
      read(weight, from * n, (to - from) * n);
      for (int panel = 0; panel < packed.panels(); panel++) {
        packed.fill(panel, from, to, array, offset + panel * PackedMatrix.PANEL, n, 1);
      }
    }
    return packed;
  }

  /** An N×K matrix that begins at some element of the weight, transposed. */
  PackedMatrix packTransposed(Tensor weight, int at, int k, int n) {
    PackedMatrix packed = zeros(k, n);
    for (int panel = 0; panel < packed.panels(); panel++) {
      read(weight, at + panel * PackedMatrix.PANEL * k, packed.width(panel) * k);
      packed.fill(panel, 0, k, array, offset, 1, k);
    }
    return packed;
  }
}
