package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The cells of recurrent networks as vectors, with {@link PortableCells} for the units that do not
 * fill one.
 *
 * <p>C2 compiles a whole cell in one piece, in which there may be no room for a function of {@link
 * VectorMath}; so these are left to {@link VectorUnary}, whose loops are never part of another
 * method.
 */
final class VectorCells {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private VectorCells() {}

  static void lstm(
      float[] sums,
      int s0,
      float[] gates,
      int g0,
      int apart,
      float[] c,
      int c0,
      float[] h,
      int h0,
      int n) {
    int whole = n & -LANES;
    add(UnaryFunction.SIGMOID, gates, g0, sums, s0, apart, 3, whole);
    add(UnaryFunction.TANH, gates, g0 + 3 * apart, sums, s0 + 3 * apart, apart, 1, whole);
    lstmState(gates, g0, apart, c, c0, whole);
    VectorUnary.apply(UnaryFunction.TANH, c, c0, 0, h, h0, 0, 1, whole);
    multiply(gates, g0 + apart, h, h0, whole);
    PortableCells.lstm(sums, s0, gates, g0, apart, c, c0, h, h0, whole, n);
  }

  static void gru(
      float[] sums,
      int s0,
      float[] gates,
      int g0,
      int apart,
      float[] bias,
      int b0,
      float[] before,
      int before0,
      float[] h,
      int h0,
      int n) {
    int whole = n & -LANES;
    add(UnaryFunction.SIGMOID, gates, g0, sums, s0, apart, 2, whole);
    int fresh = g0 + 2 * apart;
    gruReset(gates, g0 + apart, gates, fresh, bias, b0, whole);
    add(UnaryFunction.TANH, gates, fresh, sums, s0 + 2 * apart, apart, 1, whole);
    gruState(gates, g0, fresh, before, before0, h, h0, whole);
    PortableCells.gru(sums, s0, gates, g0, apart, bias, b0, before, before0, h, h0, whole, n);
  }

  /** x = f(x + y) for some gates. */
  private static void add(
      UnaryFunction f, float[] x, int x0, float[] y, int y0, int apart, int gates, int whole) {
    for (int g = 0; g < gates; g++) {
      int xi = x0 + g * apart;
      int yi = y0 + g * apart;
      for (int i = 0; i < whole; i += LANES) {
        FloatVector v = FloatVector.fromArray(SPECIES, x, xi + i);
        v.add(FloatVector.fromArray(SPECIES, y, yi + i)).intoArray(x, xi + i);
      }
    }
    VectorUnary.apply(f, x, x0, apart, x, x0, apart, gates, whole);
  }

  private static void lstmState(float[] gates, int g0, int apart, float[] c, int c0, int whole) {
    int f0 = g0 + 2 * apart;
    int n0 = f0 + apart;
    for (int i = 0; i < whole; i += LANES) {
      FloatVector f = FloatVector.fromArray(SPECIES, gates, f0 + i);
      FloatVector kept = f.mul(FloatVector.fromArray(SPECIES, c, c0 + i));
      FloatVector in = FloatVector.fromArray(SPECIES, gates, g0 + i);
      kept.add(in.mul(FloatVector.fromArray(SPECIES, gates, n0 + i))).intoArray(c, c0 + i);
    }
  }

  private static void multiply(float[] x, int x0, float[] y, int y0, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, y, y0 + i);
      v.mul(FloatVector.fromArray(SPECIES, x, x0 + i)).intoArray(y, y0 + i);
    }
  }

  /** state = reset∘(state + bias). */
  private static void gruReset(
      float[] reset, int r0, float[] state, int n0, float[] bias, int b0, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector v = FloatVector.fromArray(SPECIES, state, n0 + i);
      v.add(FloatVector.fromArray(SPECIES, bias, b0 + i))
          .mul(FloatVector.fromArray(SPECIES, reset, r0 + i))
          .intoArray(state, n0 + i);
    }
  }

  /** h = fresh + z∘(before − fresh). */
  private static void gruState(
      float[] gates, int z0, int n0, float[] before, int before0, float[] h, int h0, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector fresh = FloatVector.fromArray(SPECIES, gates, n0 + i);
      FloatVector difference = FloatVector.fromArray(SPECIES, before, before0 + i).sub(fresh);
      FloatVector z = FloatVector.fromArray(SPECIES, gates, z0 + i);
      fresh.add(z.mul(difference)).intoArray(h, h0 + i);
    }
  }
}
