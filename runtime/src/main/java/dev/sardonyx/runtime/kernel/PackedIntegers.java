package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.simd.BinaryOp;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A constant K×N matrix of 8-bit integers less its zero points, in the order of a {@link
 * PackedMatrix} but a byte each; {@link #widen} makes floats of some of it where they stay in cache
 * while all rows of the left operand pass by.
 *
 * <p>For products of integers it is cut along K into blocks in which no sum of products with
 * integers from −255 to 255 can pass 2²⁴: up to there float32 sums of integers are exact.
 */
final class PackedIntegers {
  private static final int PANEL = PackedMatrix.PANEL;
  private static final long EXACT = 1 << 24;

  /** The largest difference of two 8-bit numbers of one type. */
  private static final int LARGEST = 255;

  private final int k;
  private final int n;

  /** Panel by panel, row by row; uint8 is shifted by 128, and so is its zero point. */
  private final byte[] data;

  /** Zero points of columns, up to whole panels; null if all are zero. */
  private final float[] zeros;

  /** Where blocks begin, and K. */
  private final int[] cuts;

  private PackedIntegers(Tensor w, Tensor zero, boolean exact) {
    k = w.dim(0);
    n = w.dim(1);
    int panels = (n + PANEL - 1) / PANEL;
    int shift = w.dtype() == DType.UINT8 ? 128 : 0;
    float[] z = new float[panels * PANEL];
    boolean any = false;
    for (int j = 0; j < n; j++) {
      z[j] = (zero == null ? 0 : zero.getLong(zero.size() == 1 ? 0 : j)) - shift;
      any |= z[j] != 0;
    }
    zeros = any ? z : null;
    data = new byte[panels * PANEL * k];
    Tensor content = content(w);
    byte[] bytes = content.byteArray();
    List<Integer> starts = new ArrayList<>(List.of(0));
    long[] sums = new long[n];
    for (int row = 0; row < k; row++) {
      long most = 0;
      for (int j = 0; j < n; j++) {
        byte b = (byte) (bytes[content.arrayOffset() + row * n + j] - shift);
        data[(j / PANEL * k + row) * PANEL + j % PANEL] = b;
        sums[j] += magnitude(b, z[j]);
        most = Math.max(most, sums[j]);
      }
      if (exact && most > EXACT) {
        starts.add(row);
        for (int j = 0; j < n; j++) {
          sums[j] = magnitude(data[(j / PANEL * k + row) * PANEL + j % PANEL], z[j]);
        }
      }
    }
    starts.add(k);
    cuts = starts.stream().mapToInt(i -> i).toArray();
  }

  private static long magnitude(byte b, float zero) {
    return ((long) Math.abs(b - zero)) * LARGEST;
  }

  /**
   * A weight packed once per session.
   *
   * @param zero one number, one for each column, or null
   * @param exact whether products with integers are to be exact
   */
  static PackedIntegers of(PackedWeights packed, Tensor w, Tensor zero, boolean exact) {
    // Zero points are part of what is packed, and so of its name.
    String form = (exact ? "" : "in one piece, ") + "less " + describe(zero);
    return packed.get(w, form, PackedIntegers.class, () -> new PackedIntegers(w, zero, exact));
  }

  /**
   * The weights [M, C/group, kernel…] of a convolution, packed once per session: for each group a
   * row for each (kernel position, channel) and a column for each output channel.
   *
   * @param zero one number, one for each output channel, or null
   */
  static PackedIntegers[] ofConvolution(PackedWeights packed, Tensor w, Tensor zero, int group) {
    String form = "im2col/" + group + " less " + describe(zero);
    return packed.get(
        w,
        form,
        PackedIntegers[].class,
        () -> {
          PackedIntegers[] groups = new PackedIntegers[group];
          Tensor content = content(w);
          Arrays.setAll(groups, g -> ofGroup(content, zero, group, g));
          return groups;
        });
  }

  /** Zero points as part of the name of a packed form. */
  static String describe(Tensor zero) {
    return zero == null ? "0" : Arrays.toString(zero.toLongs());
  }

  /** A weight with its content, which is not brought into memory for longer than needed here. */
  static Tensor content(Tensor w) {
    if (w.isLoaded()) {
      return w;
    }
    Tensor content = Tensor.zeros(w.dtype(), w.shape());
    w.read(0, content);
    return content;
  }

  private static PackedIntegers ofGroup(Tensor w, Tensor zero, int group, int g) {
    int n = w.dim(0) / group;
    int channels = w.dim(1);
    int k = w.size() / w.dim(0);
    int positions = k / channels;
    Tensor matrix = Tensor.zeros(w.dtype(), k, n);
    for (int i = 0; i < matrix.size(); i++) {
      int row = i / n;
      int from = row % channels * positions + row / channels;
      matrix.copyElement(i, w, (g * n + i % n) * k + from);
    }
    if (zero == null || zero.size() == 1) {
      return new PackedIntegers(matrix, zero, true);
    }
    Tensor ofGroup = Tensor.zeros(zero.dtype(), n);
    ofGroup.copyElements(0, zero, g * n, n);
    return new PackedIntegers(matrix, ofGroup, true);
  }

  int k() {
    return k;
  }

  int n() {
    return n;
  }

  int panels() {
    return (n + PANEL - 1) / PANEL;
  }

  int blocks() {
    return cuts.length - 1;
  }

  /** The first k of a block. */
  int start(int block) {
    return cuts[block];
  }

  int depth(int block) {
    return cuts[block + 1] - cuts[block];
  }

  /** Writes panels of one block as a {@link PackedMatrix} over the array expects them. */
  void widen(Kernels simd, int block, int panelFrom, int panelTo, float[] to) {
    int size = depth(block) * PANEL;
    for (int panel = panelFrom; panel < panelTo; panel++) {
      int at = (panel - panelFrom) * size;
      simd.widen(data, (panel * k + cuts[block]) * PANEL, to, at, size);
      if (zeros != null) {
        simd.binary(
            BinaryOp.SUB,
            to,
            at,
            PANEL,
            zeros,
            panel * PANEL,
            0,
            to,
            at,
            PANEL,
            depth(block),
            PANEL);
      }
    }
  }
}
