package dev.sardonyx.runtime.simd;

import dev.sardonyx.runtime.simd.UnaryFunction.Op;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.EnumMap;
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

  private static final MethodType LOOP_WITH_PARAMETERS =
      LOOP.appendParameterTypes(UnaryFunction.class);

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
      case SOFTSIGN -> softsign(x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case THRESHOLDED_RELU ->
          thresholdedRelu(x, xOffset, xStride, y, yOffset, yStride, rows, n, f.alpha());
      case COS, ERF, EXP, GELU, GELU_TANH, LOG, MISH, SIGMOID, SILU, SIN, SOFTPLUS, TANH ->
          call(LOOPS.get(f.op()), x, xOffset, xStride, y, yOffset, yStride, rows, n);
      case ELU, SWISH ->
          call(LOOPS.get(f.op()), x, xOffset, xStride, y, yOffset, yStride, rows, n, f);
      case IDENTITY, CEIL, FLOOR, ROUND, SIGN ->
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

  private static void call(
      MethodHandle loop,
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      UnaryFunction f) {
    try {
      loop.invokeExact(x, xOffset, xStride, y, yOffset, yStride, rows, n, f);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static Map<Op, MethodHandle> loops() {
    Map<Op, MethodHandle> loops = new EnumMap<>(Op.class);
    loops.put(Op.COS, loop("cos", LOOP));
    loops.put(Op.ELU, loop("elu", LOOP_WITH_PARAMETERS));
    loops.put(Op.ERF, loop("erf", LOOP));
    loops.put(Op.EXP, loop("exp", LOOP));
    loops.put(Op.GELU, loop("gelu", LOOP));
    loops.put(Op.GELU_TANH, loop("geluTanh", LOOP));
    loops.put(Op.LOG, loop("log", LOOP));
    loops.put(Op.MISH, loop("mish", LOOP));
    loops.put(Op.SIGMOID, loop("sigmoid", LOOP));
    loops.put(Op.SILU, loop("silu", LOOP));
    loops.put(Op.SIN, loop("sin", LOOP));
    loops.put(Op.SOFTPLUS, loop("softplus", LOOP));
    loops.put(Op.SWISH, loop("swish", LOOP_WITH_PARAMETERS));
    loops.put(Op.TANH, loop("tanh", LOOP));
    return loops;
  }

  private static MethodHandle loop(String name, MethodType type) {
    try {
      return MethodHandles.lookup().findStatic(VectorUnary.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no loop of the name " + name, e);
    }
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

  static void elu(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      UnaryFunction f) {
    float alpha = f.alpha();
    float beta = f.beta();
    float gamma = f.gamma();
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.elu(v, alpha, beta, gamma).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.elu(x[xi + i], alpha, beta, gamma);
      }
    }
  }

  static void geluTanh(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.geluTanh(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.geluTanh(x[xi + i]);
      }
    }
  }

  static void mish(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.mish(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.mish(x[xi + i]);
      }
    }
  }

  static void softplus(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.softplus(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.softplus(x[xi + i]);
      }
    }
  }

  private static void softsign(
      float[] x, int xOffset, int xStride, float[] y, int yOffset, int yStride, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.softsign(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.softsign(x[xi + i]);
      }
    }
  }

  static void swish(
      float[] x,
      int xOffset,
      int xStride,
      float[] y,
      int yOffset,
      int yStride,
      int rows,
      int n,
      UnaryFunction f) {
    float alpha = f.alpha();
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = xOffset + r * xStride;
      int yi = yOffset + r * yStride;
      int i = 0;
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.swish(v, alpha).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.swish(x[xi + i], alpha);
      }
    }
  }

  private static void thresholdedRelu(
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
        VectorMath.thresholdedRelu(v, alpha).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.thresholdedRelu(x[xi + i], alpha);
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
