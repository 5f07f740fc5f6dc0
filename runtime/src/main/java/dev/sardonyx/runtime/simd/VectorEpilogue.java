package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.VectorMath.RELU;
import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LE;

import dev.sardonyx.runtime.simd.UnaryFunction.Op;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The {@link Epilogue} of the vector provider, but for slopes: bias, residual and the cheap
 * activations in one pass over results that have just been stored, and perhaps on the way from
 * scratch memory to where they belong.
 *
 * <p>The rows are short, often four vectors, so that all vectors of all rows are one loop. All is
 * written out: C2 may take these loops into a caller before it knows how often they turn, and then
 * leaves a method of {@link VectorMath} a call, for which vectors become objects.
 */
final class VectorEpilogue {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();
  private static final FloatVector ZERO = FloatVector.zero(SPECIES);

  private VectorEpilogue() {}

  /**
   * {@code c = activation(x + bias + residual)} for a block of rows; c may be x.
   *
   * @param bias whose element b0 belongs to the block's first column, or null for none
   * @param residual laid out as c, or null for none
   */
  static void apply(
      Kernels kernels,
      float[] bias,
      int b0,
      UnaryFunction f,
      float[] x,
      int x0,
      int ldx,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int columns,
      float[] residual,
      int r0) {
    if (bias == null) {
      for (int r = 0; x != c && r < rows; r++) {
        System.arraycopy(x, x0 + r * ldx, c, c0 + r * ldc, columns);
      }
      Epilogue.finish(f, kernels, c, c0, ldc, rows, columns, residual, r0, ldc);
      return;
    }
    int whole = columns & -LANES;
    if (whole > 0) {
      vectors(kernels, bias, b0, f, x, x0, ldx, c, c0, ldc, rows, whole, residual, r0);
    }
    int rest = columns - whole;
    if (rest == 0) {
      return;
    }
    if (x != c && whole > 0) {
      // Together with some that have been done already, since x is still there.
      int at = columns - LANES;
      vectors(
          kernels, bias, b0 + at, f, x, x0 + at, ldx, c, c0 + at, ldc, rows, LANES, residual,
          r0 + at);
      return;
    }
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx + whole;
      int offset = r * ldc + whole;
      for (int j = 0; j < rest; j++) {
        float v = x[xi + j] + bias[b0 + whole + j];
        if (residual != null) {
          v += residual[r0 + offset + j];
        }
        c[c0 + offset + j] = v;
      }
    }
    if (f.op() != Op.IDENTITY) {
      kernels.unary(f, c, c0 + whole, ldc, c, c0 + whole, ldc, rows, rest);
    }
  }

  /** Whether there is a loop here for a function of sums. */
  static boolean isCheap(UnaryFunction f) {
    return f.op() == Op.RELU || f.op() == Op.CLIP || f.op() == Op.HARD_SWISH;
  }

  private static void vectors(
      Kernels kernels,
      float[] b,
      int b0,
      UnaryFunction f,
      float[] x,
      int x0,
      int ldx,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int n,
      float[] residual,
      int r0) {
    Op op = f.op();
    if (residual != null && op == Op.RELU) {
      addBothRelu(x, x0, ldx, c, c0, ldc, rows, n, b, b0, residual, r0);
    } else if (residual != null) {
      addBoth(x, x0, ldx, c, c0, ldc, rows, n, b, b0, residual, r0);
    } else if (op == Op.RELU) {
      relu(x, x0, ldx, c, c0, ldc, rows, n, b, b0);
    } else if (op == Op.CLIP) {
      clip(x, x0, ldx, c, c0, ldc, rows, n, b, b0, f.alpha(), f.beta());
    } else if (op == Op.HARD_SWISH) {
      hardSwish(x, x0, ldx, c, c0, ldc, rows, n, b, b0);
    } else {
      add(x, x0, ldx, c, c0, ldc, rows, n, b, b0);
    }
    boolean isDone = residual == null ? isCheap(f) : op == Op.RELU;
    if (!isDone && op != Op.IDENTITY) {
      kernels.unary(f, c, c0, ldc, c, c0, ldc, rows, n);
    }
  }

  private static void add(
      float[] x,
      int x0,
      int ldx,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int n,
      float[] bias,
      int b0) {
    int vectors = rows * (n / LANES);
    int xi = x0;
    int ci = c0;
    int j = 0;
    for (int i = 0; i < vectors; i++) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, x, xi + j)
              .add(FloatVector.fromArray(SPECIES, bias, b0 + j));
      v.intoArray(c, ci + j);
      j += LANES;
      if (j == n) {
        j = 0;
        xi += ldx;
        ci += ldc;
      }
    }
  }

  private static void clip(
      float[] x,
      int x0,
      int ldx,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int n,
      float[] bias,
      int b0,
      float low,
      float high) {
    FloatVector lowest = FloatVector.broadcast(SPECIES, low);
    FloatVector highest = FloatVector.broadcast(SPECIES, high);
    int vectors = rows * (n / LANES);
    int xi = x0;
    int ci = c0;
    int j = 0;
    for (int i = 0; i < vectors; i++) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, x, xi + j)
              .add(FloatVector.fromArray(SPECIES, bias, b0 + j));
      v = v.blend(lowest, v.compare(LE, lowest));
      v.blend(highest, v.compare(GT, highest)).intoArray(c, ci + j);
      j += LANES;
      if (j == n) {
        j = 0;
        xi += ldx;
        ci += ldc;
      }
    }
  }

  private static void hardSwish(
      float[] x,
      int x0,
      int ldx,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int n,
      float[] bias,
      int b0) {
    FloatVector sixth = FloatVector.broadcast(SPECIES, ScalarMath.SIXTH);
    FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
    IntVector zero = ZERO.reinterpretAsInts();
    IntVector one = FloatVector.broadcast(SPECIES, 1f).reinterpretAsInts();
    int vectors = rows * (n / LANES);
    int xi = x0;
    int ci = c0;
    int j = 0;
    for (int i = 0; i < vectors; i++) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, x, xi + j)
              .add(FloatVector.fromArray(SPECIES, bias, b0 + j));
      // As integers, positive floats have the same order. NaN comes out wrong, but v makes it NaN
      // again.
      IntVector h = v.fma(sixth, half).reinterpretAsInts().max(zero).min(one);
      v.mul(h.reinterpretAsFloats()).intoArray(c, ci + j);
      j += LANES;
      if (j == n) {
        j = 0;
        xi += ldx;
        ci += ldc;
      }
    }
  }

  private static void relu(
      float[] x,
      int x0,
      int ldx,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int n,
      float[] bias,
      int b0) {
    int vectors = rows * (n / LANES);
    int xi = x0;
    int ci = c0;
    int j = 0;
    for (int i = 0; i < vectors; i++) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, x, xi + j)
              .add(FloatVector.fromArray(SPECIES, bias, b0 + j));
      IntVector bits = v.reinterpretAsInts();
      bits.max(RELU.sub(bits).lanewise(ASHR, 31).and(bits))
          .reinterpretAsFloats()
          .intoArray(c, ci + j);
      j += LANES;
      if (j == n) {
        j = 0;
        xi += ldx;
        ci += ldc;
      }
    }
  }

  private static void addBoth(
      float[] x,
      int x0,
      int ldx,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int n,
      float[] bias,
      int b0,
      float[] residual,
      int r0) {
    int vectors = rows * (n / LANES);
    int xi = x0;
    int ci = c0;
    int ri = r0;
    int j = 0;
    for (int i = 0; i < vectors; i++) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, x, xi + j)
              .add(FloatVector.fromArray(SPECIES, bias, b0 + j))
              .add(FloatVector.fromArray(SPECIES, residual, ri + j));
      v.intoArray(c, ci + j);
      j += LANES;
      if (j == n) {
        j = 0;
        xi += ldx;
        ci += ldc;
        ri += ldc;
      }
    }
  }

  private static void addBothRelu(
      float[] x,
      int x0,
      int ldx,
      float[] c,
      int c0,
      int ldc,
      int rows,
      int n,
      float[] bias,
      int b0,
      float[] residual,
      int r0) {
    int vectors = rows * (n / LANES);
    int xi = x0;
    int ci = c0;
    int ri = r0;
    int j = 0;
    for (int i = 0; i < vectors; i++) {
      FloatVector v =
          FloatVector.fromArray(SPECIES, x, xi + j)
              .add(FloatVector.fromArray(SPECIES, bias, b0 + j))
              .add(FloatVector.fromArray(SPECIES, residual, ri + j));
      IntVector bits = v.reinterpretAsInts();
      bits.max(RELU.sub(bits).lanewise(ASHR, 31).and(bits))
          .reinterpretAsFloats()
          .intoArray(c, ci + j);
      j += LANES;
      if (j == n) {
        j = 0;
        xi += ldx;
        ci += ldc;
        ri += ldc;
      }
    }
  }
}
