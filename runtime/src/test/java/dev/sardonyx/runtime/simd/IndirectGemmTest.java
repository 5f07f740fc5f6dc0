package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.Providers.assertSameBits;
import static dev.sardonyx.runtime.simd.Providers.random;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class IndirectGemmTest {
  private static final UnaryFunction[] ACTIVATIONS = {
    UnaryFunction.IDENTITY,
    UnaryFunction.RELU,
    UnaryFunction.clip(0, 0.5f),
    UnaryFunction.clip(-0.3f, 0.4f),
    UnaryFunction.HARD_SWISH,
    UnaryFunction.SILU
  };

  @Test
  void multipliesTapsLikeRowsThatLieInOnePiece() {
    Random random = new Random(22);
    for (int round = 0; round < 600; round++) {
      int n = 1 + round % 140;
      check(random, n, 1 + random.nextInt(30), Float.NaN);
    }
  }

  @Test
  void whatIsNotFiniteIsClippedLikeRowsThatLieInOnePiece() {
    Random random = new Random(23);
    for (float special : Providers.SPECIAL) {
      for (int n = 1; n <= 70; n += 3) {
        check(random, n, 1 + random.nextInt(30), special);
      }
    }
  }

  /**
   * @param special a number that some taps have, or NaN for none
   */
  private static void check(Random random, int n, int pixels, float special) {
    int rows = 1 + random.nextInt(4);
    int all = rows * pixels;
    int stride = random.nextInt(2 * pixels);
    int k = 1 + random.nextInt(30);
    int[] taps = random.ints(k, 0, 60).toArray();
    float[] x = random(random, 2 + (rows - 1) * stride + pixels - 1 + 60, 1);
    if (!Float.isNaN(special)) {
      x[2 + random.nextInt(x.length - 2)] = special;
    }
    float[] residual = random.nextBoolean() ? random(random, 3 + all * n, 1) : null;
    PackedMatrix b = PackedMatrix.pack(random(random, k * n, 1), 0, n, 1, k, n);
    UnaryFunction activation = ACTIVATIONS[random.nextInt(ACTIVATIONS.length)];
    float[] slopes =
        activation.equals(UnaryFunction.IDENTITY) && random.nextBoolean()
            ? random(random, n, 1)
            : null;
    float[] bias = random.nextBoolean() ? random(random, n, 1) : null;
    Epilogue epilogue = new Epilogue(bias, activation, slopes);
    float[] laidOut = new float[all * k];
    for (int p = 0; p < all; p++) {
      for (int i = 0; i < k; i++) {
        laidOut[p * k + i] = x[2 + p / pixels * stride + p % pixels + taps[i]];
      }
    }
    float[] expected = new float[4 + all * n];
    Kernels.portable()
        .gemm(laidOut, 0, k, b, expected, 1, n, 0, all, 0, b.panels(), epilogue, residual, 3);
    String what =
        rows + " rows of " + pixels + " pixels, " + n + " columns, " + k + " taps, " + activation;
    Providers.forBoth(
        kernels -> {
          float[] c = new float[4 + all * n];
          kernels.indirectGemm(x, 2, stride, taps, b, c, 1, rows, pixels, epilogue, residual, 3);
          assertSameBits(c, expected, kernels.name() + ", " + what);
          if (residual != null) {
            float[] over = new float[4 + all * n];
            System.arraycopy(residual, 3, over, 1, all * n);
            kernels.indirectGemm(x, 2, stride, taps, b, over, 1, rows, pixels, epilogue, over, 1);
            assertSameBits(over, expected, kernels.name() + " over the residual, " + what);
          }
        });
  }
}
