package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.VectorMath.BIASED_ROUNDER;
import static dev.sardonyx.runtime.simd.VectorMath.BOUNDED_EXP_LOWEST;
import static dev.sardonyx.runtime.simd.VectorMath.E2;
import static dev.sardonyx.runtime.simd.VectorMath.E3;
import static dev.sardonyx.runtime.simd.VectorMath.E4;
import static dev.sardonyx.runtime.simd.VectorMath.E5;
import static dev.sardonyx.runtime.simd.VectorMath.E6;
import static dev.sardonyx.runtime.simd.VectorMath.LOG2_E;
import static dev.sardonyx.runtime.simd.VectorMath.MINUS_LN2_HIGH;
import static dev.sardonyx.runtime.simd.VectorMath.MINUS_LN2_LOW;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LT;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Reductions of rows, and the normalizations built from them, as vectors; {@link Partials} defines
 * the order of the sums.
 *
 * <p>A pass over a row keeps two vectors of partial results, or one where that is all of them; the
 * shortest vectors need two passes. That keeps one loop for all lengths.
 */
final class VectorRows {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  /** Whether a vector is shorter than the partial results. */
  private static final boolean PAIRS = LANES < Partials.COUNT;

  private VectorRows() {}

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
      multiply(y, yi, 1f / sum(y, yi, n, p), n);
    }
  }

  private static void multiply(float[] x, int xi, float factor, int n) {
    int i = 0;
    for (int whole = n & -LANES; i < whole; i += LANES) {
      FloatVector.fromArray(SPECIES, x, xi + i).mul(factor).intoArray(x, xi + i);
    }
    for (; i < n; i++) {
      x[xi + i] *= factor;
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
      int i = 0;
      for (int whole = n & -LANES; i < whole; i += LANES) {
        FloatVector.fromArray(SPECIES, x, xi + i).sub(max).sub(log).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = (x[xi + i] - max) - log;
      }
    }
  }

  /**
   * y = exp(x − max), two vectors at a time: an exponential mostly waits for itself. {@link
   * VectorMath#expBelowZero} is written out, as in {@link VectorAttention}, since C2 might leave it
   * a call and box every vector.
   */
  private static void exponentials(float[] x, int xi, float max, float[] y, int yi, int n) {
    int i = 0;
    for (int pairs = n & -(2 * LANES); i < pairs; i += 2 * LANES) {
      FloatVector u = FloatVector.fromArray(SPECIES, x, xi + i).sub(max);
      FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i + LANES).sub(max);
      u = u.blend(BOUNDED_EXP_LOWEST, u.compare(LT, BOUNDED_EXP_LOWEST));
      v = v.blend(BOUNDED_EXP_LOWEST, v.compare(LT, BOUNDED_EXP_LOWEST));
      FloatVector s = u.fma(LOG2_E, BIASED_ROUNDER);
      FloatVector t = v.fma(LOG2_E, BIASED_ROUNDER);
      FloatVector m = s.sub(BIASED_ROUNDER);
      FloatVector w = t.sub(BIASED_ROUNDER);
      u = m.fma(MINUS_LN2_LOW, m.fma(MINUS_LN2_HIGH, u));
      v = w.fma(MINUS_LN2_LOW, w.fma(MINUS_LN2_HIGH, v));
      FloatVector u2 = u.mul(u);
      FloatVector v2 = v.mul(v);
      FloatVector p = u2.fma(E6, u.fma(E5, E4)).fma(u2, u.fma(E3, E2)).fma(u2, u);
      FloatVector q = v2.fma(E6, v.fma(E5, E4)).fma(v2, v.fma(E3, E2)).fma(v2, v);
      FloatVector low = s.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      FloatVector high = t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
      p.fma(low, low).intoArray(y, yi + i);
      q.fma(high, high).intoArray(y, yi + i + LANES);
    }
    for (; i < n; i++) {
      y[yi + i] = ScalarMath.expBelowZero(x[xi + i] - max);
    }
  }

  private static void store(FloatVector low, FloatVector high, float[] p, int part) {
    low.intoArray(p, part);
    if (PAIRS) {
      high.intoArray(p, part + LANES);
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
    int i = 0;
    for (int whole = n & -LANES; i < whole; i += LANES) {
      FloatVector s = FloatVector.fromArray(SPECIES, scale, si + i);
      FloatVector.fromArray(SPECIES, x, xi + i).sub(mean).mul(factor).mul(s).intoArray(y, yi + i);
    }
    for (; i < n; i++) {
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
    int i = 0;
    for (int whole = n & -LANES; i < whole; i += LANES) {
      FloatVector s = FloatVector.fromArray(SPECIES, scale, si + i);
      FloatVector b = FloatVector.fromArray(SPECIES, bias, bi + i);
      FloatVector.fromArray(SPECIES, x, xi + i)
          .sub(mean)
          .mul(factor)
          .fma(s, b)
          .intoArray(y, yi + i);
    }
    for (; i < n; i++) {
      y[yi + i] = Math.fma((x[xi + i] - mean) * factor, scale[si + i], bias[bi + i]);
    }
  }

  /** Σ x. */
  static float sum(float[] x, int at, int n, float[] p) {
    int full = n - n % Partials.COUNT;
    for (int part = 0; part < Partials.COUNT; part += 2 * LANES) {
      FloatVector low = FloatVector.broadcast(SPECIES, 0f);
      FloatVector high = FloatVector.broadcast(SPECIES, 0f);
      for (int i = part; i < full; i += Partials.COUNT) {
        low = low.add(FloatVector.fromArray(SPECIES, x, at + i));
        if (PAIRS) {
          high = high.add(FloatVector.fromArray(SPECIES, x, at + i + LANES));
        }
      }
      store(low, high, p, part);
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
    for (int part = 0; part < Partials.COUNT; part += 2 * LANES) {
      FloatVector low = FloatVector.broadcast(SPECIES, 0f);
      FloatVector high = FloatVector.broadcast(SPECIES, 0f);
      for (int i = part; i < full; i += Partials.COUNT) {
        FloatVector d = FloatVector.fromArray(SPECIES, x, at + i).sub(center);
        low = d.fma(d, low);
        if (PAIRS) {
          FloatVector e = FloatVector.fromArray(SPECIES, x, at + i + LANES).sub(center);
          high = e.fma(e, high);
        }
      }
      store(low, high, p, part);
    }
    for (int j = 0; j < n - full; j++) {
      float v = x[at + full + j];
      float d = v - center;
      p[j] = Math.fma(d, d, p[j]);
    }
    return Partials.sum(p);
  }

  /** Σ exp(x − max), written out as {@link #exponentials} is. */
  static float sumOfExponentials(float[] x, int at, int n, float max, float[] p) {
    int full = n - n % Partials.COUNT;
    // One vector at a time: C2 boxes the partial results of a loop with two exponentials.
    for (int part = 0; part < Partials.COUNT; part += LANES) {
      FloatVector sum = FloatVector.zero(SPECIES);
      for (int i = part; i < full; i += Partials.COUNT) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, at + i).sub(max);
        v = v.blend(BOUNDED_EXP_LOWEST, v.compare(LT, BOUNDED_EXP_LOWEST));
        FloatVector t = v.fma(LOG2_E, BIASED_ROUNDER);
        FloatVector w = t.sub(BIASED_ROUNDER);
        v = w.fma(MINUS_LN2_LOW, w.fma(MINUS_LN2_HIGH, v));
        FloatVector v2 = v.mul(v);
        FloatVector q = v2.fma(E6, v.fma(E5, E4)).fma(v2, v.fma(E3, E2)).fma(v2, v);
        FloatVector power = t.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
        sum = sum.add(q.fma(power, power));
      }
      sum.intoArray(p, part);
    }
    for (int j = 0; j < n - full; j++) {
      float v = x[at + full + j];
      p[j] += ScalarMath.expBelowZero(v - max);
    }
    return Partials.sum(p);
  }

  /** The largest x that is a number, or −∞: quicker than {@link #max}, which looks out for NaN. */
  private static float largest(float[] x, int at, int n, float[] p) {
    int full = n - n % Partials.COUNT;
    for (int part = 0; part < Partials.COUNT; part += 2 * LANES) {
      FloatVector low = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
      FloatVector high = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
      for (int i = part; i < full; i += Partials.COUNT) {
        FloatVector u = FloatVector.fromArray(SPECIES, x, at + i);
        low = low.blend(u, u.compare(GT, low));
        if (PAIRS) {
          FloatVector v = FloatVector.fromArray(SPECIES, x, at + i + LANES);
          high = high.blend(v, v.compare(GT, high));
        }
      }
      store(low, high, p, part);
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
    for (int part = 0; part < Partials.COUNT; part += 2 * LANES) {
      FloatVector low = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
      FloatVector high = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
      for (int i = part; i < full; i += Partials.COUNT) {
        low = low.max(FloatVector.fromArray(SPECIES, x, at + i));
        if (PAIRS) {
          high = high.max(FloatVector.fromArray(SPECIES, x, at + i + LANES));
        }
      }
      store(low, high, p, part);
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
    for (int part = 0; part < Partials.COUNT; part += 2 * LANES) {
      FloatVector low = FloatVector.broadcast(SPECIES, Float.POSITIVE_INFINITY);
      FloatVector high = FloatVector.broadcast(SPECIES, Float.POSITIVE_INFINITY);
      for (int i = part; i < full; i += Partials.COUNT) {
        low = low.min(FloatVector.fromArray(SPECIES, x, at + i));
        if (PAIRS) {
          high = high.min(FloatVector.fromArray(SPECIES, x, at + i + LANES));
        }
      }
      store(low, high, p, part);
    }
    for (int j = 0; j < n - full; j++) {
      float v = x[at + full + j];
      p[j] = Math.min(p[j], v);
    }
    return Partials.min(p);
  }
}
