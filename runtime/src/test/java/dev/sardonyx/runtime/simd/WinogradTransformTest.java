package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.Providers.assertClose;
import static dev.sardonyx.runtime.simd.Providers.random;
import static dev.sardonyx.runtime.simd.Providers.same;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The transforms against the filter that they are made for, and both providers with each other. */
class WinogradTransformTest {
  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void transformsAndProductsGiveTheFilteredLine(int m) {
    int t = m + 2;
    double[][] g = WinogradTransform.filter(m);
    Random random = new Random(m);
    for (int round = 0; round < 200; round++) {
      int n = 1 + random.nextInt(40);
      int lines = 1 + random.nextInt(3);
      float[] line = random(random, lines * t * n, 1);
      float[] taps = random(random, 3, 1);
      float[] transformed =
          same(
              new float[lines * t * n],
              "input of F(" + m + ", 3)",
              (k, out) ->
                  k.winograd(
                      m == 4 ? WinogradTransform.INPUT_4 : WinogradTransform.INPUT_2,
                      line,
                      0,
                      t * n,
                      n,
                      out,
                      0,
                      t * n,
                      n,
                      lines,
                      n));
      for (int i = 0; i < transformed.length; i++) {
        double[] row = g[i / n % t];
        transformed[i] *= (float) (row[0] * taps[0] + row[1] * taps[1] + row[2] * taps[2]);
      }
      float[] filtered =
          same(
              new float[lines * m * n],
              "output of F(" + m + ", 3)",
              (k, out) ->
                  k.winograd(
                      m == 4 ? WinogradTransform.OUTPUT_4 : WinogradTransform.OUTPUT_2,
                      transformed,
                      0,
                      t * n,
                      n,
                      out,
                      0,
                      m * n,
                      n,
                      lines,
                      n));
      for (int i = 0; i < filtered.length; i++) {
        int at = i / (m * n) * t * n + i % (m * n);
        double sum = 0;
        for (int tap = 0; tap < 3; tap++) {
          sum += line[at + tap * n] * (double) taps[tap];
        }
        assertClose(filtered[i], sum, 4e-6, "F(" + m + ", 3)");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4})
  void outputsWithAllThatFollowsAgreeBitForBitAndWithOneStepAfterTheOther(int m) {
    WinogradTransform transform = m == 4 ? WinogradTransform.OUTPUT_4 : WinogradTransform.OUTPUT_2;
    UnaryFunction[] functions = {
      UnaryFunction.IDENTITY,
      UnaryFunction.RELU,
      UnaryFunction.clip(-0.5f, 0.5f),
      UnaryFunction.SILU
    };
    int t = m + 2;
    Random random = new Random(7 + m);
    for (int round = 0; round < 200; round++) {
      int n = 1 + random.nextInt(40);
      int lines = 1 + random.nextInt(3);
      int yStep = n + random.nextInt(3);
      float[] x = random(random, lines * t * n, 1);
      float[] bias = random.nextBoolean() ? random(random, 3 + n, 1) : null;
      float[] residual = random.nextBoolean() ? random(random, 5 + lines * m * yStep, 1) : null;
      float[] slopes = random.nextBoolean() ? random(random, 3 + n, 1) : null;
      Epilogue epilogue = new Epilogue(bias, functions[random.nextInt(functions.length)], slopes);
      float[] together =
          same(
              new float[1 + lines * m * yStep],
              "output of F(" + m + ", 3) with " + epilogue.activation(),
              (k, out) ->
                  k.winogradOutput(
                      transform, x, 0, t * n, n, out, 1, yStep, lines, n, epilogue, 3, residual,
                      5));
      float[] apart =
          same(
              new float[1 + lines * m * yStep],
              "output of F(" + m + ", 3) before " + epilogue.activation(),
              (k, out) -> {
                k.winograd(transform, x, 0, t * n, n, out, 1, m * yStep, yStep, lines, n);
                epilogue.apply(k, out, 1, yStep, lines * m, n, 3, residual, 5, yStep);
              });
      assertThat(together).isEqualTo(apart);
      if (residual == null) {
        continue;
      }
      float[] start = new float[together.length];
      System.arraycopy(residual, 5, start, 1, residual.length - 5);
      float[] over =
          same(
              start,
              "output of F(" + m + ", 3) over its residual",
              (k, out) ->
                  k.winogradOutput(
                      transform, x, 0, t * n, n, out, 1, yStep, lines, n, epilogue, 3, out, 1));
      for (int row = 0; row < lines * m; row++) {
        int at = 1 + row * yStep;
        assertThat(Arrays.copyOfRange(over, at, at + n))
            .isEqualTo(Arrays.copyOfRange(apart, at, at + n));
      }
    }
  }
}
