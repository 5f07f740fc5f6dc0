package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.WinogradTransform.A;
import static dev.sardonyx.runtime.simd.WinogradTransform.B;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Kernels#winograd} in vectors of channels; {@link PortableWinograd} takes those that are
 * left. The lines are short, so that all vectors of all lines are one loop.
 */
final class VectorWinograd {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final int LANES = SPECIES.length();

  private VectorWinograd() {}

  static void input4(
      float[] x,
      int x0,
      int xLine,
      int xStep,
      float[] y,
      int y0,
      int yLine,
      int yStep,
      int lines,
      int n) {
    int whole = n & -LANES;
    int vectors = lines * (whole / LANES);
    int xi = x0;
    int yi = y0;
    int c = 0;
    FloatVector minusTwo = FloatVector.broadcast(SPECIES, -2f);
    FloatVector minusHalf = FloatVector.broadcast(SPECIES, -0.5f);
    FloatVector minusTwoAndHalf = FloatVector.broadcast(SPECIES, -2.5f);
    for (int i = 0; i < vectors; i++) {
      int a1 = xi + c + xStep;
      int a2 = a1 + xStep;
      int a3 = a2 + xStep;
      int a4 = a3 + xStep;
      int a5 = a4 + xStep;
      FloatVector d0 = FloatVector.fromArray(SPECIES, x, xi + c);
      FloatVector d1 = FloatVector.fromArray(SPECIES, x, a1);
      FloatVector d2 = FloatVector.fromArray(SPECIES, x, a2);
      FloatVector d3 = FloatVector.fromArray(SPECIES, x, a3);
      FloatVector d4 = FloatVector.fromArray(SPECIES, x, a4);
      FloatVector d5 = FloatVector.fromArray(SPECIES, x, a5);
      FloatVector t1 = minusTwo.fma(d2, d4);
      FloatVector t2 = minusTwo.fma(d1, d3).mul(A);
      FloatVector t3 = minusHalf.fma(d2, d4);
      FloatVector t4 = minusHalf.fma(d1, d3).mul(B);
      int b1 = yi + c + yStep;
      int b2 = b1 + yStep;
      int b3 = b2 + yStep;
      int b4 = b3 + yStep;
      int b5 = b4 + yStep;
      minusTwoAndHalf.fma(d2, d0.add(d4)).intoArray(y, yi + c);
      t1.add(t2).intoArray(y, b1);
      t1.sub(t2).intoArray(y, b2);
      t3.add(t4).intoArray(y, b3);
      t3.sub(t4).intoArray(y, b4);
      minusTwoAndHalf.fma(d3, d1.add(d5)).intoArray(y, b5);
      c += LANES;
      if (c == whole) {
        c = 0;
        xi += xLine;
        yi += yLine;
      }
    }
    for (int l = 0; whole < n && l < lines; l++) {
      int xl = x0 + l * xLine + whole;
      PortableWinograd.input4(x, xl, xStep, y, y0 + l * yLine + whole, yStep, n - whole);
    }
  }

