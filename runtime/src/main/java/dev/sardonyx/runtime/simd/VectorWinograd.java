package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.WinogradTransform.A;
import static dev.sardonyx.runtime.simd.WinogradTransform.B;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Kernels#winograd} in vectors of channels; {@link PortableWinograd} takes those that are
 * left.
 */
final class VectorWinograd {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;

  private VectorWinograd() {}

  static void input4(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int n) {
    int bound = SPECIES.loopBound(n);
    int x1 = x0 + xStep;
    int x2 = x1 + xStep;
    int x3 = x2 + xStep;
    int x4 = x3 + xStep;
    int x5 = x4 + xStep;
    int y1 = y0 + yStep;
    int y2 = y1 + yStep;
    int y3 = y2 + yStep;
    int y4 = y3 + yStep;
    int y5 = y4 + yStep;
    FloatVector minusTwo = FloatVector.broadcast(SPECIES, -2f);
    FloatVector minusHalf = FloatVector.broadcast(SPECIES, -0.5f);
    FloatVector minusTwoAndHalf = FloatVector.broadcast(SPECIES, -2.5f);
    for (int c = 0; c < bound; c += SPECIES.length()) {
      FloatVector d1 = FloatVector.fromArray(SPECIES, x, x1 + c);
      FloatVector d2 = FloatVector.fromArray(SPECIES, x, x2 + c);
      FloatVector d3 = FloatVector.fromArray(SPECIES, x, x3 + c);
      FloatVector d4 = FloatVector.fromArray(SPECIES, x, x4 + c);
      FloatVector t1 = minusTwo.fma(d2, d4);
      FloatVector t2 = minusTwo.fma(d1, d3).mul(A);
      FloatVector t3 = minusHalf.fma(d2, d4);
      FloatVector t4 = minusHalf.fma(d1, d3).mul(B);
      minusTwoAndHalf
          .fma(d2, FloatVector.fromArray(SPECIES, x, x0 + c).add(d4))
          .intoArray(y, y0 + c);
      t1.add(t2).intoArray(y, y1 + c);
      t1.sub(t2).intoArray(y, y2 + c);
      t3.add(t4).intoArray(y, y3 + c);
      t3.sub(t4).intoArray(y, y4 + c);
      minusTwoAndHalf
          .fma(d3, d1.add(FloatVector.fromArray(SPECIES, x, x5 + c)))
          .intoArray(y, y5 + c);
    }
    if (bound < n) {
      PortableWinograd.input4(x, x0 + bound, xStep, y, y0 + bound, yStep, n - bound);
    }
  }

  static void output4(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int n) {
    int bound = SPECIES.loopBound(n);
    int x1 = x0 + xStep;
    int x2 = x1 + xStep;
    int x3 = x2 + xStep;
    int x4 = x3 + xStep;
    int x5 = x4 + xStep;
    int y1 = y0 + yStep;
    int y2 = y1 + yStep;
    int y3 = y2 + yStep;
    FloatVector a = FloatVector.broadcast(SPECIES, A);
    FloatVector half = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector halfA = FloatVector.broadcast(SPECIES, A / 2);
    FloatVector twoB = FloatVector.broadcast(SPECIES, 2 * B);
    for (int c = 0; c < bound; c += SPECIES.length()) {
      FloatVector m1 = FloatVector.fromArray(SPECIES, x, x1 + c);
      FloatVector m2 = FloatVector.fromArray(SPECIES, x, x2 + c);
      FloatVector m3 = FloatVector.fromArray(SPECIES, x, x3 + c);
      FloatVector m4 = FloatVector.fromArray(SPECIES, x, x4 + c);
      FloatVector s1 = m1.add(m2);
      FloatVector d1 = m1.sub(m2);
      FloatVector s2 = m3.add(m4);
      FloatVector d2 = m3.sub(m4);
      FloatVector.fromArray(SPECIES, x, x0 + c).add(s1).add(s2).intoArray(y, y0 + c);
      a.fma(d1, d2.mul(B)).intoArray(y, y1 + c);
      half.fma(s1, s2.mul(2f)).intoArray(y, y2 + c);
      halfA.fma(d1, twoB.fma(d2, FloatVector.fromArray(SPECIES, x, x5 + c))).intoArray(y, y3 + c);
    }
    if (bound < n) {
      PortableWinograd.output4(x, x0 + bound, xStep, y, y0 + bound, yStep, n - bound);
    }
  }

  static void input2(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int n) {
    int bound = SPECIES.loopBound(n);
    int x1 = x0 + xStep;
    int x2 = x1 + xStep;
    int x3 = x2 + xStep;
    int y1 = y0 + yStep;
    int y2 = y1 + yStep;
    int y3 = y2 + yStep;
    for (int c = 0; c < bound; c += SPECIES.length()) {
      FloatVector d1 = FloatVector.fromArray(SPECIES, x, x1 + c);
      FloatVector d2 = FloatVector.fromArray(SPECIES, x, x2 + c);
      d2.sub(FloatVector.fromArray(SPECIES, x, x0 + c)).intoArray(y, y0 + c);
      d1.add(d2).intoArray(y, y1 + c);
      d2.sub(d1).intoArray(y, y2 + c);
      FloatVector.fromArray(SPECIES, x, x3 + c).sub(d1).intoArray(y, y3 + c);
    }
    if (bound < n) {
      PortableWinograd.input2(x, x0 + bound, xStep, y, y0 + bound, yStep, n - bound);
    }
  }

  static void output2(float[] x, int x0, int xStep, float[] y, int y0, int yStep, int n) {
    int bound = SPECIES.loopBound(n);
    int x1 = x0 + xStep;
    int x2 = x1 + xStep;
    int x3 = x2 + xStep;
    int y1 = y0 + yStep;
    for (int c = 0; c < bound; c += SPECIES.length()) {
      FloatVector m1 = FloatVector.fromArray(SPECIES, x, x1 + c);
      FloatVector m2 = FloatVector.fromArray(SPECIES, x, x2 + c);
      FloatVector.fromArray(SPECIES, x, x0 + c).add(m1).add(m2).intoArray(y, y0 + c);
      m1.sub(m2).add(FloatVector.fromArray(SPECIES, x, x3 + c)).intoArray(y, y1 + c);
    }
    if (bound < n) {
      PortableWinograd.output2(x, x0 + bound, xStep, y, y0 + bound, yStep, n - bound);
    }
  }
}
