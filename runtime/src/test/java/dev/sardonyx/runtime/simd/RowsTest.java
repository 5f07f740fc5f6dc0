package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.Providers.assertClose;
import static dev.sardonyx.runtime.simd.Providers.random;
import static dev.sardonyx.runtime.simd.Providers.same;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RowsTest {
  private static final int ROWS = 3;
  private static final int X = 2;
  private static final int Y = 1;

  @ParameterizedTest
  @EnumSource
  void reductionsAgreeBitForBitAndWithDoublePrecision(Reduction reduction) {
    Random random = new Random(17);
    for (int n = 1; n < 80; n++) {
      int length = n;
      int stride = n + 1;
      float[] x = random(random, X + ROWS * stride, 3);
      float[] y =
          same(
              new float[Y + ROWS],
              reduction + " " + n,
              (k, out) -> k.reduce(reduction, x, X, stride, ROWS, length, out, Y));
      for (int row = 0; row < ROWS; row++) {
        double[] values = row(x, X + row * stride, n);
        double expected =
            switch (reduction) {
              case SUM -> sum(values);
              case MEAN -> sum(values) / n;
              case MAX -> java.util.Arrays.stream(values).max().orElseThrow();
              case MIN -> java.util.Arrays.stream(values).min().orElseThrow();
              case SUM_SQUARE -> sumOfSquares(values, 0);
            };
        assertClose(y[Y + row], expected, 1e-5 * n, reduction + " of " + n);
      }
    }
  }

  /** The order of the sums is part of the contract, so it is written out once more. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 15, 16, 17, 31, 32, 100, 384})
  void sumsAreSixteenPartialSumsCombinedByHalves(int n) {
    float[] x = random(new Random(n), n, 100);
    float[] p = new float[16];
    for (int i = 0; i < n; i++) {
      p[i % 16] += x[i];
    }
    float expected =
        (((p[0] + p[8]) + (p[4] + p[12])) + ((p[2] + p[10]) + (p[6] + p[14])))
            + (((p[1] + p[9]) + (p[5] + p[13])) + ((p[3] + p[11]) + (p[7] + p[15])));
    float[] y =
        same(new float[1], "sum", (k, out) -> k.reduce(Reduction.SUM, x, 0, n, 1, n, out, 0));
    assertThat(y[0]).isEqualTo(expected);
  }

  @Test
  void rowsAddUpOneAfterTheOther() {
    Random random = new Random(7);
    for (int n = 0; n < 80; n++) {
      int columns = n;
      int rows = random.nextInt(9);
      int stride = n + random.nextInt(3);
      float[] x = random(random, 2 + rows * stride + n, 1);
      float[] sums =
          same(
              new float[n + 1],
              rows + "x" + n,
              (k, y) -> k.sumRows(x, 2, stride, rows, columns, y, 1));
      for (int j = 0; j < n; j++) {
        float sum = 0f;
        for (int row = 0; row < rows; row++) {
          sum += x[2 + row * stride + j];
        }
        assertThat(sums[1 + j]).isEqualTo(sum);
      }
    }
  }

  @Test
  void scaleShiftAgreesBitForBitAndWithDoublePrecision() {
    Random random = new Random(9);
    for (int n = 1; n < 80; n++) {
      int columns = n;
      int stride = n + 1;
      float[] x = random(random, X + ROWS * stride, 3);
      float[] factors = random(random, 2 * n + 1, 2);
      float lowest = n % 3 == 0 ? Float.NEGATIVE_INFINITY : 0f;
      float highest = n % 2 == 0 ? Float.POSITIVE_INFINITY : 1f;
      float[] shifts = random(random, 2 * n + 1, 1);
      float[] y =
          same(
              new float[Y + ROWS * n],
              "n " + n,
              (k, out) ->
                  k.scaleShift(
                      x, X, stride, factors, shifts, 1, lowest, highest, out, Y, columns, ROWS,
                      columns));
      for (int i = 0; i < ROWS * n; i++) {
        int j = 1 + i % n;
        double exact = (double) x[X + i / n * stride + i % n] * factors[j] + shifts[j];
        double expected = Math.min(Math.max(exact, lowest), highest);
        assertClose(y[Y + i], expected, 1e-6, "n " + n);
      }
    }
  }

  @Test
  void softmaxAgreesBitForBitAndWithDoublePrecision() {
    Random random = new Random(5);
    for (int n = 1; n < 80; n++) {
      int length = n;
      int stride = n + 1;
      float[] x = random(random, X + ROWS * stride, 30);
      float[] y =
          same(
              new float[Y + ROWS * stride],
              "n " + n,
              (k, out) -> k.softmax(x, X, stride, out, Y, stride, ROWS, length));
      float[] logs =
          same(
              new float[Y + ROWS * stride],
              "n " + n,
              (k, out) -> k.logSoftmax(x, X, stride, out, Y, stride, ROWS, length));
      float[] inPlace =
          same(x, "n " + n, (k, out) -> k.softmax(out, X, stride, out, X, stride, ROWS, length));
      for (int row = 0; row < ROWS; row++) {
        double[] values = row(x, X + row * stride, n);
        double max = java.util.Arrays.stream(values).max().orElseThrow();
        double sum = java.util.Arrays.stream(values).map(v -> Math.exp(v - max)).sum();
        for (int i = 0; i < n; i++) {
          int at = Y + row * stride + i;
          double expected = Math.exp(values[i] - max) / sum;
          assertClose(y[at], expected, 1e-6, "softmax of " + n);
          assertClose(logs[at], values[i] - max - Math.log(sum), 1e-5, "log-softmax of " + n);
          assertThat(inPlace[X + row * stride + i]).isEqualTo(y[at]);
        }
      }
    }
  }

  @Test
  void softmaxGivesNothingToMinusInfinity() {
    float[] x = {1, Float.NEGATIVE_INFINITY, 1};
    assertThat(same(new float[3], "masked", (k, y) -> k.softmax(x, 0, 3, y, 0, 3, 1, 3)))
        .containsExactly(0.5f, 0, 0.5f);
  }

  @Test
  void normalizationsAgreeBitForBitAndWithDoublePrecision() {
    Random random = new Random(6);
    float epsilon = 1e-5f;
    for (int n = 1; n < 80; n++) {
      int length = n;
      int stride = n + 1;
      float[] x = random(random, X + ROWS * stride, 3);
      float[] scale = random(random, n + 2, 2);
      float[] bias = random(random, n + 1, 2);
      float[] blank = new float[Y + ROWS * stride];
      float[] layer =
          same(
              blank,
              "n " + n,
              (k, y) ->
                  k.layerNorm(
                      x, X, stride, y, Y, stride, ROWS, length, scale, 2, bias, 1, epsilon));
      float[] unbiased =
          same(
              blank,
              "n " + n,
              (k, y) ->
                  k.layerNorm(
                      x, X, stride, y, Y, stride, ROWS, length, scale, 2, null, 0, epsilon));
      float[] rms =
          same(
              blank,
              "n " + n,
              (k, y) -> k.rmsNorm(x, X, stride, y, Y, stride, ROWS, length, scale, 2, epsilon));
      for (int row = 0; row < ROWS; row++) {
        double[] values = row(x, X + row * stride, n);
        double mean = sum(values) / n;
        double deviation = Math.sqrt(sumOfSquares(values, mean) / n + epsilon);
        double root = Math.sqrt(sumOfSquares(values, 0) / n + epsilon);
        for (int i = 0; i < n; i++) {
          int at = Y + row * stride + i;
          double normal = (values[i] - mean) / deviation * scale[2 + i];
          assertClose(layer[at], normal + bias[1 + i], 5e-5, "layer norm of " + n);
          assertClose(unbiased[at], normal, 5e-5, "layer norm of " + n);
          assertClose(rms[at], values[i] / root * scale[2 + i], 1e-5, "rms norm of " + n);
        }
      }
    }
  }

  private static double[] row(float[] x, int at, int n) {
    double[] row = new double[n];
    for (int i = 0; i < n; i++) {
      row[i] = x[at + i];
    }
    return row;
  }

  private static double sum(double[] values) {
    return java.util.Arrays.stream(values).sum();
  }

  private static double sumOfSquares(double[] values, double center) {
    return java.util.Arrays.stream(values).map(v -> (v - center) * (v - center)).sum();
  }
}
