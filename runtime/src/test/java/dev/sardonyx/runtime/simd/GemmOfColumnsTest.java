package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.Providers.random;
import static dev.sardonyx.runtime.simd.Providers.same;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class GemmOfColumnsTest {
  @Test
  void multipliesTheTransposeLikeRowsThatLieInOnePiece() {
    Random random = new Random(2);
    for (int m = 1; m < 80; m++) {
      check(random, m, 1 + random.nextInt(80), 1 + random.nextInt(100));
    }
    check(random, 33, 1024, 70);
    check(random, 577, 8, 52);
  }

  private static void check(Random random, int m, int k, int n) {
    float[] a = random(random, m * k, 1);
    float[] x = random(random, k * (n + 1), 1);
    float[] bias = random.nextBoolean() ? random(random, m, 1) : null;
    int ldc = n + random.nextInt(2);
    PackedMatrix columns = PackedMatrix.pack(a, 0, 1, k, k, m);
    PackedMatrix b = PackedMatrix.zeros(k, n);
    Kernels.portable().pack(x, 1, n + 1, b);
    float[] blank = random(random, m * ldc + 3, 1);
    String what = m + "x" + k + "x" + n;
    float[] actual =
        same(blank, what, (kernels, c) -> kernels.gemmOfColumns(columns, b, bias, c, 2, ldc));

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
