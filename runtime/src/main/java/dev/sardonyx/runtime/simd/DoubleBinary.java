package dev.sardonyx.runtime.simd;

/** The element-wise arithmetic of float64: the same plain loops whatever the provider. */
public final class DoubleBinary {
  private DoubleBinary() {}

  public static boolean supports(BinaryOp op) {
    return op != BinaryOp.POW && op != BinaryOp.PRELU;
  }

  /**
   * z = x op y for {@code n} elements.
   *
   * @param op one that is supported
   * @param xStep the distance between two elements of x: 1, or 0 to repeat one; likewise of y
   * @param z may be x or y at the same offset
   */
  public static void apply(
      BinaryOp op,
      double[] x,
      int xOffset,
      int xStep,
      double[] y,
      int yOffset,
      int yStep,
      double[] z,
      int zOffset,
      int n) {
    switch (op) {
      case ADD -> add(x, xOffset, xStep, y, yOffset, yStep, z, zOffset, n);
      case SUB -> sub(x, xOffset, xStep, y, yOffset, yStep, z, zOffset, n);
      case MUL -> mul(x, xOffset, xStep, y, yOffset, yStep, z, zOffset, n);
      case DIV -> div(x, xOffset, xStep, y, yOffset, yStep, z, zOffset, n);
      case MAX -> max(x, xOffset, xStep, y, yOffset, yStep, z, zOffset, n);
      case MIN -> min(x, xOffset, xStep, y, yOffset, yStep, z, zOffset, n);
      default -> throw new IllegalArgumentException("there is no " + op + " of float64");
    }
  }

  private static void add(
      double[] x,
      int xOffset,
      int xStep,
      double[] y,
      int yOffset,
      int yStep,
      double[] z,
      int zOffset,
      int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = x[xOffset + i * xStep] + y[yOffset + i * yStep];
    }
  }

  private static void sub(
      double[] x,
      int xOffset,
      int xStep,
      double[] y,
      int yOffset,
      int yStep,
      double[] z,
      int zOffset,
      int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = x[xOffset + i * xStep] - y[yOffset + i * yStep];
    }
  }

  private static void mul(
      double[] x,
      int xOffset,
      int xStep,
      double[] y,
      int yOffset,
      int yStep,
      double[] z,
      int zOffset,
      int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = x[xOffset + i * xStep] * y[yOffset + i * yStep];
    }
  }

  private static void div(
      double[] x,
      int xOffset,
      int xStep,
      double[] y,
      int yOffset,
      int yStep,
      double[] z,
      int zOffset,
      int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = x[xOffset + i * xStep] / y[yOffset + i * yStep];
    }
  }

  private static void max(
      double[] x,
      int xOffset,
      int xStep,
      double[] y,
      int yOffset,
      int yStep,
      double[] z,
      int zOffset,
      int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = Math.max(x[xOffset + i * xStep], y[yOffset + i * yStep]);
    }
  }

  private static void min(
      double[] x,
      int xOffset,
      int xStep,
      double[] y,
      int yOffset,
      int yStep,
      double[] z,
      int zOffset,
      int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = Math.min(x[xOffset + i * xStep], y[yOffset + i * yStep]);
    }
  }
}
