package dev.sardonyx.runtime.kernel;

import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.simd.Epilogue;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.runtime.simd.PackedMatrix;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * MatMulInteger with a constant K×N right operand, exact, by float32 GEMM: integers below 2²⁴ and
 * their sums are exact in float32. The weights, less their zero points, are cut along K into panels
 * so short that no sum within a panel can pass 2²⁴, whatever the 8-bit left operand; panels are
 * added up as integers.
 */
final class MatMulIntegerKernel implements Kernel, Workers.RangeTask {
  private static final long EXACT = 1 << 24;

  /** The largest difference of two 8-bit numbers of one type. */
  private static final int LARGEST = 255;

  private final Kernels simd;
  private final Workers workers;
  private final int m;
  private final int k;
  private final int n;
  private final PackedMatrix[] panels;

  /** The left operand less its zero point, and the product of one panel. */
  private final float[] left;

  private final float[] product;
  private Tensor a;
  private Tensor y;
  private int zero;

  private MatMulIntegerKernel(NodeContext node, int m, int k, int n, PackedMatrix[] panels) {
    simd = node.simd();
    workers = node.workers();
    this.m = m;
    this.k = k;
    this.n = n;
    this.panels = panels;
    left = new float[m * k];
    product = new float[m * n];
  }

  static Kernel create(NodeContext node) {
    Tensor b = node.constant(1);
    Tensor bZero = node.constant(3);
    int[] aShape = node.shape(0);
    boolean supported =
        b != null
            && b.rank() == 2
            && aShape.length >= 2
            && (!node.hasInput(2) || Tensor.sizeOf(node.shape(2)) == 1)
            && (!node.hasInput(3) || bZero != null && fits(bZero, b.dim(1)));
    if (!supported) {
      return null;
    }
    int k = b.dim(0);
    int n = b.dim(1);
    int m = Tensor.sizeOf(aShape) / Math.max(1, k);
    // Zero points are part of what is packed, and so of its name.
    String form = "less " + (bZero == null ? "0" : Arrays.toString(bZero.toLongs()));
    PackedMatrix[] panels =
        node.packed().get(b, form, PackedMatrix[].class, () -> pack(b, bZero, k, n));
    return new MatMulIntegerKernel(node, m, k, n, panels);
  }

  private static boolean fits(Tensor zero, int n) {
    return zero.size() == 1 || zero.rank() == 1 && zero.size() == n;
  }

  private static PackedMatrix[] pack(Tensor b, Tensor zero, int k, int n) {
    float[] weights = new float[k * n];
    for (int i = 0; i < weights.length; i++) {
      long z = zero == null ? 0 : zero.getLong(zero.size() == 1 ? 0 : i % n);
      weights[i] = b.getLong(i) - z;
    }
    List<PackedMatrix> panels = new ArrayList<>();
    long[] sums = new long[n];
    int from = 0;
    for (int row = 0; row < k; row++) {
      long most = 0;
      for (int j = 0; j < n; j++) {
        sums[j] += (long) (Math.abs(weights[row * n + j]) * LARGEST);
        most = Math.max(most, sums[j]);
      }
      if (most > EXACT) {
        panels.add(PackedMatrix.pack(weights, from * n, n, 1, row - from, n));
        from = row;
        for (int j = 0; j < n; j++) {
          sums[j] = (long) (Math.abs(weights[row * n + j]) * LARGEST);
        }
      }
    }
    panels.add(PackedMatrix.pack(weights, from * n, n, 1, k - from, n));
    return panels.toArray(PackedMatrix[]::new);
  }

  @Override
  public void run(Tensor[] in, Tensor[] out) {
    a = in[0];
    y = out[0];
    zero = in.length > 2 && in[2] != null ? in[2].getInt(0) : 0;
    workers.run(this, m, Math.max(8, 100_000 / Math.max(1, k * n)));
  }

  /** Rows of the product. */
  @Override
  public void run(int from, int to) {
    int mask = a.dtype() == DType.UINT8 ? 0xFF : -1;
    byte[] bytes = a.byteArray();
    for (int i = from * k; i < to * k; i++) {
      left[i] = (bytes[a.arrayOffset() + i] & mask) - zero;
    }
    int[] sums = y.intArray();
    int at = y.arrayOffset();
    int row = 0;
    for (PackedMatrix panel : panels) {
      simd.gemm(
          left, row, k, panel, product, 0, n, from, to, 0, panel.panels(), Epilogue.NONE, null, 0);
      for (int i = from * n; i < to * n; i++) {
        sums[at + i] = row == 0 ? (int) product[i] : sums[at + i] + (int) product[i];
      }
      row += panel.k();
    }
  }
}
