package dev.sardonyx.runtime.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Dynamic quantization in both providers, against its formulas. */
class QuantizeTest {
  private final Random random = new Random(2);

  @Test
  void aRangeHoldsAllNumbersAndZero() {
    for (int n = 0; n < 70; n++) {
      int count = n;
      float shift = n % 3 - 1;
      float[] x = Providers.random(random, 80, 1);
      double least = 0;
      double most = 0;
      for (int i = 0; i < n; i++) {
        x[3 + i] += shift;
        least = Math.min(least, x[3 + i]);
        most = Math.max(most, x[3 + i]);
      }
      float[] ends =
          Providers.same(new float[4], n + "", (kernels, y) -> kernels.range(x, 3, count, y, 1));
      assertThat(ends).containsExactly(0f, (float) least, (float) most, 0f);
    }
    float[] x = {2, Float.NaN, -1, 5, Float.NaN, 4, Float.NaN, 3, 1, 0, 7};
    assertThat(Providers.same(new float[2], "NaN", (kernels, y) -> kernels.range(x, 0, 11, y, 0)))
        .containsExactly(-1f, 7f);
  }

  @Test
  void integersAreTheNearestThatEightBitsHold() {
    for (float zero : new float[] {0, 1, 77, 255}) {
      for (int n = 0; n < 70; n++) {
        int count = n;
        float scale = 0.013f * (1 + n % 5);
        float[] x = Providers.random(random, 80, 256 * scale);
        x[2] = 2.5f * scale;
        float[] integers =
            Providers.same(
                new float[80],
                n + " from " + zero,
                (kernels, y) -> kernels.quantize(x, 2, scale, zero, y, 4, count));
        for (int i = 0; i < 80; i++) {
          double nearest = Math.rint(x[Math.max(0, Math.min(79, i - 2))] / scale);
          double expected = Math.max(-zero, Math.min(255 - zero, nearest));
          assertThat(integers[i] + 0.0).isEqualTo(i < 4 || i >= 4 + n ? 0 : expected + 0.0);
        }
      }
    }
  }

  @Test
  void productsAreScaledAndShiftedByColumn() {
    float[] sums = Providers.random(random, 300, 1000);
    float[] scale = Providers.random(random, 80, 1);
    float[] bias = Providers.random(random, 80, 1);
    float[] residual = Providers.random(random, 300, 1);
    for (int n = 0; n < 70; n++) {
      for (float[] r : new float[][] {null, residual}) {
        int count = n;
        float[] y =
            Providers.same(
                sums,
                n + " columns",
                (kernels, out) -> kernels.rescale(out, 1, 73, 3, count, scale, bias, 5, r, 2));
        for (int i = 0; i < sums.length; i++) {
          int row = (i - 1) / 73;
          int j = (i - 1) % 73;
          float expected = sums[i];
          if (i > 0 && row < 3 && j < n) {
            expected = expected * scale[5 + j] + bias[5 + j] + (r == null ? 0 : r[i + 1]);
          }
          assertThat(y[i]).isEqualTo(expected);
        }
      }
    }
  }
}
