package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.Providers.same;

import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class UnaryFunctionTest {
  /**
   * Every 997th float, so all exponents and both signs, and the numbers where something changes.
   */
  private static final float[] SAMPLE = sample();

  private static final float ALPHA = 0.3f;
  private static final float BETA = 0.45f;
  private static final float GAMMA = 1.3f;

  @ParameterizedTest
  @EnumSource
  void providersAgreeBitForBitOverASampleOfAllFloats(UnaryFunction.Op op) {
    UnaryFunction f = new UnaryFunction(op, ALPHA, BETA, GAMMA);
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
    UnaryFunction f = new UnaryFunction(op, ALPHA, BETA, GAMMA);
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
    assertBounds(op, SAMPLE);
  }

  /** Takes some minutes for each function: {@code -Dsardonyx.test.allFloats=true} asks for it. */
  @ParameterizedTest
  @EnumSource
  @EnabledIfSystemProperty(named = "sardonyx.test.allFloats", matches = "true")
  void everyFloatKeepsTheErrorBoundInBothProviders(UnaryFunction.Op op) {
    UnaryFunction f = new UnaryFunction(op, ALPHA, BETA, GAMMA);
    float[] x = new float[1 << 20];
    for (int block = 0; block < 1 << 12; block++) {
      for (int i = 0; i < x.length; i++) {
        x[i] = Float.intBitsToFloat(block * x.length + i);
      }
      same(new float[x.length], op.name(), (k, y) -> k.unary(f, x, 0, y, 0, x.length));
      assertBounds(op, x);
    }
  }

  private static void assertBounds(UnaryFunction.Op op, float[] xs) {
    float[] y = new float[xs.length];
    Kernels.portable().unary(new UnaryFunction(op, ALPHA, BETA, GAMMA), xs, 0, y, 0, xs.length);
    DoubleUnaryOperator exact = exact(op);
    for (int i = 0; i < xs.length; i++) {
      double expected = exact.applyAsDouble(xs[i]);
      if (!holds(y[i], expected, bound(op, xs[i], expected))) {
        throw new AssertionError(op + "(" + xs[i] + ") is " + y[i] + " instead of " + expected);
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
      case IDENTITY, ABS, CEIL, FLOOR, NEG, RELU, ROUND, SIGN, CLIP, THRESHOLDED_RELU -> 0;
      case RECIPROCAL, SQRT -> 0.5 * ulp;
      case SOFTSIGN -> 1.5 * ulp;
      case LOG -> ulp;
      case COS, SIN -> 1.6 * ulp;
      case EXP -> 1.1 * ulp;
      case ERF -> 1.4 * ulp;
      case TANH -> 2.7 * ulp;
      case SIGMOID -> x > -87 ? 2.5 * ulp : 0x1p-125;
      case SILU -> x > -87 ? 2.5 * ulp : 0x1p-119;
      case SOFTPLUS -> x > -87 ? 1.9 * ulp : 0x1p-126;
      case MISH -> x > -87 ? 4.7 * ulp : 0x1p-119;
      case SWISH -> x * ALPHA > -87 ? (2.1 - Math.min(x * ALPHA, 0)) * ulp : -x * 0x1p-127;
      case ELU -> x < 0 ? 3 * ulp : 0.5 * ulp;
      case GELU_TANH -> x > 0 ? 2.1 * ulp : x > -1 ? 2.9 * ulp : Math.pow(2, -24.1);
      case GELU -> x > 0 ? 2.2 * ulp : x > -1 ? 4.1 * ulp : Math.pow(2, -23.6);
      case HARD_SIGMOID, LEAKY_RELU -> 2 * ulp + 1e-7;
      case HARD_SWISH, SCALED_HARD_SWISH -> 2 * ulp + 1e-7 * Math.abs(x);
    };
  }

  private static DoubleUnaryOperator exact(UnaryFunction.Op op) {
    return switch (op) {
      case IDENTITY -> x -> x;
      case ABS -> Math::abs;
      case CEIL -> Math::ceil;
      case CLIP -> x -> Math.min(Math.max(x, ALPHA), BETA);
      case COS -> Math::cos;
      case ELU -> x -> x < 0 ? ALPHA * Math.expm1(BETA * x) : GAMMA * x;
      case ERF -> UnaryFunctionTest::erf;
      case EXP -> Math::exp;
      case FLOOR -> Math::floor;
      case GELU -> x -> x < -40 ? 0 : 0.5 * x * (1 + erf(x / Math.sqrt(2)));
      case GELU_TANH ->
          x -> x / (1 + Math.exp(-Math.sqrt(8 / Math.PI) * x * (1 + 0.044715 * x * x)));
      case HARD_SIGMOID -> x -> Math.max(0, Math.min(1, (double) ALPHA * x + BETA));
      case HARD_SWISH -> x -> x * Math.max(0, Math.min(1, x / 6 + 0.5));
      case SCALED_HARD_SWISH -> x -> ALPHA * (x * Math.max(0, Math.min(1, x / 6 + 0.5))) + BETA;
      case LEAKY_RELU -> x -> x < 0 ? ALPHA * x : x;
      case LOG -> Math::log;
      case MISH -> x -> x * Math.tanh(softplus(x));
      case NEG -> x -> -x;
      case RECIPROCAL -> x -> 1 / x;
      case RELU -> x -> Math.max(x, 0.0);
      case ROUND -> Math::rint;
      case SIGMOID -> x -> 1 / (1 + Math.exp(-x));
      case SIGN -> Math::signum;
      case SILU -> x -> x / (1 + Math.exp(-x));
      case SIN -> Math::sin;
      case SOFTPLUS -> UnaryFunctionTest::softplus;
      case SOFTSIGN -> x -> x / (1 + Math.abs(x));
      case SQRT -> Math::sqrt;
      case SWISH -> x -> x / (1 + Math.exp(-ALPHA * x));
      case TANH -> Math::tanh;
      case THRESHOLDED_RELU -> x -> x > ALPHA ? x : 0;
    };
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }

  /** erf at multiples of 1/64. */
  private static final double[] ERF = new double[6 * 64 + 2];

  static {
    for (int i = 0; i < ERF.length; i++) {
      ERF[i] = erfBySeries(i / 64.0);
    }
  }

  /** By its Taylor series about the nearest multiple of 1/64. */
  private static double erf(double x) {
    double a = Math.abs(x);
    if (!(a >= 0.5)) {
      return erfBySeries(x);
    }
    if (a > 6) {
      return Math.signum(x);
    }
    int i = (int) Math.round(a * 64);
    double c = i / 64.0;
    double h = a - c;
    // Derivatives after the first are Hermite polynomials times it; term = h^n/n! · polynomial.
    double before = h;
    double term = -c * h * h;
    double sum = before + term;
    for (int n = 3; n < 9; n++) {
      double next = -2 * h / n * (c * term + h * (n - 2) / (n - 1) * before);
      before = term;
      term = next;
      sum += term;
    }
    return Math.signum(x) * (ERF[i] + 2 / Math.sqrt(Math.PI) * Math.exp(-c * c) * sum);
  }

  /** By the Maclaurin series near zero, by the continued fraction of erfc elsewhere. */
  private static double erfBySeries(double x) {
    double a = Math.abs(x);
    if (!(a >= 2.5)) {
      double sum = x;
      double term = x;
      for (int n = 1; n < 80 && Math.abs(term) > 1e-18 * a; n++) {
        term *= -x * x / n;
        sum += term / (2 * n + 1);
      }
      return 2 / Math.sqrt(Math.PI) * sum;
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
      16777216f,
      1.5707964f,
      3.1415927f,
      99999.99f,
      100000.01f,
      -1e30f
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
