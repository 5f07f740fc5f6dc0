package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.Providers.assertSameBits;
import static dev.sardonyx.runtime.simd.Providers.same;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class BinaryOpTest {
  private static final float[] ODD = {
    0f,
    -0f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    Float.MAX_VALUE,
    1f,
    -2f
  };

  @ParameterizedTest
  @EnumSource
  void blocksOfRowsAreTheScalarOperationElementByElement(BinaryOp op) {
    Random random = new Random(17);
    for (int n = 0; n < 60; n++) {
      int length = n;
      int yStride = random.nextBoolean() ? 0 : n + 2;
      float[] x = numbers(random, 3 * n + 1);
      float[] y = numbers(random, 3 * (n + 2) + 1);
      float[] expected = new float[3 * n + 4];
      for (int row = 0; row < 3; row++) {
        for (int i = 0; i < n; i++) {
          expected[2 + row * n + i] = apply(op, x[1 + row * n + i], y[1 + row * yStride + i]);
        }
      }
      float[] actual =
          same(
              new float[3 * n + 4],
              op + " " + n,
              (k, z) -> k.binary(op, x, 1, length, y, 1, yStride, z, 2, length, 3, length));
      assertSameBits(actual, expected, op + " " + n);
    }
  }

  @ParameterizedTest
  @EnumSource
  void rowsAreReplacedInPlace(BinaryOp op) {
    Random random = new Random(18);
    for (int rows = 0; rows < 11; rows++) {
      int n = random.nextInt(60);
      int count = rows;
      int yStride = random.nextBoolean() ? 0 : n + 2;
      float[] x = numbers(random, 1 + rows * (n + 1));
      float[] y = numbers(random, 1 + (rows + 1) * (n + 2));
      float[] expected = x.clone();
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < n; i++) {
          int at = 1 + row * (n + 1) + i;
          expected[at] = apply(op, x[at], y[1 + row * yStride + i]);
        }
      }
      float[] actual =
          same(
              x,
              op + " " + n,
              (k, z) -> k.binary(op, z, 1, n + 1, y, 1, yStride, z, 1, n + 1, count, n));
      assertSameBits(actual, expected, op + " " + n);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aScalarOnEitherSideKeepsTheOrderOfTheOperands(BinaryOp op) {
    Random random = new Random(17);
    for (int n = 0; n < 60; n++) {
      int length = n;
      float[] x = numbers(random, n + 1);
      float scalar = numbers(random, 1)[0];
      float[] right = new float[n + 2];
      float[] left = new float[n + 2];
      for (int i = 0; i < n; i++) {
        right[2 + i] = apply(op, x[1 + i], scalar);
        left[2 + i] = apply(op, scalar, x[1 + i]);
      }
      assertSameBits(
          same(
              new float[n + 2],
              op + " right",
              (k, z) -> k.binaryScalar(op, x, 1, scalar, z, 2, length)),
          right,
          op + " right");
      assertSameBits(
          same(
              new float[n + 2],
              op + " left",
              (k, z) -> k.scalarBinary(op, scalar, x, 1, z, 2, length)),
          left,
          op + " left");
    }
  }

  private static float apply(BinaryOp op, float a, float b) {
    return switch (op) {
      case ADD -> a + b;
      case SUB -> a - b;
      case MUL -> a * b;
      case DIV -> a / b;
      case MAX -> Math.max(a, b);
      case MIN -> Math.min(a, b);
      case POW -> ScalarMath.pow(a, b);
      case PRELU -> a < 0 ? b * a : a;
    };
  }

  private static float[] numbers(Random random, int size) {
    float[] values = Providers.random(random, size, 4);
    for (int i = 0; i < size; i++) {
      if (random.nextInt(4) == 0) {
        values[i] = ODD[random.nextInt(ODD.length)];
      }
    }
    return values;
  }
}
