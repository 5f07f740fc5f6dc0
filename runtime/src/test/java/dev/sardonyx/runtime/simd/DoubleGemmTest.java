package dev.sardonyx.runtime.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** The float64 product against chains of fused multiply-adds, bit by bit, in both providers. */
class DoubleGemmTest {
  @Property(tries = 300)
  void isAChainOfFusedMultiplyAddsForAnyShapes(@ForAll Random random) {
    check(random, random.nextInt(30), random.nextInt(40), random.nextInt(70));
  }

  @Test
  void isThatOverSeveralBlocksOfRowsAndOfK() {
    Random random = new Random(7);
    check(random, 131, 600, 17);
    check(random, 2, 257, 300);
  }

  private static void check(Random random, int m, int k, int n) {
    int lda = k + random.nextInt(3);
    int ldc = n + random.nextInt(3);
    double[] a = random(random, 2 + m * lda);
    double[] b = random(random, 1 + k * n);
    double[] before = random(random, 3 + m * ldc);
    double[] expected = before.clone();
    for (int row = 0; row < m; row++) {
      for (int column = 0; column < n; column++) {
        double sum = 0;
        for (int i = 0; i < k; i++) {
          sum = Math.fma(a[2 + row * lda + i], b[1 + i * n + column], sum);
        }
        expected[3 + row * ldc + column] = sum;
      }
    }
    PackedDoubles packed = new PackedDoubles(k, n);
    packed.fill(b, 1);
    int split = random.nextInt(m + 1);
    Providers.forBoth(
        kernels -> {
          double[] c = before.clone();
          kernels.gemm(a, 2, lda, packed, c, 3, ldc, 0, split);
          kernels.gemm(a, 2, lda, packed, c, 3, ldc, split, m);
          assertThat(Arrays.equals(c, expected)).as("%dx%dx%d", m, k, n).isTrue();
        });
  }

  private static double[] random(Random random, int n) {
    return random.doubles(n, -1, 1).toArray();
  }
}
