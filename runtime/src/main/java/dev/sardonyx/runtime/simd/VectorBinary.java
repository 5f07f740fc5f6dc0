package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The element-wise functions of two arguments over blocks of rows, as vectors. */
final class VectorBinary {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private VectorBinary() {}

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
      case PRELU -> prelu(x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
      case POW ->
          VectorPow.apply(x, xOffset, xStride, y, yOffset, yStride, z, zOffset, zStride, rows, n);
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
      case POW -> VectorPow.scalarRight(x, xOffset, scalar, z, zOffset, n);
      case PRELU -> PortableBinary.scalarRight(op, x, xOffset, scalar, z, zOffset, n);
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
      case POW -> VectorPow.scalarLeft(scalar, y, yOffset, z, zOffset, n);
      case PRELU -> PortableBinary.scalarLeft(op, scalar, y, yOffset, z, zOffset, n);
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
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        FloatVector w = FloatVector.fromArray(SPECIES, y, yi + i);
        v.add(w).intoArray(z, zi + i);
      }
      for (; i < n; i++) {
        z[zi + i] = x[xi + i] + y[yi + i];
      }
    }
  }

  private static void addScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    int whole = n & -LANES;
    int i = 0;
    for (; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
      v.add(scalar).intoArray(z, zOffset + i);
    }
    for (; i < n; i++) {
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
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        FloatVector w = FloatVector.fromArray(SPECIES, y, yi + i);
        v.sub(w).intoArray(z, zi + i);
      }
      for (; i < n; i++) {
        z[zi + i] = x[xi + i] - y[yi + i];
      }
    }
  }

  private static void subScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    int whole = n & -LANES;
    int i = 0;
    for (; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
      v.sub(scalar).intoArray(z, zOffset + i);
    }
    for (; i < n; i++) {
      z[zOffset + i] = x[xOffset + i] - scalar;
    }
  }

  private static void subFromScalar(
      float scalar, float[] y, int yOffset, float[] z, int zOffset, int n) {
    int whole = n & -LANES;
    int i = 0;
    for (; i < whole; i += LANES) {
      FloatVector w = FloatVector.fromArray(SPECIES, y, yOffset + i);
      FloatVector.broadcast(SPECIES, scalar).sub(w).intoArray(z, zOffset + i);
    }
    for (; i < n; i++) {
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
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        FloatVector w = FloatVector.fromArray(SPECIES, y, yi + i);
        v.mul(w).intoArray(z, zi + i);
      }
      for (; i < n; i++) {
        z[zi + i] = x[xi + i] * y[yi + i];
      }
    }
  }

  private static void mulScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    int whole = n & -LANES;
    int i = 0;
    for (; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
      v.mul(scalar).intoArray(z, zOffset + i);
    }
    for (; i < n; i++) {
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
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        FloatVector w = FloatVector.fromArray(SPECIES, y, yi + i);
        v.div(w).intoArray(z, zi + i);
      }
      for (; i < n; i++) {
        z[zi + i] = x[xi + i] / y[yi + i];
      }
    }
  }

  private static void divScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    int whole = n & -LANES;
    int i = 0;
    for (; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
      v.div(scalar).intoArray(z, zOffset + i);
    }
    for (; i < n; i++) {
      z[zOffset + i] = x[xOffset + i] / scalar;
    }
  }

  private static void divFromScalar(
      float scalar, float[] y, int yOffset, float[] z, int zOffset, int n) {
    int whole = n & -LANES;
    int i = 0;
    for (; i < whole; i += LANES) {
      FloatVector w = FloatVector.fromArray(SPECIES, y, yOffset + i);
      FloatVector.broadcast(SPECIES, scalar).div(w).intoArray(z, zOffset + i);
    }
    for (; i < n; i++) {
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
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        FloatVector w = FloatVector.fromArray(SPECIES, y, yi + i);
        v.max(w).intoArray(z, zi + i);
      }
      for (; i < n; i++) {
        z[zi + i] = Math.max(x[xi + i], y[yi + i]);
      }
    }
  }

  private static void maxScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    int whole = n & -LANES;
    int i = 0;
    for (; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
      v.max(scalar).intoArray(z, zOffset + i);
    }
    for (; i < n; i++) {
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
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        FloatVector w = FloatVector.fromArray(SPECIES, y, yi + i);
        v.min(w).intoArray(z, zi + i);
      }
      for (; i < n; i++) {
        z[zi + i] = Math.min(x[xi + i], y[yi + i]);
      }
    }
  }

  private static void minScalar(
      float[] x, int xOffset, float scalar, float[] z, int zOffset, int n) {
    int whole = n & -LANES;
    int i = 0;
    for (; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, x, xOffset + i);
      v.min(scalar).intoArray(z, zOffset + i);
    }
    for (; i < n; i++) {
      z[zOffset + i] = Math.min(x[xOffset + i], scalar);
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
    int whole = n & -LANES;
    boolean inPlace = x == z && xOffset == zOffset && xStride == zStride;
    int together = inPlace && yStride == 0 ? rows & -4 : 0;
    preluOfFourRows(z, zOffset, zStride, y, yOffset, together, whole);
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int zi = zOffset + r * zStride;
      int i = r < together ? whole : 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        FloatVector w = FloatVector.fromArray(SPECIES, y, yi + i);
        v.blend(v.mul(w), v.compare(VectorOperators.LT, 0f)).intoArray(z, zi + i);
      }
      for (; i < n; i++) {
        z[zi + i] = ScalarMath.leakyRelu(x[xi + i], y[yi + i]);
      }
    }
  }

  /** In place, four rows at a time with one row of slopes: rows are often short. */
  private static void preluOfFourRows(
      float[] x, int xOffset, int xStride, float[] slopes, int at, int rows, int whole) {
    for (int r = 0; r < rows; r += 4) {
      int x0 = xOffset + r * xStride;
      int x1 = x0 + xStride;
      int x2 = x1 + xStride;
      int x3 = x2 + xStride;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector w = FloatVector.fromArray(SPECIES, slopes, at + i);
        FloatVector v = FloatVector.fromArray(SPECIES, x, x0 + i);
        v.blend(v.mul(w), v.compare(VectorOperators.LT, 0f)).intoArray(x, x0 + i);
        v = FloatVector.fromArray(SPECIES, x, x1 + i);
        v.blend(v.mul(w), v.compare(VectorOperators.LT, 0f)).intoArray(x, x1 + i);
        v = FloatVector.fromArray(SPECIES, x, x2 + i);
        v.blend(v.mul(w), v.compare(VectorOperators.LT, 0f)).intoArray(x, x2 + i);
        v = FloatVector.fromArray(SPECIES, x, x3 + i);
        v.blend(v.mul(w), v.compare(VectorOperators.LT, 0f)).intoArray(x, x3 + i);
      }
    }
  }
}
