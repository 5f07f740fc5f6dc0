package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.WinogradTransform.A;
import static dev.sardonyx.runtime.simd.WinogradTransform.B;

/** {@link Kernels#winograd} as plain loops; each method transforms one line of n channels. */
final class PortableWinograd {
  private PortableWinograd() {}

  static void input4(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int n) {
    for (int c = 0; c < n; c++) {
      int xc = x0 + c;
      int yc = y0 + c;
      float d0 = x[xc];
      float d1 = x[xc + xStep];
      float d2 = x[xc + 2 * xStep];
      float d3 = x[xc + 3 * xStep];
      float d4 = x[xc + 4 * xStep];
      float d5 = x[xc + 5 * xStep];
      float t1 = Math.fma(-2f, d2, d4);
      float t2 = A * Math.fma(-2f, d1, d3);
      float t3 = Math.fma(-0.5f, d2, d4);
      float t4 = B * Math.fma(-0.5f, d1, d3);
      y[yc] = Math.fma(-2.5f, d2, d0 + d4);
      y[yc + yStep] = t1 + t2;
      y[yc + 2 * yStep] = t1 - t2;
      y[yc + 3 * yStep] = t3 + t4;
      y[yc + 4 * yStep] = t3 - t4;
      y[yc + 5 * yStep] = Math.fma(-2.5f, d3, d1 + d5);
    }
  }

  static void output4(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int n) {
    for (int c = 0; c < n; c++) {
      int xc = x0 + c;
      int yc = y0 + c;
      float m1 = x[xc + xStep];
      float m2 = x[xc + 2 * xStep];
      float m3 = x[xc + 3 * xStep];
      float m4 = x[xc + 4 * xStep];
      float s1 = m1 + m2;
      float d1 = m1 - m2;
      float s2 = m3 + m4;
      float d2 = m3 - m4;
      y[yc] = x[xc] + s1 + s2;
      y[yc + yStep] = Math.fma(A, d1, B * d2);
      y[yc + 2 * yStep] = Math.fma(0.5f, s1, 2f * s2);
      y[yc + 3 * yStep] = Math.fma(A / 2, d1, Math.fma(2 * B, d2, x[xc + 5 * xStep]));
    }
  }

  static void input2(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int n) {
    for (int c = 0; c < n; c++) {
      int xc = x0 + c;
      int yc = y0 + c;
      float d1 = x[xc + xStep];
      float d2 = x[xc + 2 * xStep];
      y[yc] = d2 - x[xc];
      y[yc + yStep] = d1 + d2;
      y[yc + 2 * yStep] = d2 - d1;
      y[yc + 3 * yStep] = x[xc + 3 * xStep] - d1;
    }
  }

  static void output2(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int n) {
    for (int c = 0; c < n; c++) {
      int xc = x0 + c;
      int yc = y0 + c;
      float m1 = x[xc + xStep];
      float m2 = x[xc + 2 * xStep];
      y[yc] = x[xc] + m1 + m2;
      y[yc + yStep] = m1 - m2 + x[xc + 3 * xStep];
    }
  }
}
