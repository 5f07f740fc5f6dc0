package dev.sardonyx.runtime.simd;

import java.util.Arrays;

/** Attention for a block of queries as plain loops. */
final class PortableAttention {
  private PortableAttention() {}

  /** Keys with those that fill up the partial sums of {@link Partials}, and weigh nothing. */
  static int filledUp(int keys) {
    return (keys + Partials.COUNT - 1) / Partials.COUNT * Partials.COUNT;
  }

  static void block(
      Kernels kernels,
      float[] q,
      int q0,
      int ldq,
      int rows,
      PackedMatrix keys,
      float scale,
      float[] mask,
      int m0,
      int ldm,
      PackedMatrix values,
      float[] scores,
      float[] y,
      int y0,
      int ldy) {
    int width = keys.panels() * PackedMatrix.PANEL;
    int n = filledUp(keys.n());
    kernels.gemm(q, q0, ldq, keys, scores, 0, width, rows, Epilogue.NONE);
    int factors = rows * width;
    for (int r = 0; r < rows; r++) {
      int at = r * width;
      Arrays.fill(scores, at + keys.n(), at + n, 0f);
      for (int i = 0; i < n; i++) {
        scores[at + i] = Math.fma(scores[at + i], scale, mask[m0 + r * ldm + i]);
      }
      scores[factors + r] = softmax(scores, at, n);
    }
    kernels.gemm(scores, 0, width, values, y, y0, ldy, rows, Epilogue.NONE);
    for (int r = 0; r < rows; r++) {
      int at = y0 + r * ldy;
      for (int i = 0; i < values.n(); i++) {
        y[at + i] *= scores[factors + r];
      }
    }
  }

  /** x = exp(x − its largest); returns the factor that makes their sum 1. */
  static float softmax(float[] x, int at, int n) {
    float max = Float.NEGATIVE_INFINITY;
    for (int i = at; i < at + n; i++) {
      max = x[i] > max ? x[i] : max;
    }
    float[] p = Partials.array();
    Arrays.fill(p, 0f);
    for (int i = 0; i < n; i += Partials.COUNT) {
      for (int j = 0; j < Partials.COUNT; j++) {
        float e = ScalarMath.expBelowZero(x[at + i + j] - max);
        x[at + i + j] = e;
        p[j] += e;
      }
    }
    return 1f / Partials.sum(p);
  }
}
