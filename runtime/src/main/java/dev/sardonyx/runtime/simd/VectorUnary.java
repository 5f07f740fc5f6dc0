package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.ScalarMath.SILU_HIGHEST;
import static dev.sardonyx.runtime.simd.ScalarMath.SILU_LOWEST;
import static dev.sardonyx.runtime.simd.VectorMath.BIASED_ROUNDER;
import static dev.sardonyx.runtime.simd.VectorMath.E2;
import static dev.sardonyx.runtime.simd.VectorMath.E3;
import static dev.sardonyx.runtime.simd.VectorMath.E4;
import static dev.sardonyx.runtime.simd.VectorMath.E5;
import static dev.sardonyx.runtime.simd.VectorMath.E6;
import static dev.sardonyx.runtime.simd.VectorMath.LOG2_E;
import static dev.sardonyx.runtime.simd.VectorMath.MINUS_LN2_HIGH;
import static dev.sardonyx.runtime.simd.VectorMath.MINUS_LN2_LOW;
import static dev.sardonyx.runtime.simd.VectorMath.ONE;
import static jdk.incubator.vector.VectorOperators.LSHL;

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

  /**
   * The loops. C2 compiles what a handle calls by itself unless the handle is a constant, and by
   * itself is what these need: a loop that C2 takes into a caller that serves all functions before
   * the loop was profiled does not take its function in, since that seems to be called rarely. Then
   * every vector is boxed for as long as the process lives.
   */
  private static final Map<Op, MethodHandle> LOOPS = loops();

  private VectorUnary() {}

  static void apply(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    MethodHandle loop = LOOPS.get(f.op());
    if (loop == null) {
      PortableUnary.apply(f, x, x0, ldx, y, y0, ldy, rows, n);
      return;
    }
    boolean isOneRow = ldx == n && ldy == n;
    try {
      loop.invokeExact(f, x, x0, ldx, y, y0, ldy, isOneRow ? 1 : rows, isOneRow ? rows * n : n);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e);
    }
  }

  private static Map<Op, MethodHandle> loops() {
    Map<Op, MethodHandle> loops = new EnumMap<>(Op.class);
    loops.put(Op.ABS, loop("abs"));
    loops.put(Op.CLIP, loop("clip"));
    loops.put(Op.COS, loop("cos"));
    loops.put(Op.ELU, loop("elu"));
    loops.put(Op.ERF, loop("erf"));
    loops.put(Op.EXP, loop("exp"));
    loops.put(Op.GELU, loop("gelu"));
    loops.put(Op.GELU_TANH, loop("geluTanh"));
    loops.put(Op.HARD_SIGMOID, loop("hardSigmoid"));
    loops.put(Op.HARD_SWISH, loop("hardSwish"));
    loops.put(Op.LEAKY_RELU, loop("leakyRelu"));
    loops.put(Op.LOG, loop("log"));
    loops.put(Op.MISH, loop("mish"));
    loops.put(Op.NEG, loop("neg"));
    loops.put(Op.RECIPROCAL, loop("reciprocal"));
    loops.put(Op.RELU, loop("relu"));
    loops.put(Op.SCALED_HARD_SWISH, loop("scaledHardSwish"));
    loops.put(Op.SIGMOID, loop("sigmoid"));
    loops.put(Op.SILU, loop("silu"));
    loops.put(Op.SIN, loop("sin"));
    loops.put(Op.SOFTPLUS, loop("softplus"));
    loops.put(Op.SOFTSIGN, loop("softsign"));
    loops.put(Op.SQRT, loop("sqrt"));
    loops.put(Op.SWISH, loop("swish"));
    loops.put(Op.TANH, loop("tanh"));
    loops.put(Op.THRESHOLDED_RELU, loop("thresholdedRelu"));
    return loops;
  }

  private static MethodHandle loop(String name) {
    MethodType type =
        MethodType.methodType(
            void.class,
            UnaryFunction.class,
            float[].class,
            int.class,
            int.class,
            float[].class,
            int.class,
            int.class,
            int.class,
            int.class);
    try {
      return MethodHandles.lookup().findStatic(VectorUnary.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no loop of the name " + name, e);
    }
  }

  static void abs(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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

  static void clip(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    float alpha = f.alpha();
    float beta = f.beta();
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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

  static void hardSigmoid(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    float alpha = f.alpha();
    float beta = f.beta();
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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

  static void hardSwish(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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

  static void leakyRelu(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    float alpha = f.alpha();
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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

  static void neg(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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

  static void reciprocal(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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

  static void relu(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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

  static void scaledHardSwish(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    float alpha = f.alpha();
    float beta = f.beta();
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    int fours = n & -(4 * LANES);
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
      int i = 0;
      for (; i < fours; i += 4 * LANES) {
        fourSilu(x, xi + i, y, yi + i);
      }
      for (; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        VectorMath.silu(v).intoArray(y, yi + i);
      }
      for (; i < n; i++) {
        y[yi + i] = ScalarMath.silu(x[xi + i]);
      }
    }
  }

  /**
   * {@link VectorMath#silu} of four vectors, each step of all of them before the next: it mostly
   * waits for itself.
   */
  private static void fourSilu(float[] x, int xi, float[] y, int yi) {
    FloatVector v0 = FloatVector.fromArray(SPECIES, x, xi);
    FloatVector v1 = FloatVector.fromArray(SPECIES, x, xi + LANES);
    FloatVector v2 = FloatVector.fromArray(SPECIES, x, xi + 2 * LANES);
    FloatVector v3 = FloatVector.fromArray(SPECIES, x, xi + 3 * LANES);
    FloatVector u0 =
        v0.reinterpretAsInts()
            .min(SILU_HIGHEST)
            .reinterpretAsFloats()
            .neg()
            .reinterpretAsInts()
            .min(SILU_LOWEST)
            .reinterpretAsFloats();
    FloatVector u1 =
        v1.reinterpretAsInts()
            .min(SILU_HIGHEST)
            .reinterpretAsFloats()
            .neg()
            .reinterpretAsInts()
            .min(SILU_LOWEST)
            .reinterpretAsFloats();
    FloatVector u2 =
        v2.reinterpretAsInts()
            .min(SILU_HIGHEST)
            .reinterpretAsFloats()
            .neg()
            .reinterpretAsInts()
            .min(SILU_LOWEST)
            .reinterpretAsFloats();
    FloatVector u3 =
        v3.reinterpretAsInts()
            .min(SILU_HIGHEST)
            .reinterpretAsFloats()
            .neg()
            .reinterpretAsInts()
            .min(SILU_LOWEST)
            .reinterpretAsFloats();
    FloatVector t0 = u0.fma(LOG2_E, BIASED_ROUNDER);
    FloatVector t1 = u1.fma(LOG2_E, BIASED_ROUNDER);
    FloatVector t2 = u2.fma(LOG2_E, BIASED_ROUNDER);
    FloatVector t3 = u3.fma(LOG2_E, BIASED_ROUNDER);
    FloatVector n0 = t0.sub(BIASED_ROUNDER);
    FloatVector n1 = t1.sub(BIASED_ROUNDER);
    FloatVector n2 = t2.sub(BIASED_ROUNDER);
    FloatVector n3 = t3.sub(BIASED_ROUNDER);
    FloatVector r0 = n0.fma(MINUS_LN2_LOW, n0.fma(MINUS_LN2_HIGH, u0));
    FloatVector r1 = n1.fma(MINUS_LN2_LOW, n1.fma(MINUS_LN2_HIGH, u1));
    FloatVector r2 = n2.fma(MINUS_LN2_LOW, n2.fma(MINUS_LN2_HIGH, u2));
    FloatVector r3 = n3.fma(MINUS_LN2_LOW, n3.fma(MINUS_LN2_HIGH, u3));
    FloatVector s0 = r0.mul(r0);
    FloatVector s1 = r1.mul(r1);
    FloatVector s2 = r2.mul(r2);
    FloatVector s3 = r3.mul(r3);
    FloatVector p0 = s0.fma(E6, r0.fma(E5, E4)).fma(s0, r0.fma(E3, E2)).fma(s0, r0).add(ONE);
    FloatVector p1 = s1.fma(E6, r1.fma(E5, E4)).fma(s1, r1.fma(E3, E2)).fma(s1, r1).add(ONE);
    FloatVector p2 = s2.fma(E6, r2.fma(E5, E4)).fma(s2, r2.fma(E3, E2)).fma(s2, r2).add(ONE);
    FloatVector p3 = s3.fma(E6, r3.fma(E5, E4)).fma(s3, r3.fma(E3, E2)).fma(s3, r3).add(ONE);
    FloatVector e0 = t0.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
    FloatVector e1 = t1.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
    FloatVector e2 = t2.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
    FloatVector e3 = t3.reinterpretAsInts().lanewise(LSHL, 23).reinterpretAsFloats();
    v0.div(p0.fma(e0, ONE)).intoArray(y, yi);
    v1.div(p1.fma(e1, ONE)).intoArray(y, yi + LANES);
    v2.div(p2.fma(e2, ONE)).intoArray(y, yi + 2 * LANES);
    v3.div(p3.fma(e3, ONE)).intoArray(y, yi + 3 * LANES);
  }

  static void sqrt(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
      if (hasLargeAngle(x, xi, whole)) {
        PortableUnary.apply(f, x, xi, 0, y, yi, 0, 1, n);
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
      if (hasLargeAngle(x, xi, whole)) {
        PortableUnary.apply(f, x, xi, 0, y, yi, 0, 1, n);
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    float alpha = f.alpha();
    float beta = f.beta();
    float gamma = f.gamma();
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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

  static void softsign(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    float alpha = f.alpha();
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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

  static void thresholdedRelu(
      UnaryFunction f, float[] x, int x0, int ldx, float[] y, int y0, int ldy, int rows, int n) {
    float alpha = f.alpha();
    int whole = n & -LANES;
    for (int r = 0; r < rows; r++) {
      int xi = x0 + r * ldx;
      int yi = y0 + r * ldy;
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
