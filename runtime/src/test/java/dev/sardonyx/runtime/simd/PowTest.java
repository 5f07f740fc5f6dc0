package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.Providers.same;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

final class PowTest {
  private static final float[] EXPONENTS = {
    -100f,
    -3f,
    -2f,
    -1f,
    -0.5f,
    -1e-3f,
    0f,
    0.1f,
    0.33333334f,
    0.5f,
    1f,
    2f,
    2.5f,
    3f,
    7f,
    30f,
    16777216f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY
  };

  @Test
  void aSampleOfAllFloatsKeepsTheErrorBoundInBothProviders() {
    float[] x = new float[(int) ((1L << 32) / 9973)];
    for (int i = 0; i < x.length; i++) {
      x[i] = Float.intBitsToFloat(i * 9973);
    }
    System.arraycopy(new float[] {0f, -0f, 1f, -1f}, 0, x, 0, 4);
    System.arraycopy(
        new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}, 0, x, 4, 3);
    for (float y : EXPONENTS) {
      checkScalar(x, y);
    }
  }

  @Test
  void bothOperandsMayChange() {
    Random random = new Random(3);
    for (int round = 0; round < 40; round++) {
      float[] x = new float[10_007];
      float[] y = new float[x.length];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) Math.exp(random.nextGaussian() * (round % 4 * 10 + 0.1));
        y[i] = (float) (random.nextGaussian() * Math.exp(random.nextGaussian() * 3));
      }
      if (round == 39) {
        x[77] = -2f;
      }
      assertBounds(
          x,
          y,
          same(
              new float[x.length],
              "x^y",
              (k, z) -> k.binary(BinaryOp.POW, x, 0, y, 0, z, 0, x.length)));
      float base = x[0];
      float[] bases = new float[x.length];
      Arrays.fill(bases, base);
      assertBounds(
          bases,
          y,
          same(
              new float[x.length],
              base + "^y",
              (k, z) -> k.scalarBinary(BinaryOp.POW, base, y, 0, z, 0, x.length)));
    }
  }

  /** Takes some minutes: {@code -Dsardonyx.test.allFloats=true} asks for it. */
  @Test
  @EnabledIfSystemProperty(named = "sardonyx.test.allFloats", matches = "true")
  void everyFloatKeepsTheErrorBoundInBothProviders() {
    float[] x = new float[1 << 20];
    for (int block = 0; block < 1 << 12; block++) {
      for (int i = 0; i < x.length; i++) {
        x[i] = Float.intBitsToFloat(block * x.length + i);
      }
      for (float y : new float[] {-0.5f, 0.33333334f, 3f}) {
        checkScalar(x, y);
      }
    }
  }

  private static void checkScalar(float[] x, float y) {
    float[] exponents = new float[x.length];
    Arrays.fill(exponents, y);
    assertBounds(
        x,
        exponents,
        same(
            new float[x.length],
            "x^" + y,
            (k, z) -> k.binaryScalar(BinaryOp.POW, x, 0, y, z, 0, x.length)));
  }

  private static void assertBounds(float[] x, float[] y, float[] z) {
    for (int i = 0; i < x.length; i++) {
      double expected = Math.pow(x[i], y[i]);
      float rounded = (float) expected;
      double ulp =
          Math.abs(rounded) < Float.MIN_NORMAL ? 1.4 * Float.MIN_VALUE : 1.1 * Math.ulp(rounded);
      boolean holds =
          Float.compare(z[i], rounded) == 0
              || Math.abs(z[i] - expected) <= ulp
              || Math.abs(expected) > Float.MAX_VALUE && Math.abs(z[i]) == Float.MAX_VALUE;
      if (!holds) {
        throw new AssertionError(x[i] + "^" + y[i] + " is " + z[i] + " instead of " + expected);
      }
    }
  }
}
