package dev.sardonyx.runtime.simd;

import java.util.Arrays;

/**
 * Reductions of rows, and the normalizations built from them, as plain loops; {@link Partials}
 * defines the order of the sums.
 */
final class PortableRows {
  private PortableRows() {}

  static void reduce(
      Reduction reduction,
      float[] x,
      int xOffset,
      int xStride,
      int rows,
      int n,
      float[] y,
      int yOffset) {
    float[] p = Partials.array();
    for (int r = 0; r < rows; r++) {
      int at = xOffset + r * xStride;
      y[yOffset + r] =
          switch (reduction) {
            case SUM -> sum(x, at, n, p);
            case MEAN -> sum(x, at, n, p) / n;
            case MAX -> max(x, at, n, p);
            case MIN -> min(x, at, n, p);
            case SUM_SQUARE -> sumOfSquares(x, at, n, 0f, p);
          };
    }
  }

  static void softmax(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    float[] p = Partials.array();
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      exponentials(x, xi, largest(x, xi, n, p), y, yi, n);
      float factor = 1f / sum(y, yi, n, p);
      for (int i = 0; i < n; i++) {
        y[yi + i] *= factor;
      }
    }
  }

  static void logSoftmax(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    float[] p = Partials.array();
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      float max = largest(x, xi, n, p);
      float log = ScalarMath.log(sumOfExponentials(x, xi, n, max, p));
      for (int i = 0; i < n; i++) {
        y[yi + i] = (x[xi + i] - max) - log;
      }
    }
  }

  /** y = exp(x − max). */
  private static void exponentials(float[] x, int xi, float max, float[] y, int yi, int n) {
    for (int i = 0; i < n; i++) {
      y[yi + i] = ScalarMath.expBelowZero(x[xi + i] - max);
    }
  }

  static void layerNorm(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float[] scale,
      int scaleOffset,
      float[] bias,
      int biasOffset,
      float epsilon) {
    float[] p = Partials.array();
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      float mean = sum(x, xi, n, p) / n;
      float variance = sumOfSquares(x, xi, n, mean, p) / n;
      float factor = 1f / ScalarMath.sqrt(variance + epsilon);
      if (bias == null) {
        scaled(x, xi, mean, factor, scale, scaleOffset, y, yi, n);
      } else {
        scaledAndShifted(x, xi, mean, factor, scale, scaleOffset, bias, biasOffset, y, yi, n);
      }
    }
  }

  static void rmsNorm(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float[] scale,
      int scaleOffset,
      float epsilon) {
    float[] p = Partials.array();
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      float factor = 1f / ScalarMath.sqrt(sumOfSquares(x, xi, n, 0f, p) / n + epsilon);
      scaled(x, xi, 0f, factor, scale, scaleOffset, y, yi, n);
    }
  }

  /** y = (x − mean)·factor·scale. */
  private static void scaled(
      float[] x,
      int xi,
      float mean,
      float factor,
      float[] scale,
      int si,
      float[] y,
      int yi,
      int n) {
    for (int i = 0; i < n; i++) {
      y[yi + i] = (x[xi + i] - mean) * factor * scale[si + i];
    }
  }

  /** y = (x − mean)·factor·scale + bias. */
  private static void scaledAndShifted(
      float[] x,
      int xi,
      float mean,
      float factor,
      float[] scale,
      int si,
      float[] bias,
      int bi,
      float[] y,
      int yi,
      int n) {
    for (int i = 0; i < n; i++) {
      y[yi + i] = Math.fma((x[xi + i] - mean) * factor, scale[si + i], bias[bi + i]);
    }
  }

  /** Σ x. */
  static float sum(float[] x, int at, int n, float[] p) {
    int full = n - n % Partials.COUNT;
    Arrays.fill(p, 0f);
    for (int i = 0; i < full; i += Partials.COUNT) {
      for (int j = 0; j < Partials.COUNT; j++) {
        float v = x[at + i + j];
        p[j] += v;
      }
    }
    for (int j = 0; j < n - full; j++) {
      float v = x[at + full + j];
      p[j] += v;
    }
    return Partials.sum(p);
  }

  /** Σ (x − center)². */
  static float sumOfSquares(float[] x, int at, int n, float center, float[] p) {
    int full = n - n % Partials.COUNT;
    Arrays.fill(p, 0f);
    for (int i = 0; i < full; i += Partials.COUNT) {
      for (int j = 0; j < Partials.COUNT; j++) {
        float v = x[at + i + j];
        float d = v - center;
        p[j] = Math.fma(d, d, p[j]);
      }
    }
    for (int j = 0; j < n - full; j++) {
      float v = x[at + full + j];
      float d = v - center;
      p[j] = Math.fma(d, d, p[j]);
    }
    return Partials.sum(p);
  }

  /** Σ exp(x − max). */
  static float sumOfExponentials(float[] x, int at, int n, float max, float[] p) {
    int full = n - n % Partials.COUNT;
    Arrays.fill(p, 0f);
    for (int i = 0; i < full; i += Partials.COUNT) {
      for (int j = 0; j < Partials.COUNT; j++) {
        float v = x[at + i + j];
        p[j] += ScalarMath.expBelowZero(v - max);
      }
    }
    for (int j = 0; j < n - full; j++) {
      float v = x[at + full + j];
      p[j] += ScalarMath.expBelowZero(v - max);
    }
    return Partials.sum(p);
  }

  /** The largest x that is a number, or −∞. */
  private static float largest(float[] x, int at, int n, float[] p) {
    int full = n - n % Partials.COUNT;
    Arrays.fill(p, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < full; i += Partials.COUNT) {
      for (int j = 0; j < Partials.COUNT; j++) {
        float v = x[at + i + j];
        p[j] = v > p[j] ? v : p[j];
      }
    }
    for (int j = 0; j < n - full; j++) {
      float v = x[at + full + j];
      p[j] = v > p[j] ? v : p[j];
    }
    return Partials.max(p);
  }

  /** The largest x. */
  static float max(float[] x, int at, int n, float[] p) {
    int full = n - n % Partials.COUNT;
    Arrays.fill(p, Float.NEGATIVE_INFINITY);
    for (int i = 0; i < full; i += Partials.COUNT) {
      for (int j = 0; j < Partials.COUNT; j++) {
        float v = x[at + i + j];
        p[j] = Math.max(p[j], v);
      }
    }
    for (int j = 0; j < n - full; j++) {
      float v = x[at + full + j];
      p[j] = Math.max(p[j], v);
    }
    return Partials.max(p);
  }

  /** The smallest x. */
  static float min(float[] x, int at, int n, float[] p) {
    int full = n - n % Partials.COUNT;
    Arrays.fill(p, Float.POSITIVE_INFINITY);
    for (int i = 0; i < full; i += Partials.COUNT) {
      for (int j = 0; j < Partials.COUNT; j++) {
        float v = x[at + i + j];
        p[j] = Math.min(p[j], v);
      }
    }
    for (int j = 0; j < n - full; j++) {
      float v = x[at + full + j];
      p[j] = Math.min(p[j], v);
    }
    return Partials.min(p);
  }
}
