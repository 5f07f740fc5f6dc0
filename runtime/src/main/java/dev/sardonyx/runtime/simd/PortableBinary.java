package dev.sardonyx.runtime.simd;

/** The element-wise functions of two arguments over blocks of rows, as plain loops. */
final class PortableBinary {
  private PortableBinary() {}

  static void apply(
      BinaryOp op,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      float[] z,
      int zOffset,
      int zStride,
      int rows,
      int n) {
    switch (op) {
      case ADD -> add(x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
      case SUB -> sub(x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
      case MUL -> mul(x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
      case DIV -> div(x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
      case MAX -> max(x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
      case MIN -> min(x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
      case POW -> pow(x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
      case PRELU -> prelu(x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
    }
  }

  /** z = x op scalar. */
  static void scalarRight(
      BinaryOp op, float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    switch (op) {
      case ADD -> addScalar(x, xOffset, scalar, z, zOffset, n);
      case SUB -> subScalar(x, xOffset, scalar, z, zOffset, n);
      case MUL -> mulScalar(x, xOffset, scalar, z, zOffset, n);
      case DIV -> divScalar(x, xOffset, scalar, z, zOffset, n);
      case MAX -> maxScalar(x, xOffset, scalar, z, zOffset, n);
      case MIN -> minScalar(x, xOffset, scalar, z, zOffset, n);
      case POW -> powScalar(x, xOffset, scalar, z, zOffset, n);
      case PRELU -> preluScalar(x, xOffset, scalar, z, zOffset, n);
    }
  }

  /** z = scalar op y. */
  static void scalarLeft(
      BinaryOp op, float scalar, float[] y, int yOffset, float[] z, int zOffset, int n) {
    switch (op) {
      case ADD -> addScalar(y, yOffset, scalar, z, zOffset, n);
      case SUB -> subFromScalar(scalar, y, yOffset, z, zOffset, n);
      case MUL -> mulScalar(y, yOffset, scalar, z, zOffset, n);
      case DIV -> divFromScalar(scalar, y, yOffset, z, zOffset, n);
      case MAX -> maxScalar(y, yOffset, scalar, z, zOffset, n);
      case MIN -> minScalar(y, yOffset, scalar, z, zOffset, n);
      case POW -> powFromScalar(scalar, y, yOffset, z, zOffset, n);
      case PRELU -> preluOfScalar(scalar, y, yOffset, z, zOffset, n);
    }
  }

  private static void add(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      float[] z,
      int zOffset,
      int zStride,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      for (int i = 0; i < n; i++) {
        z[zi + i] = x[xi + i] + y[yi + i];
      }
    }
  }

  private static void addScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = x[xOffset + i] + scalar;
    }
  }

  private static void sub(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      float[] z,
      int zOffset,
      int zStride,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      for (int i = 0; i < n; i++) {
        z[zi + i] = x[xi + i] - y[yi + i];
      }
    }
  }

  private static void subScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = x[xOffset + i] - scalar;
    }
  }

  private static void subFromScalar(
      float scalar, float[] y, int yOffset, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = scalar - y[yOffset + i];
    }
  }

  private static void mul(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      float[] z,
      int zOffset,
      int zStride,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      for (int i = 0; i < n; i++) {
        z[zi + i] = x[xi + i] * y[yi + i];
      }
    }
  }

  private static void mulScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = x[xOffset + i] * scalar;
    }
  }

  private static void div(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      float[] z,
      int zOffset,
      int zStride,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      for (int i = 0; i < n; i++) {
        z[zi + i] = x[xi + i] / y[yi + i];
      }
    }
  }

  private static void divScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = x[xOffset + i] / scalar;
    }
  }

  private static void divFromScalar(
      float scalar, float[] y, int yOffset, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = scalar / y[yOffset + i];
    }
  }

  private static void max(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      float[] z,
      int zOffset,
      int zStride,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      for (int i = 0; i < n; i++) {
        z[zi + i] = Math.max(x[xi + i], y[yi + i]);
      }
    }
  }

  private static void maxScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = Math.max(x[xOffset + i], scalar);
    }
  }

  private static void min(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      float[] z,
      int zOffset,
      int zStride,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      for (int i = 0; i < n; i++) {
        z[zi + i] = Math.min(x[xi + i], y[yi + i]);
      }
    }
  }

  private static void minScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = Math.min(x[xOffset + i], scalar);
    }
  }

  private static void pow(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      float[] z,
      int zOffset,
      int zStride,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      for (int i = 0; i < n; i++) {
        z[zi + i] = ScalarMath.pow(x[xi + i], y[yi + i]);
      }
    }
  }

  private static void powScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = ScalarMath.pow(x[xOffset + i], scalar);
    }
  }

  private static void powFromScalar(
      float scalar, float[] y, int yOffset, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = ScalarMath.pow(scalar, y[yOffset + i]);
    }
  }

  private static void prelu(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      float[] z,
      int zOffset,
      int zStride,
      int rows,
      int n) {
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      for (int i = 0; i < n; i++) {
        z[zi + i] = ScalarMath.leakyRelu(x[xi + i], y[yi + i]);
      }
    }
  }

  private static void preluScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = ScalarMath.leakyRelu(x[xOffset + i], scalar);
    }
  }

  private static void preluOfScalar(
      float scalar, float[] y, int yOffset, float[] z, int zOffset, int n) {
    for (int i = 0; i < n; i++) {
      z[zOffset + i] = ScalarMath.leakyRelu(scalar, y[yOffset + i]);
    }
  }
}
