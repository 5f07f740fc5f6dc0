package dev.sardonyx.runtime.simd;

/** The cells of recurrent networks in plain Java, for the units {@code [from, to)}. */
final class PortableCells {
  private PortableCells() {}

  static void lstm(
      float[] sums,
      int s0,
      float[] gates,
      int g0,
      int apart,
      float[] c,
      int c0,
      float[] h,
      int h0,
      int from,
      int to) {
    for (int j = from; j < to; j++) {
      int s = s0 + j;
      int g = g0 + j;
      float in = ScalarMath.sigmoid(gates[g] + sums[s]);
      float out = ScalarMath.sigmoid(gates[g + apart] + sums[s + apart]);
      float forget = ScalarMath.sigmoid(gates[g + 2 * apart] + sums[s + 2 * apart]);
      float fresh = ScalarMath.tanh(gates[g + 3 * apart] + sums[s + 3 * apart]);
      float cell = forget * c[c0 + j] + in * fresh;
      c[c0 + j] = cell;
      h[h0 + j] = out * ScalarMath.tanh(cell);
    }
  }

  static void gru(
      float[] sums,
      int s0,
      float[] gates,
      int g0,
      int apart,
      float[] bias,
      int b0,
      float[] before,
      int before0,
      float[] h,
      int h0,
      int from,
      int to) {
    for (int j = from; j < to; j++) {
      int s = s0 + j;
      int g = g0 + j;
      float update = ScalarMath.sigmoid(gates[g] + sums[s]);
      float reset = ScalarMath.sigmoid(gates[g + apart] + sums[s + apart]);
      float state = gates[g + 2 * apart] + bias[b0 + j];
      float fresh = ScalarMath.tanh(reset * state + sums[s + 2 * apart]);
      h[h0 + j] = fresh + update * (before[before0 + j] - fresh);
    }
  }
}
