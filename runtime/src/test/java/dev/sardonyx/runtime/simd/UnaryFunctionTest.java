package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.Providers.same;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class UnaryFunctionTest {
  /**
   * Every 997th float, so all exponents and both signs, and the numbers where something changes.
   */
  private static final float[] SAMPLE = sample();

  private static final float ALPHA = 0.3f;
  private static final float BETA = 0.45f;

  @ParameterizedTest
  @EnumSource
  void providersAgreeBitForBitOverASampleOfAllFloats(UnaryFunction.Op op) {
    UnaryFunction f = new UnaryFunction(op, ALPHA, BETA);
    same(
        new float[SAMPLE.length],
        op.name(),
        (kernels, y) -> {
          // Blocks of some rows, so that loops end both on and beside whole vectors.
          for (int from = 0; from < SAMPLE.length; from += 4096) {
            int n = Math.min(4096, SAMPLE.length - from);
            kernels.unary(f, SAMPLE, from, y, from, n);
          }
        });
  }

  @ParameterizedTest
  @EnumSource
  void rowsOfAnyLengthOffsetAndStrideAgreeAlsoInPlace(UnaryFunction.Op op) {
    Random random = new Random(17);
    UnaryFunction f = new UnaryFunction(op, ALPHA, BETA);
    for (int n = 0; n < 70; n++) {
      int length = n;
      int stride = n + random.nextInt(3);
      float[] x = Providers.random(random, 3 * stride + 5, 5);
      float[] apart =
          same(
              new float[x.length],
              op + " " + n,
              (k, y) -> k.unary(f, x, 2, stride, y, 2, stride, 3, length));
      float[] inPlace =
          same(x, op + " " + n, (k, y) -> k.unary(f, y, 2, stride, y, 2, stride, 3, length));
      for (int row = 0; row < 3; row++) {
        int from = 2 + row * stride;
        Providers.assertSameBits(
            Arrays.copyOfRange(inPlace, from, from + n),
            Arrays.copyOfRange(apart, from, from + n),
            op + " in place");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void resultsKeepTheirErrorBound(UnaryFunction.Op op) {
    UnaryFunction f = new UnaryFunction(op, ALPHA, BETA);
    float[] y = new float[SAMPLE.length];
    Kernels.portable().unary(f, SAMPLE, 0, y, 0, SAMPLE.length);
    DoubleUnaryOperator exact = exact(op);
    for (int i = 0; i < SAMPLE.length; i++) {
      float x = SAMPLE[i];
      double expected = exact.applyAsDouble(x);
      if (!holds(y[i], expected, bound(op, x, expected))) {
        throw new AssertionError(op + "(" + x + ") is " + y[i] + " instead of " + expected);
      }
    }
  }

  private static boolean holds(float actual, double expected, double bound) {
    float rounded = (float) expected;
    if (Float.isNaN(rounded) || Float.isInfinite(rounded)) {
      return Float.compare(actual, rounded) == 0 || Math.abs(actual) == Float.MAX_VALUE;
    }
    return Math.abs(actual - expected) <= bound;
  }

  /** As the Javadoc of {@link ScalarMath} says. */
  private static double bound(UnaryFunction.Op op, float x, double expected) {
    double ulp = Math.ulp((float) expected);
    return switch (op) {
      case IDENTITY, ABS, CEIL, FLOOR, NEG, RELU, CLIP -> 0;
      case RECIPROCAL, SQRT -> 0.5 * ulp;
      case LOG -> ulp;
      case EXP, ERF -> 1.5 * ulp;
      case TANH -> 3 * ulp;
      case SIGMOID, SILU -> x > -87 ? 3 * ulp : 0x1p-119;
      case GELU -> x > 0 ? 2 * ulp : 0x1p-23;
      case HARD_SIGMOID, LEAKY_RELU -> 2 * ulp + 1e-7;
      case HARD_SWISH -> 2 * ulp + 1e-7 * Math.abs(x);
    };
  }

  private static DoubleUnaryOperator exact(UnaryFunction.Op op) {
    return switch (op) {
      case IDENTITY -> x -> x;
      case ABS -> Math::abs;
      case CEIL -> Math::ceil;
      case CLIP -> x -> Math.min(Math.max(x, ALPHA), BETA);
      case ERF -> UnaryFunctionTest::erf;
      case EXP -> Math::exp;
      case FLOOR -> Math::floor;
      case GELU -> x -> 0.5 * x * (1 + erf(x / Math.sqrt(2)));
      case HARD_SIGMOID -> x -> Math.max(0, Math.min(1, (double) ALPHA * x + BETA));
      case HARD_SWISH -> x -> x * Math.max(0, Math.min(1, x / 6 + 0.5));
      case LEAKY_RELU -> x -> x < 0 ? ALPHA * x : x;
      case LOG -> Math::log;
      case NEG -> x -> -x;
      case RECIPROCAL -> x -> 1 / x;
      case RELU -> x -> Math.max(x, 0.0);
      case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
      case SILU -> x -> x / (1 + Math.exp(-x));
      case SQRT -> Math::sqrt;
      case TANH -> Math::tanh;
    };
  }

  /**
   * By its Taylor series near zero, by the continued fraction of erfc (Abramowitz and Stegun
   * 7.1.14) elsewhere.
   */
  private static double erf(double x) {
    double a = Math.abs(x);
    if (!(a >= 2.5)) {
      double sum = x;
      double term = x;
      for (int n = 1; n < 80; n++) {
        term *= -x * x / n;
        sum += term / (2 * n + 1);
      }
      return 2 / Math.sqrt(Math.PI) * sum;
    }
    if (a > 6) {
      return Math.signum(x);
    }
    double fraction = 0;
    for (int k = 60; k > 0; k--) {
      fraction = k / 2.0 / (a + fraction);
    }
    return Math.signum(x) * (1 - Math.exp(-a * a) / Math.sqrt(Math.PI) / (a + fraction));
  }

  private static float[] sample() {
    float[] edges = {
      0f,
      -0f,
      1f,
      -1f,
      Float.NaN,
      Float.POSITIVE_INFINITY,
      Float.NEGATIVE_INFINITY,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.MIN_NORMAL,
      -Float.MIN_NORMAL,
      Float.MAX_VALUE,
      -Float.MAX_VALUE,
      88.72283f,
      88.72284f,
      89f,
      89.5f,
      -87.3f,
      -87.4f,
      -103.27f,
      -103.97f,
      -103.98f,
      -104f,
      -105f,
      0.875f,
      -0.875f,
      0.87499994f,
      3.95f,
      4f,
      -4f,
      9.01f,
      10f,
      -10f,
      0.70710677f,
      1.4142135f,
      3f,
      -3f,
      0.5f,
      1.5f,
      8388607.5f,
      16777216f
    };
    int step = 997;
    int count = (int) ((1L << 32) / step);
    float[] sample = new float[edges.length + count];
    System.arraycopy(edges, 0, sample, 0, edges.length);
    for (int i = 0; i < count; i++) {
      sample[edges.length + i] = Float.intBitsToFloat((int) ((long) i * step));
    }
    return sample;
  }
}
