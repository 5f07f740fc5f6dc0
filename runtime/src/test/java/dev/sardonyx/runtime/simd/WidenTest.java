package dev.sardonyx.runtime.simd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WidenTest {
  @Test
  void everyByteBecomesItsValueAndNothingElseIsWritten() {
    byte[] bytes = new byte[300];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) i;
    }
    for (int n = 0; n < 270; n++) {
      int count = n;
      float[] y =
          Providers.same(
              new float[300],
              n + " bytes",
              (kernels, out) -> kernels.widen(bytes, 7, out, 3, count));
      for (int i = 0; i < y.length; i++) {
        float expected = i < 3 || i >= 3 + n ? 0 : bytes[7 + i - 3];
        assertThat(y[i]).isEqualTo(expected);
      }
    }
  }
}
