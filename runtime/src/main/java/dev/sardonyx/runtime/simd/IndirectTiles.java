package dev.sardonyx.runtime.simd;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * The micro-kernels of {@link Kernels#indirectGemm}: {@code c[p][j] = clip(bias[j] + Σ x[x0 + p +
 * taps[k]]·b[k][j])} for twelve to four pixels and one or two vectors of columns, each element as
 * one chain of fused multiply-adds in ascending k. Pixels are stored in ascending order.
 *
 * <p>{@code b} is a {@link PackedMatrix} panel from b0 on; bounds and {@code check} are those of
 * {@link IntegerClip}. That pixels and vectors are one number and {@code LANES} apart, and not any
 * distances, leaves C2 the registers that it needs: with two more numbers to keep, the loop takes a
 * quarter longer.
 */
final class IndirectTiles {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());
  private static final int LANES = SPECIES.length();
  private static final int PANEL = PackedMatrix.PANEL;

  private IndirectTiles() {}

  /** 8 pixels × 2 vectors. */
  static void eightByTwo(
      float[] x,
      int x0,
      int[] taps,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      int lowest,
      int highest,
      float[] c,
      int c0,
      int ldc,
      float[] check) {
    FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector p4 = p0;
    FloatVector p5 = p0;
    FloatVector p6 = p0;
    FloatVector p7 = p0;
    FloatVector q1 = q0;
    FloatVector q2 = q0;
    FloatVector q3 = q0;
    FloatVector q4 = q0;
    FloatVector q5 = q0;
    FloatVector q6 = q0;
    FloatVector q7 = q0;
    for (int k = 0; k < taps.length; k++) {
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      int at = x0 + taps[k];
      FloatVector first = FloatVector.broadcast(SPECIES, x[at]);
      p0 = first.fma(left, p0);
      q0 = first.fma(right, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, x[at + 1]);
      p1 = x1.fma(left, p1);
      q1 = x1.fma(right, q1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, x[at + 2]);
      p2 = x2.fma(left, p2);
      q2 = x2.fma(right, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, x[at + 3]);
      p3 = x3.fma(left, p3);
      q3 = x3.fma(right, q3);
      FloatVector x4 = FloatVector.broadcast(SPECIES, x[at + 4]);
      p4 = x4.fma(left, p4);
      q4 = x4.fma(right, q4);
      FloatVector x5 = FloatVector.broadcast(SPECIES, x[at + 5]);
      p5 = x5.fma(left, p5);
      q5 = x5.fma(right, q5);
      FloatVector x6 = FloatVector.broadcast(SPECIES, x[at + 6]);
      p6 = x6.fma(left, p6);
      q6 = x6.fma(right, q6);
      FloatVector x7 = FloatVector.broadcast(SPECIES, x[at + 7]);
      p7 = x7.fma(left, p7);
      q7 = x7.fma(right, q7);
    }
    IntVector low = IntVector.broadcast(INTS, lowest);
    IntVector high = IntVector.broadcast(INTS, highest);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector zeros = FloatVector.fromArray(SPECIES, check, 0);
    FloatVector moreZeros = zeros;
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    int c6 = c5 + ldc;
    int c7 = c6 + ldc;
    zeros = p0.fma(zero, zeros);
    p0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c0);
    moreZeros = q0.fma(zero, moreZeros);
    q0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c0 + LANES);
    zeros = p1.fma(zero, zeros);
    p1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1);
    moreZeros = q1.fma(zero, moreZeros);
    q1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1 + LANES);
    zeros = p2.fma(zero, zeros);
    p2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2);
    moreZeros = q2.fma(zero, moreZeros);
    q2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2 + LANES);
    zeros = p3.fma(zero, zeros);
    p3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3);
    moreZeros = q3.fma(zero, moreZeros);
    q3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3 + LANES);
    zeros = p4.fma(zero, zeros);
    p4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c4);
    moreZeros = q4.fma(zero, moreZeros);
    q4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c4 + LANES);
    zeros = p5.fma(zero, zeros);
    p5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c5);
    moreZeros = q5.fma(zero, moreZeros);
    q5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c5 + LANES);
    zeros = p6.fma(zero, zeros);
    p6.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c6);
    moreZeros = q6.fma(zero, moreZeros);
    q6.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c6 + LANES);
    zeros = p7.fma(zero, zeros);
    p7.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c7);
    moreZeros = q7.fma(zero, moreZeros);
    q7.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c7 + LANES);
    zeros.add(moreZeros).intoArray(check, 0);
  }

  /** 6 pixels × 2 vectors, for 16 registers. */
  static void sixByTwo(
      float[] x,
      int x0,
      int[] taps,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      int lowest,
      int highest,
      float[] c,
      int c0,
      int ldc,
      float[] check) {
    FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector p4 = p0;
    FloatVector p5 = p0;
    FloatVector q1 = q0;
    FloatVector q2 = q0;
    FloatVector q3 = q0;
    FloatVector q4 = q0;
    FloatVector q5 = q0;
    for (int k = 0; k < taps.length; k++) {
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      int at = x0 + taps[k];
      FloatVector first = FloatVector.broadcast(SPECIES, x[at]);
      p0 = first.fma(left, p0);
      q0 = first.fma(right, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, x[at + 1]);
      p1 = x1.fma(left, p1);
      q1 = x1.fma(right, q1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, x[at + 2]);
      p2 = x2.fma(left, p2);
      q2 = x2.fma(right, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, x[at + 3]);
      p3 = x3.fma(left, p3);
      q3 = x3.fma(right, q3);
      FloatVector x4 = FloatVector.broadcast(SPECIES, x[at + 4]);
      p4 = x4.fma(left, p4);
      q4 = x4.fma(right, q4);
      FloatVector x5 = FloatVector.broadcast(SPECIES, x[at + 5]);
      p5 = x5.fma(left, p5);
      q5 = x5.fma(right, q5);
    }
    IntVector low = IntVector.broadcast(INTS, lowest);
    IntVector high = IntVector.broadcast(INTS, highest);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector zeros = FloatVector.fromArray(SPECIES, check, 0);
    FloatVector moreZeros = zeros;
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    zeros = p0.fma(zero, zeros);
    p0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c0);
    moreZeros = q0.fma(zero, moreZeros);
    q0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c0 + LANES);
    zeros = p1.fma(zero, zeros);
    p1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1);
    moreZeros = q1.fma(zero, moreZeros);
    q1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1 + LANES);
    zeros = p2.fma(zero, zeros);
    p2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2);
    moreZeros = q2.fma(zero, moreZeros);
    q2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2 + LANES);
    zeros = p3.fma(zero, zeros);
    p3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3);
    moreZeros = q3.fma(zero, moreZeros);
    q3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3 + LANES);
    zeros = p4.fma(zero, zeros);
    p4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c4);
    moreZeros = q4.fma(zero, moreZeros);
    q4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c4 + LANES);
    zeros = p5.fma(zero, zeros);
    p5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c5);
    moreZeros = q5.fma(zero, moreZeros);
    q5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c5 + LANES);
    zeros.add(moreZeros).intoArray(check, 0);
  }

  /** 4 pixels × 2 vectors. */
  static void fourByTwo(
      float[] x,
      int x0,
      int[] taps,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      int lowest,
      int highest,
      float[] c,
      int c0,
      int ldc,
      float[] check) {
    FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, bias, bias0 + LANES);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector q1 = q0;
    FloatVector q2 = q0;
    FloatVector q3 = q0;
    for (int k = 0; k < taps.length; k++) {
      FloatVector left = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      FloatVector right = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL + LANES);
      int at = x0 + taps[k];
      FloatVector first = FloatVector.broadcast(SPECIES, x[at]);
      p0 = first.fma(left, p0);
      q0 = first.fma(right, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, x[at + 1]);
      p1 = x1.fma(left, p1);
      q1 = x1.fma(right, q1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, x[at + 2]);
      p2 = x2.fma(left, p2);
      q2 = x2.fma(right, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, x[at + 3]);
      p3 = x3.fma(left, p3);
      q3 = x3.fma(right, q3);
    }
    IntVector low = IntVector.broadcast(INTS, lowest);
    IntVector high = IntVector.broadcast(INTS, highest);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector zeros = FloatVector.fromArray(SPECIES, check, 0);
    FloatVector moreZeros = zeros;
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    zeros = p0.fma(zero, zeros);
    p0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c0);
    moreZeros = q0.fma(zero, moreZeros);
    q0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c0 + LANES);
    zeros = p1.fma(zero, zeros);
    p1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1);
    moreZeros = q1.fma(zero, moreZeros);
    q1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1 + LANES);
    zeros = p2.fma(zero, zeros);
    p2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2);
    moreZeros = q2.fma(zero, moreZeros);
    q2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2 + LANES);
    zeros = p3.fma(zero, zeros);
    p3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3);
    moreZeros = q3.fma(zero, moreZeros);
    q3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3 + LANES);
    zeros.add(moreZeros).intoArray(check, 0);
  }

  /** 12 pixels × 1 vector. */
  static void twelveByOne(
      float[] x,
      int x0,
      int[] taps,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      int lowest,
      int highest,
      float[] c,
      int c0,
      int ldc,
      float[] check) {
    FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector p4 = p0;
    FloatVector p5 = p0;
    FloatVector p6 = p0;
    FloatVector p7 = p0;
    FloatVector p8 = p0;
    FloatVector p9 = p0;
    FloatVector p10 = p0;
    FloatVector p11 = p0;
    for (int k = 0; k < taps.length; k++) {
      FloatVector y = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      int at = x0 + taps[k];
      p0 = FloatVector.broadcast(SPECIES, x[at]).fma(y, p0);
      p1 = FloatVector.broadcast(SPECIES, x[at + 1]).fma(y, p1);
      p2 = FloatVector.broadcast(SPECIES, x[at + 2]).fma(y, p2);
      p3 = FloatVector.broadcast(SPECIES, x[at + 3]).fma(y, p3);
      p4 = FloatVector.broadcast(SPECIES, x[at + 4]).fma(y, p4);
      p5 = FloatVector.broadcast(SPECIES, x[at + 5]).fma(y, p5);
      p6 = FloatVector.broadcast(SPECIES, x[at + 6]).fma(y, p6);
      p7 = FloatVector.broadcast(SPECIES, x[at + 7]).fma(y, p7);
      p8 = FloatVector.broadcast(SPECIES, x[at + 8]).fma(y, p8);
      p9 = FloatVector.broadcast(SPECIES, x[at + 9]).fma(y, p9);
      p10 = FloatVector.broadcast(SPECIES, x[at + 10]).fma(y, p10);
      p11 = FloatVector.broadcast(SPECIES, x[at + 11]).fma(y, p11);
    }
    IntVector low = IntVector.broadcast(INTS, lowest);
    IntVector high = IntVector.broadcast(INTS, highest);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector zeros = FloatVector.fromArray(SPECIES, check, 0);
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    int c6 = c5 + ldc;
    int c7 = c6 + ldc;
    int c8 = c7 + ldc;
    int c9 = c8 + ldc;
    int c10 = c9 + ldc;
    int c11 = c10 + ldc;
    zeros = p0.fma(zero, zeros);
    p0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c0);
    zeros = p1.fma(zero, zeros);
    p1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1);
    zeros = p2.fma(zero, zeros);
    p2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2);
    zeros = p3.fma(zero, zeros);
    p3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3);
    zeros = p4.fma(zero, zeros);
    p4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c4);
    zeros = p5.fma(zero, zeros);
    p5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c5);
    zeros = p6.fma(zero, zeros);
    p6.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c6);
    zeros = p7.fma(zero, zeros);
    p7.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c7);
    zeros = p8.fma(zero, zeros);
    p8.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c8);
    zeros = p9.fma(zero, zeros);
    p9.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c9);
    zeros = p10.fma(zero, zeros);
    p10.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c10);
    zeros = p11.fma(zero, zeros);
    p11.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c11);
    zeros.intoArray(check, 0);
  }

  /** 8 pixels × 1 vector. */
  static void eightByOne(
      float[] x,
      int x0,
      int[] taps,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      int lowest,
      int highest,
      float[] c,
      int c0,
      int ldc,
      float[] check) {
    FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector p4 = p0;
    FloatVector p5 = p0;
    FloatVector p6 = p0;
    FloatVector p7 = p0;
    for (int k = 0; k < taps.length; k++) {
      FloatVector y = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      int at = x0 + taps[k];
      p0 = FloatVector.broadcast(SPECIES, x[at]).fma(y, p0);
      p1 = FloatVector.broadcast(SPECIES, x[at + 1]).fma(y, p1);
      p2 = FloatVector.broadcast(SPECIES, x[at + 2]).fma(y, p2);
      p3 = FloatVector.broadcast(SPECIES, x[at + 3]).fma(y, p3);
      p4 = FloatVector.broadcast(SPECIES, x[at + 4]).fma(y, p4);
      p5 = FloatVector.broadcast(SPECIES, x[at + 5]).fma(y, p5);
      p6 = FloatVector.broadcast(SPECIES, x[at + 6]).fma(y, p6);
      p7 = FloatVector.broadcast(SPECIES, x[at + 7]).fma(y, p7);
    }
    IntVector low = IntVector.broadcast(INTS, lowest);
    IntVector high = IntVector.broadcast(INTS, highest);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector zeros = FloatVector.fromArray(SPECIES, check, 0);
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    int c6 = c5 + ldc;
    int c7 = c6 + ldc;
    zeros = p0.fma(zero, zeros);
    p0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c0);
    zeros = p1.fma(zero, zeros);
    p1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1);
    zeros = p2.fma(zero, zeros);
    p2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2);
    zeros = p3.fma(zero, zeros);
    p3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3);
    zeros = p4.fma(zero, zeros);
    p4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c4);
    zeros = p5.fma(zero, zeros);
    p5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c5);
    zeros = p6.fma(zero, zeros);
    p6.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c6);
    zeros = p7.fma(zero, zeros);
    p7.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c7);
    zeros.intoArray(check, 0);
  }

  /** 4 pixels × 1 vector. */
  static void fourByOne(
      float[] x,
      int x0,
      int[] taps,
      float[] b,
      int b0,
      float[] bias,
      int bias0,
      int lowest,
      int highest,
      float[] c,
      int c0,
      int ldc,
      float[] check) {
    FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    for (int k = 0; k < taps.length; k++) {
      FloatVector y = FloatVector.fromArray(SPECIES, b, b0 + k * PANEL);
      int at = x0 + taps[k];
      p0 = FloatVector.broadcast(SPECIES, x[at]).fma(y, p0);
      p1 = FloatVector.broadcast(SPECIES, x[at + 1]).fma(y, p1);
      p2 = FloatVector.broadcast(SPECIES, x[at + 2]).fma(y, p2);
      p3 = FloatVector.broadcast(SPECIES, x[at + 3]).fma(y, p3);
    }
    IntVector low = IntVector.broadcast(INTS, lowest);
    IntVector high = IntVector.broadcast(INTS, highest);
    FloatVector zero = FloatVector.zero(SPECIES);
    FloatVector zeros = FloatVector.fromArray(SPECIES, check, 0);
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    zeros = p0.fma(zero, zeros);
    p0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c0);
    zeros = p1.fma(zero, zeros);
    p1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1);
    zeros = p2.fma(zero, zeros);
    p2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2);
    zeros = p3.fma(zero, zeros);
    p3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3);
    zeros.intoArray(check, 0);
  }
}
