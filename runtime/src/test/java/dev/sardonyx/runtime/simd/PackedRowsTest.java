package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.Providers.random;
import static dev.sardonyx.runtime.simd.Providers.same;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class PackedRowsTest {
  @Test
  void unpackingGivesTheRowsBack() {
    Random random = new Random(1);
    for (int rows = 2; rows < 20; rows++) {
      int k = 4 * (1 + random.nextInt(200));
      float[] a = random(random, rows * k, 1);
      float[] unpacked = new float[rows * k];
      PackedRows.interleave(a, 0, rows, k).unpack(0, rows, unpacked);
      assertThat(unpacked).isEqualTo(a);
    }
  }

  @Test
  void productsAgreeBitForBitWithThoseOfPlainRows() {
    Random random = new Random(2);
    for (int rows = 2; rows < 40; rows++) {
      check(random, rows, 4 * (1 + random.nextInt(20)), 1 + random.nextInt(100));
    }
    check(random, 292, 392, 4);
    check(random, 577, 8, 52);
    check(random, 289, 1024, 70);
  }

  private static void check(Random random, int m, int k, int n) {
    float[] a = random(random, m * k, 1);
    float[] x = random(random, k * (n + 1), 1);
    float[] bias = random.nextBoolean() ? random(random, m, 1) : null;
    int ldc = n + random.nextInt(2);
    PackedRows rows =
        random.nextBoolean() ? PackedRows.interleave(a, 0, m, k) : PackedRows.plain(a, 0, m, k);
    PackedMatrix b = PackedMatrix.zeros(k, n);
    Kernels.portable().pack(x, 1, n + 1, b);
    float[] blank = new float[m * ldc + 3];
    String what = m + "x" + k + "x" + n;
    float[] actual = same(blank, what, (kernels, c) -> kernels.gemm(rows, b, bias, c, 2, ldc));

    float[] expected = blank.clone();
    PackedMatrix plain = PackedMatrix.pack(x, 1, n + 1, 1, k, n);
    Kernels.portable().gemm(a, 0, k, plain, expected, 2, ldc, m, Epilogue.NONE);
    for (int row = 0; row < m && bias != null; row++) {
      for (int column = 0; column < n; column++) {
        expected[2 + row * ldc + column] += bias[row];
      }
    }
    Providers.assertSameBits(actual, expected, what);
  }
}
