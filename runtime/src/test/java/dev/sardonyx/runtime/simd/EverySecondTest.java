package dev.sardonyx.runtime.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class EverySecondTest {
  private static final int ROWS = 3;

  @Test
  void takesElementsTwoApartUpToTheLastOfTheArray() {
    for (int n = 0; n < 100; n++) {
      int count = n;
      int xStride = 2 * n + 1;
      float[] x = new float[5 + 2 * xStride + Math.max(0, 2 * n - 1)];
      for (int i = 0; i < x.length; i++) {
        x[i] = i;
      }
      float[] y =
          Providers.same(
              new float[400],
              n + " elements",
              (kernels, out) -> kernels.everySecond(x, 5, xStride, out, 3, 120, ROWS, count));
      float[] expected = new float[400];
      for (int r = 0; r < ROWS; r++) {
        for (int i = 0; i < n; i++) {
          expected[3 + r * 120 + i] = 5 + r * xStride + 2 * i;
        }
      }
      assertThat(y).isEqualTo(expected);
    }
  }

  @Test
  void everyPatternOfBitsStays() {
    float[] x = new float[200];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(0x7f7f_fff0 + 0x0023_4567 * i);
    }
    float[] y = new float[100];
    Kernels.vector().orElse(Kernels.portable()).everySecond(x, 0, 200, y, 0, 100, 1, 100);
    for (int i = 0; i < y.length; i++) {
      assertThat(Float.floatToRawIntBits(y[i])).isEqualTo(Float.floatToRawIntBits(x[2 * i]));
    }
  }
}
