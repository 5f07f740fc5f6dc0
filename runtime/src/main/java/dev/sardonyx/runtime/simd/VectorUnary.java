package dev.sardonyx.runtime.simd;

import dev.sardonyx.runtime.simd.UnaryFunction.Op;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The element-wise functions of one argument over blocks of rows, as vectors, with {@link
 * ScalarMath} for the elements that do not fill one.
 *
 * <p>One loop for each function: a loop that were handed the function would box every vector. Its
 * bound is a variable that does not change, without which C2 checks every index.
 */
final class VectorUnary {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private static final MethodType LOOP =
      MethodType.methodType(
          void.class,
          float[].class,
          int.class,
          int.class,
          float[].class,
          int.class,
          int.class,
          int.class,
          int.class);

  /**
   * The loops over functions of {@link VectorMath}. C2 compiles what a handle calls by itself
   * unless the handle is a constant, and by itself is what these need: a loop that C2 takes into a
   * caller that serves all functions before the loop was profiled does not take its function in,
   * since that seems to be called rarely. Then every vector is boxed for as long as the process
   * lives.
   */
  private static final Map<Op, MethodHandle> LOOPS = loops();

  private VectorUnary() {}

  static void apply(
      UnaryFunction f,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n) {
    switch (f.op()) {
      case ABS -> abs(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case CLIP -> clip(x, xOffset, xStride, y, yOffset, yStride, rows, n, f.alpha(), f.beta());
      case HARD_SIGMOID ->
          hardSigmoid(x, xOffset, xStride, y, yOffset, yStride, rows, n, f.alpha(), f.beta());
      case HARD_SWISH -> hardSwish(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case LEAKY_RELU -> leakyRelu(x, xOffset, xStride, y, yOffset, yStride, rows, n, f.alpha());
      case NEG -> neg(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case RECIPROCAL -> reciprocal(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case RELU -> relu(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case SCALED_HARD_SWISH ->
          scaledHardSwish(x, xOffset, xStride, y, yOffset, yStride, rows, n, f.alpha(), f.beta());
      case SQRT -> sqrt(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case COS, ERF, EXP, GELU, LOG, SIGMOID, SILU, SIN, TANH ->
          call(LOOPS.get(f.op()), x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case IDENTITY, CEIL, FLOOR ->
          PortableUnary.apply(f, x, xOffset, xStride, y, yOffset, yStride, rows, n);
    }
  }

  private static void call(
      MethodHandle loop,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n) {
    try {
      loop.invokeExact(x, xOffset, xStride, y, yOffset, yStride, rows, n);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  /** Each loop has the name of its function. */
  private static Map<Op, MethodHandle> loops() {
    MethodHandles.Lookup lookup = MethodHandles.lookup();
    Map<Op, MethodHandle> loops = new EnumMap<>(Op.class);
    for (Op op :
        List.of(Op.COS, Op.ERF, Op.EXP, Op.GELU, Op.LOG, Op.SIGMOID, Op.SILU, Op.SIN, Op.TANH)) {
      try {
        String name = op.name().toLowerCase(Locale.ROOT);
        loops.put(op, lookup.findStatic(VectorUnary.class, name, LOOP));
      } catch (ReflectiveOperationException e) {
        throw new LinkageError("no loop for " + op, e);
      }
    }
    return loops;
  }

  private static void abs(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        v.abs().intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = Math.abs(x[xi + i]);
      }
    }
  }

  private static void clip(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float alpha,
      float beta) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.clip(v, alpha, beta).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.clip(x[xi + i], alpha, beta);
      }
    }
  }

  static void erf(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.erf(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.erf(x[xi + i]);
      }
    }
  }

  static void exp(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.exp(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.exp(x[xi + i]);
      }
    }
  }

  static void gelu(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.gelu(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.gelu(x[xi + i]);
      }
    }
  }

  private static void hardSigmoid(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float alpha,
      float beta) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.hardSigmoid(v, alpha, beta).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.hardSigmoid(x[xi + i], alpha, beta);
      }
    }
  }

  private static void hardSwish(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.hardSwish(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.hardSwish(x[xi + i]);
      }
    }
  }

  private static void leakyRelu(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float alpha) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.leakyRelu(v, alpha).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.leakyRelu(x[xi + i], alpha);
      }
    }
  }

  static void log(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.log(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.log(x[xi + i]);
      }
    }
  }

  private static void neg(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        v.neg().intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = -x[xi + i];
      }
    }
  }

  private static void reciprocal(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        FloatVector.broadcast(SPECIES, 1f).div(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.reciprocal(x[xi + i]);
      }
    }
  }

  private static void relu(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.relu(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.relu(x[xi + i]);
      }
    }
  }

  private static void scaledHardSwish(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      float alpha,
      float beta) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.scaledHardSwish(v, alpha, beta).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.scaledHardSwish(x[xi + i], alpha, beta);
      }
    }
  }

  static void sigmoid(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.sigmoid(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.sigmoid(x[xi + i]);
      }
    }
  }

  static void silu(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.silu(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.silu(x[xi + i]);
      }
    }
  }

  private static void sqrt(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        v.sqrt().intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.sqrt(x[xi + i]);
      }
    }
  }

  static void tanh(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.tanh(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.tanh(x[xi + i]);
      }
    }
  }

  static void cos(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      if (hasLargeAngle(x, xi, whole)) {
        PortableUnary.apply(UnaryFunction.COS, x, xi, 0, y, yi, 0, 1, n);
        continue;
      }
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.quarterTurns(v, 1).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.cos(x[xi + i]);
      }
    }
  }

  static void sin(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      if (hasLargeAngle(x, xi, whole)) {
        PortableUnary.apply(UnaryFunction.SIN, x, xi, 0, y, yi, 0, 1, n);
        continue;
      }
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.quarterTurns(v, 0).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.sin(x[xi + i]);
      }
    }
  }

  /** Whether any of some numbers is beyond what sine and cosine are computed for in vectors. */
  private static boolean hasLargeAngle(float[] x, int xi, int whole) {
    FloatVector largest = FloatVector.zero(SPECIES);
    for (int i = 0; i < whole; i += LANES) {
      FloatVector a = FloatVector.fromArray(SPECIES, x, xi + i).abs();
      largest = largest.blend(a, a.compare(VectorOperators.GT, largest));
    }
    return largest.reduceLanes(VectorOperators.MAX) > ScalarMath.MOST_RADIANS;
  }
}
