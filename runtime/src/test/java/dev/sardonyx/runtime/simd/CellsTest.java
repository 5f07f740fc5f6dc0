package dev.sardonyx.runtime.simd;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** The cells of LSTM and GRU in both providers, against their formulas in double precision. */
class CellsTest {
  private static final int APART = 40;
  private static final int UNITS = 37;

  private final Random random = new Random(3);
  private final float[] sums = Providers.random(random, 4 * APART, 4);
  private final float[] gates = Providers.random(random, 4 * APART, 4);
  private final float[] before = Providers.random(random, APART, 1);

  @Test
  void lstmForgetsAndTakesInAsItsGatesSay() {
    for (int n = 0; n <= UNITS; n++) {
      int units = n;
      float[] both =
          Providers.same(
              new float[2 * APART],
              n + " units",
              (kernels, out) -> {
                System.arraycopy(before, 0, out, 0, APART);
                kernels.lstmCell(sums, 1, gates.clone(), 1, APART - 1, out, 2, out, APART, units);
              });
      for (int j = 0; j < n; j++) {
        double in = sigmoid(sum(0, j));
        double out = sigmoid(sum(1, j));
        double forget = sigmoid(sum(2, j));
        double c = forget * before[2 + j] + in * Math.tanh(sum(3, j));
        Providers.assertClose(both[2 + j], c, 1e-6, "c");
        Providers.assertClose(both[APART + j], out * Math.tanh(c), 1e-6, "h");
      }
      Providers.assertClose(both[APART + n], 0, 0, "after h");
    }
  }

  @Test
  void gruMixesTheStateBeforeWithAFreshOne() {
    float[] bias = Providers.random(random, APART, 1);
    for (int n = 0; n <= UNITS; n++) {
      int units = n;
      float[] h =
          Providers.same(
              new float[APART],
              n + " units",
              (kernels, out) ->
                  kernels.gruCell(
                      sums, 1, gates.clone(), 1, APART - 1, bias, 2, before, 1, out, 0, units));
      for (int j = 0; j < n; j++) {
        double z = sigmoid(sum(0, j));
        double r = sigmoid(sum(1, j));
        int at = 1 + 2 * (APART - 1) + j;
        double fresh = Math.tanh(r * (gates[at] + bias[2 + j]) + sums[at]);
        Providers.assertClose(h[j], (1 - z) * fresh + z * before[1 + j], 1e-6, "h");
      }
      Providers.assertClose(h[n], 0, 0, "after h");
    }
  }

  private double sum(int gate, int j) {
    int at = 1 + gate * (APART - 1) + j;
    return (double) sums[at] + gates[at];
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
