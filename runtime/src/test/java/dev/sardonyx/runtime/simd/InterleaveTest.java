package dev.sardonyx.runtime.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

class InterleaveTest {
  @Test
  void twoRowsTakeTurnsAndNothingElseIsWritten() {
    Random random = new Random(1);
    float[] a = new float[300];
    float[] b = new float[300];
    for (int i = 0; i < a.length; i++) {
      // Any bits, which no arithmetic may touch.
      a[i] = Float.intBitsToFloat(random.nextInt() & 0xbfffffff);
      b[i] = Float.intBitsToFloat(random.nextInt() & 0xbfffffff);
    }
    for (int n = 0; n < 70; n++) {
      int count = n;
      float[] y =
          Providers.same(
              new float[600],
              n + " elements",
              (kernels, out) -> kernels.interleave(a, 3, b, 5, 71, out, 2, 143, 4, count));
      float[] expected = new float[600];
      for (int i = 0; i < 4 * n; i++) {
        int at = 2 + i / n * 143 + 2 * (i % n);
        expected[at] = a[3 + i / n * 71 + i % n];
        expected[at + 1] = b[5 + i / n * 71 + i % n];
      }
      assertThat(y).isEqualTo(expected);
    }
  }
}
