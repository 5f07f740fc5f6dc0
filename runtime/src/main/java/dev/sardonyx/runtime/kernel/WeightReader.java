package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.simd.CacheLine;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads weights bit by bit on their way to a packed form, so that a weight that is not in memory
 * never stands there twice. For one thread.
 */
final class WeightReader {
  /** Floats that are read at a time, where the order of the weight leaves a choice. */
  private static final int CHUNK = 64 * 1024;

  /**
   * Matrices share arrays, so that each begins at a cache line, and that little is lost where a
   * collector gives a large array whole regions. These are the fewest and, unless one matrix is
   * larger, the most floats of an array: with its header it fills regions just so.
   */
  private static final int LEAST_SHARED = 256 * 1024;

  private static final int MOST_SHARED = 4 * 1024 * 1024 - 4;

  /** An array in which matrices stand one after another. */
  private static final class Shared {
    private final float[] array;
    private int taken = CacheLine.first(Float.BYTES);

    Shared(int length) {
      array = new float[length];
    }
  }

  /** Floats of a matrix that stays in the caches as long as it is used. */
  private static final int NEAR = 32 * 1024;

  private final List<Shared> shared = new ArrayList<>();
  private final boolean isFar;
  private long expected;
  private float[] buffer = {};
  private float[] array;
  private int offset;

  /**
   * @param isFar whether weights are more than caches keep from run to run
   */
  WeightReader(boolean isFar) {
    this.isFar = isFar;
  }

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

  /** Says about how many floats will be packed yet, so that no larger arrays are made. */
  void expect(long floats) {
    expected = floats;
  }

  /** A matrix of zeros, to be filled panel by panel. */
  PackedMatrix zeros(int k, int n) {
    Shared place = place(PackedMatrix.size(k, n));
    PackedMatrix matrix = PackedMatrix.over(place.array, place.taken, k, n);
    place.taken += PackedMatrix.size(k, n);
    return isFar && PackedMatrix.size(k, n) > NEAR ? matrix.far() : matrix;
  }

  /** The first array that has so much room. */
  private Shared place(int size) {
    for (Shared s : shared) {
      if (s.array.length - s.taken >= size) {
        return s;
      }
    }
    long most = Math.max(LEAST_SHARED, Math.min(MOST_SHARED, expected));
    Shared s = new Shared((int) Math.max(CacheLine.first(Float.BYTES) + (long) size, most));
    shared.add(s);
    return s;
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