  static void output4(
      float[] x,
      int x0,
      int xLine,
      int xStep,
      float[] y,
      int y0,
      int yLine,
      int yStep,
      int lines,
      int n) {
    int whole = n & -LANES;
    int vectors = lines * (whole / LANES);
    int xi = x0;
    int yi = y0;
    int c = 0;
    FloatVector a = FloatVector.broadcast(SPECIES, A);
    FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector halfA = FloatVector.broadcast(SPECIES, A / 2);
    FloatVector twoB = FloatVector.broadcast(SPECIES, 2 * B);
    for (int i = 0; i < vectors; i++) {
      int a1 = xi + c + xStep;
      int a2 = a1 + xStep;
      int a3 = a2 + xStep;
      int a4 = a3 + xStep;
      int a5 = a4 + xStep;
      FloatVector m0 = FloatVector.fromArray(SPECIES, x, xi + c);
      FloatVector m1 = FloatVector.fromArray(SPECIES, x, a1);
      FloatVector m2 = FloatVector.fromArray(SPECIES, x, a2);
      FloatVector m3 = FloatVector.fromArray(SPECIES, x, a3);
      FloatVector m4 = FloatVector.fromArray(SPECIES, x, a4);
      FloatVector m5 = FloatVector.fromArray(SPECIES, x, a5);
      FloatVector s1 = m1.add(m2);
      FloatVector d1 = m1.sub(m2);
      FloatVector s2 = m3.add(m4);
      FloatVector d2 = m3.sub(m4);
      int b1 = yi + c + yStep;
      int b2 = b1 + yStep;
      int b3 = b2 + yStep;
      m0.add(s1).add(s2).intoArray(y, yi + c);
      a.fma(d1, d2.mul(B)).intoArray(y, b1);
      half.fma(s1, s2.mul(2f)).intoArray(y, b2);
      halfA.fma(d1, twoB.fma(d2, m5)).intoArray(y, b3);
      c += LANES;
      if (c == whole) {
        c = 0;
        xi += xLine;
        yi += yLine;
      }
    }
    for (int l = 0; whole < n && l < lines; l++) {
      int xl = x0 + l * xLine + whole;
      PortableWinograd.output4(x, xl, xStep, y, y0 + l * yLine + whole, yStep, n - whole);
    }
  }

  static void input2(
      float[] x,
      int x0,
      int xLine,
      int xStep,
      float[] y,
      int y0,
      int yLine,
      int yStep,
      int lines,
      int n) {
    int whole = n & -LANES;
    int vectors = lines * (whole / LANES);
    int xi = x0;
    int yi = y0;
    int c = 0;
    for (int i = 0; i < vectors; i++) {
      int a1 = xi + c + xStep;
      int a2 = a1 + xStep;
      int a3 = a2 + xStep;
      FloatVector d0 = FloatVector.fromArray(SPECIES, x, xi + c);
      FloatVector d1 = FloatVector.fromArray(SPECIES, x, a1);
      FloatVector d2 = FloatVector.fromArray(SPECIES, x, a2);
      FloatVector d3 = FloatVector.fromArray(SPECIES, x, a3);
      int b1 = yi + c + yStep;
      int b2 = b1 + yStep;
      int b3 = b2 + yStep;
      d2.sub(d0).intoArray(y, yi + c);
      d1.add(d2).intoArray(y, b1);
      d2.sub(d1).intoArray(y, b2);
      d3.sub(d1).intoArray(y, b3);
      c += LANES;
      if (c == whole) {
        c = 0;
        xi += xLine;
        yi += yLine;
      }
    }
    for (int l = 0; whole < n && l < lines; l++) {
      int xl = x0 + l * xLine + whole;
      PortableWinograd.input2(x, xl, xStep, y, y0 + l * yLine + whole, yStep, n - whole);
    }
  }

  static void output2(
      float[] x,
      int x0,
      int xLine,
      int xStep,
      float[] y,
      int y0,
      int yLine,
      int yStep,
      int lines,
      int n) {
    int whole = n & -LANES;
    int vectors = lines * (whole / LANES);
    int xi = x0;
    int yi = y0;
    int c = 0;
    for (int i = 0; i < vectors; i++) {
      int a1 = xi + c + xStep;
      int a2 = a1 + xStep;
      int a3 = a2 + xStep;
      FloatVector m0 = FloatVector.fromArray(SPECIES, x, xi + c);
      FloatVector m1 = FloatVector.fromArray(SPECIES, x, a1);
      FloatVector m2 = FloatVector.fromArray(SPECIES, x, a2);
      FloatVector m3 = FloatVector.fromArray(SPECIES, x, a3);
      int b1 = yi + c + yStep;
      m0.add(m1).add(m2).intoArray(y, yi + c);
      m1.sub(m2).add(m3).intoArray(y, b1);
      c += LANES;
      if (c == whole) {
        c = 0;
        xi += xLine;
        yi += yLine;
      }
    }
    for (int l = 0; whole < n && l < lines; l++) {
      int xl = x0 + l * xLine + whole;
      PortableWinograd.output2(x, xl, xStep, y, y0 + l * yLine + whole, yStep, n - whole);
    }
  }
}
