package dev.sardonyx.runtime.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class CopyRowsTest {
  @Test
  void rowsOfAnyLengthAreCopiedAndNothingElseIsWritten() {
    Random random = new Random(1);
    float[] x = new float[4000];
    for (int i = 0; i < x.length; i++) {
      x[i] = random.nextFloat();
    }
    for (int n = 0; n < 600; n = n < 70 ? n + 1 : n + 87) {
      int count = n;
      float[] y =
          Providers.same(
              new float[4000],
              n + " elements",
              (kernels, out) -> kernels.copyRows(x, 3, n0(count) + 2, out, 5, 701, 4, count));
      float[] expected = new float[4000];
      for (int r = 0; r < 4; r++) {
        System.arraycopy(x, 3 + r * (n0(n) + 2), expected, 5 + r * 701, n);
      }
      assertThat(y).isEqualTo(expected);
    }
  }

  /** A stride that differs from that of the target. */
  private static int n0(int n) {
    return n + n % 3;
  }
}
