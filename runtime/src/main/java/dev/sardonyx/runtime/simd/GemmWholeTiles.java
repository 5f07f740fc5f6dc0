package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.ASHR;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Micro-kernels like those of {@link GemmTiles} for processors of 32 registers and sums that are
 * one block of k: {@code c[r][j] = clip(bias[j] + Σ a[r][k]·b[k][j] + residual[r][j])} for eight
 * rows, with all that follows the sum while it is in registers. Bounds that are infinite clip
 * nothing.
 */
final class GemmWholeTiles {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());
  private static final int PANEL = PackedMatrix.PANEL;

  private GemmWholeTiles() {}

  /**
   * 8 rows × 2 vectors, without residual.
   *
   * @param right where the second vector begins, counted from the first: with fewer columns than
   *     two vectors have, they overlap
   */
  static void tile(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      int right,
      float[] bias,
      int bias0,
      int lowest,
      int highest,
      float[] c,
      int c0,
      int ldc,
      float[] check) {
    int aEnd = a0 + depth;
    int a1 = aEnd + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    int a6 = a5 + lda;
    int a7 = a6 + lda;
    FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, bias, bias0 + right);
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
    int bEnd = b0 + depth * PANEL;
    for (int k = -depth; k < 0; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bEnd + k * PANEL);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, bEnd + k * PANEL + right);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[aEnd + k]);
      p0 = x0.fma(y0, p0);
      q0 = x0.fma(y1, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      p1 = x1.fma(y0, p1);
      q1 = x1.fma(y1, q1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      p2 = x2.fma(y0, p2);
      q2 = x2.fma(y1, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      p3 = x3.fma(y0, p3);
      q3 = x3.fma(y1, q3);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + k]);
      p4 = x4.fma(y0, p4);
      q4 = x4.fma(y1, q4);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + k]);
      p5 = x5.fma(y0, p5);
      q5 = x5.fma(y1, q5);
      FloatVector x6 = FloatVector.broadcast(SPECIES, a[a6 + k]);
      p6 = x6.fma(y0, p6);
      q6 = x6.fma(y1, q6);
      FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + k]);
      p7 = x7.fma(y0, p7);
      q7 = x7.fma(y1, q7);
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
    q0.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c0 + right);
    zeros = p1.fma(zero, zeros);
    p1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1);
    moreZeros = q1.fma(zero, moreZeros);
    q1.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c1 + right);
    zeros = p2.fma(zero, zeros);
    p2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2);
    moreZeros = q2.fma(zero, moreZeros);
    q2.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c2 + right);
    zeros = p3.fma(zero, zeros);
    p3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3);
    moreZeros = q3.fma(zero, moreZeros);
    q3.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c3 + right);
    zeros = p4.fma(zero, zeros);
    p4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c4);
    moreZeros = q4.fma(zero, moreZeros);
    q4.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c4 + right);
    zeros = p5.fma(zero, zeros);
    p5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c5);
    moreZeros = q5.fma(zero, moreZeros);
    q5.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c5 + right);
    zeros = p6.fma(zero, zeros);
    p6.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c6);
    moreZeros = q6.fma(zero, moreZeros);
    q6.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c6 + right);
    zeros = p7.fma(zero, zeros);
    p7.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c7);
    moreZeros = q7.fma(zero, moreZeros);
    q7.reinterpretAsInts().max(low).min(high).reinterpretAsFloats().intoArray(c, c7 + right);
    zeros.add(moreZeros).intoArray(check, 0);
  }

  /**
   * {@link #tile} with a residual, which may be C if the vectors do not overlap.
   *
   * @param bound {@link IntegerClip#bound}; there is none above
   */
  static void tileWithResidual(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      int right,
      float[] bias,
      int bias0,
      float[] residual,
      int r0,
      int ldr,
      int bound,
      float[] c,
      int c0,
      int ldc) {
    int aEnd = a0 + depth;
    int a1 = aEnd + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    int a6 = a5 + lda;
    int a7 = a6 + lda;
    FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector q0 = FloatVector.fromArray(SPECIES, bias, bias0 + right);
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
    int bEnd = b0 + depth * PANEL;
    for (int k = -depth; k < 0; k++) {
      FloatVector y0 = FloatVector.fromArray(SPECIES, b, bEnd + k * PANEL);
      FloatVector y1 = FloatVector.fromArray(SPECIES, b, bEnd + k * PANEL + right);
      FloatVector x0 = FloatVector.broadcast(SPECIES, a[aEnd + k]);
      p0 = x0.fma(y0, p0);
      q0 = x0.fma(y1, q0);
      FloatVector x1 = FloatVector.broadcast(SPECIES, a[a1 + k]);
      p1 = x1.fma(y0, p1);
      q1 = x1.fma(y1, q1);
      FloatVector x2 = FloatVector.broadcast(SPECIES, a[a2 + k]);
      p2 = x2.fma(y0, p2);
      q2 = x2.fma(y1, q2);
      FloatVector x3 = FloatVector.broadcast(SPECIES, a[a3 + k]);
      p3 = x3.fma(y0, p3);
      q3 = x3.fma(y1, q3);
      FloatVector x4 = FloatVector.broadcast(SPECIES, a[a4 + k]);
      p4 = x4.fma(y0, p4);
      q4 = x4.fma(y1, q4);
      FloatVector x5 = FloatVector.broadcast(SPECIES, a[a5 + k]);
      p5 = x5.fma(y0, p5);
      q5 = x5.fma(y1, q5);
      FloatVector x6 = FloatVector.broadcast(SPECIES, a[a6 + k]);
      p6 = x6.fma(y0, p6);
      q6 = x6.fma(y1, q6);
      FloatVector x7 = FloatVector.broadcast(SPECIES, a[a7 + k]);
      p7 = x7.fma(y0, p7);
      q7 = x7.fma(y1, q7);
    }
    IntVector low = IntVector.broadcast(INTS, bound);
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    int c6 = c5 + ldc;
    int c7 = c6 + ldc;
    int r1 = r0 + ldr;
    int r2 = r1 + ldr;
    int r3 = r2 + ldr;
    int r4 = r3 + ldr;
    int r5 = r4 + ldr;
    int r6 = r5 + ldr;
    int r7 = r6 + ldr;
    IntVector ip0 = p0.add(FloatVector.fromArray(SPECIES, residual, r0)).reinterpretAsInts();
    ip0.max(low.sub(ip0).lanewise(ASHR, 31).and(ip0)).reinterpretAsFloats().intoArray(c, c0);
    IntVector iq0 =
        q0.add(FloatVector.fromArray(SPECIES, residual, r0 + right)).reinterpretAsInts();
    iq0.max(low.sub(iq0).lanewise(ASHR, 31).and(iq0))
        .reinterpretAsFloats()
        .intoArray(c, c0 + right);
    IntVector ip1 = p1.add(FloatVector.fromArray(SPECIES, residual, r1)).reinterpretAsInts();
    ip1.max(low.sub(ip1).lanewise(ASHR, 31).and(ip1)).reinterpretAsFloats().intoArray(c, c1);
    IntVector iq1 =
        q1.add(FloatVector.fromArray(SPECIES, residual, r1 + right)).reinterpretAsInts();
    iq1.max(low.sub(iq1).lanewise(ASHR, 31).and(iq1))
        .reinterpretAsFloats()
        .intoArray(c, c1 + right);
    IntVector ip2 = p2.add(FloatVector.fromArray(SPECIES, residual, r2)).reinterpretAsInts();
    ip2.max(low.sub(ip2).lanewise(ASHR, 31).and(ip2)).reinterpretAsFloats().intoArray(c, c2);
    IntVector iq2 =
        q2.add(FloatVector.fromArray(SPECIES, residual, r2 + right)).reinterpretAsInts();
    iq2.max(low.sub(iq2).lanewise(ASHR, 31).and(iq2))
        .reinterpretAsFloats()
        .intoArray(c, c2 + right);
    IntVector ip3 = p3.add(FloatVector.fromArray(SPECIES, residual, r3)).reinterpretAsInts();
    ip3.max(low.sub(ip3).lanewise(ASHR, 31).and(ip3)).reinterpretAsFloats().intoArray(c, c3);
    IntVector iq3 =
        q3.add(FloatVector.fromArray(SPECIES, residual, r3 + right)).reinterpretAsInts();
    iq3.max(low.sub(iq3).lanewise(ASHR, 31).and(iq3))
        .reinterpretAsFloats()
        .intoArray(c, c3 + right);
    IntVector ip4 = p4.add(FloatVector.fromArray(SPECIES, residual, r4)).reinterpretAsInts();
    ip4.max(low.sub(ip4).lanewise(ASHR, 31).and(ip4)).reinterpretAsFloats().intoArray(c, c4);
    IntVector iq4 =
        q4.add(FloatVector.fromArray(SPECIES, residual, r4 + right)).reinterpretAsInts();
    iq4.max(low.sub(iq4).lanewise(ASHR, 31).and(iq4))
        .reinterpretAsFloats()
        .intoArray(c, c4 + right);
    IntVector ip5 = p5.add(FloatVector.fromArray(SPECIES, residual, r5)).reinterpretAsInts();
    ip5.max(low.sub(ip5).lanewise(ASHR, 31).and(ip5)).reinterpretAsFloats().intoArray(c, c5);
    IntVector iq5 =
        q5.add(FloatVector.fromArray(SPECIES, residual, r5 + right)).reinterpretAsInts();
    iq5.max(low.sub(iq5).lanewise(ASHR, 31).and(iq5))
        .reinterpretAsFloats()
        .intoArray(c, c5 + right);
    IntVector ip6 = p6.add(FloatVector.fromArray(SPECIES, residual, r6)).reinterpretAsInts();
    ip6.max(low.sub(ip6).lanewise(ASHR, 31).and(ip6)).reinterpretAsFloats().intoArray(c, c6);
    IntVector iq6 =
        q6.add(FloatVector.fromArray(SPECIES, residual, r6 + right)).reinterpretAsInts();
    iq6.max(low.sub(iq6).lanewise(ASHR, 31).and(iq6))
        .reinterpretAsFloats()
        .intoArray(c, c6 + right);
    IntVector ip7 = p7.add(FloatVector.fromArray(SPECIES, residual, r7)).reinterpretAsInts();
    ip7.max(low.sub(ip7).lanewise(ASHR, 31).and(ip7)).reinterpretAsFloats().intoArray(c, c7);
    IntVector iq7 =
        q7.add(FloatVector.fromArray(SPECIES, residual, r7 + right)).reinterpretAsInts();
    iq7.max(low.sub(iq7).lanewise(ASHR, 31).and(iq7))
        .reinterpretAsFloats()
        .intoArray(c, c7 + right);
  }

  /**
   * 8 rows × 1 vector.
   *
   * @param residual −0 where there is none, since adding that changes nothing
   * @param bound {@link IntegerClip#bound}
   */
  static void narrowTile(
      float[] a,
      int a0,
      int lda,
      float[] b,
      int b0,
      int depth,
      float[] bias,
      int bias0,
      float[] residual,
      int r0,
      int ldr,
      int bound,
      int highest,
      float[] c,
      int c0,
      int ldc) {
    int aEnd = a0 + depth;
    int a1 = aEnd + lda;
    int a2 = a1 + lda;
    int a3 = a2 + lda;
    int a4 = a3 + lda;
    int a5 = a4 + lda;
    int a6 = a5 + lda;
    int a7 = a6 + lda;
    FloatVector p0 = FloatVector.fromArray(SPECIES, bias, bias0);
    FloatVector p1 = p0;
    FloatVector p2 = p0;
    FloatVector p3 = p0;
    FloatVector p4 = p0;
    FloatVector p5 = p0;
    FloatVector p6 = p0;
    FloatVector p7 = p0;
    int bEnd = b0 + depth * PANEL;
    for (int k = -depth; k < 0; k++) {
      FloatVector y = FloatVector.fromArray(SPECIES, b, bEnd + k * PANEL);
      p0 = FloatVector.broadcast(SPECIES, a[aEnd + k]).fma(y, p0);
      p1 = FloatVector.broadcast(SPECIES, a[a1 + k]).fma(y, p1);
      p2 = FloatVector.broadcast(SPECIES, a[a2 + k]).fma(y, p2);
      p3 = FloatVector.broadcast(SPECIES, a[a3 + k]).fma(y, p3);
      p4 = FloatVector.broadcast(SPECIES, a[a4 + k]).fma(y, p4);
      p5 = FloatVector.broadcast(SPECIES, a[a5 + k]).fma(y, p5);
      p6 = FloatVector.broadcast(SPECIES, a[a6 + k]).fma(y, p6);
      p7 = FloatVector.broadcast(SPECIES, a[a7 + k]).fma(y, p7);
    }
    IntVector low = IntVector.broadcast(INTS, bound);
    IntVector high = IntVector.broadcast(INTS, highest);
    IntVector infinity = IntVector.broadcast(INTS, IntegerClip.INFINITY);
    int c1 = c0 + ldc;
    int c2 = c1 + ldc;
    int c3 = c2 + ldc;
    int c4 = c3 + ldc;
    int c5 = c4 + ldc;
    int c6 = c5 + ldc;
    int c7 = c6 + ldc;
    int r1 = r0 + ldr;
    int r2 = r1 + ldr;
    int r3 = r2 + ldr;
    int r4 = r3 + ldr;
    int r5 = r4 + ldr;
    int r6 = r5 + ldr;
    int r7 = r6 + ldr;
    IntVector ip0 = p0.add(FloatVector.fromArray(SPECIES, residual, r0)).reinterpretAsInts();
    ip0 = ip0.max(low.sub(ip0).lanewise(ASHR, 31).and(ip0));
    ip0 = ip0.min(high).or(infinity.sub(ip0).lanewise(ASHR, 31).and(ip0));
    ip0.reinterpretAsFloats().intoArray(c, c0);
    IntVector ip1 = p1.add(FloatVector.fromArray(SPECIES, residual, r1)).reinterpretAsInts();
    ip1 = ip1.max(low.sub(ip1).lanewise(ASHR, 31).and(ip1));
    ip1 = ip1.min(high).or(infinity.sub(ip1).lanewise(ASHR, 31).and(ip1));
    ip1.reinterpretAsFloats().intoArray(c, c1);
    IntVector ip2 = p2.add(FloatVector.fromArray(SPECIES, residual, r2)).reinterpretAsInts();
    ip2 = ip2.max(low.sub(ip2).lanewise(ASHR, 31).and(ip2));
    ip2 = ip2.min(high).or(infinity.sub(ip2).lanewise(ASHR, 31).and(ip2));
    ip2.reinterpretAsFloats().intoArray(c, c2);
    IntVector ip3 = p3.add(FloatVector.fromArray(SPECIES, residual, r3)).reinterpretAsInts();
    ip3 = ip3.max(low.sub(ip3).lanewise(ASHR, 31).and(ip3));
    ip3 = ip3.min(high).or(infinity.sub(ip3).lanewise(ASHR, 31).and(ip3));
    ip3.reinterpretAsFloats().intoArray(c, c3);
    IntVector ip4 = p4.add(FloatVector.fromArray(SPECIES, residual, r4)).reinterpretAsInts();
    ip4 = ip4.max(low.sub(ip4).lanewise(ASHR, 31).and(ip4));
    ip4 = ip4.min(high).or(infinity.sub(ip4).lanewise(ASHR, 31).and(ip4));
    ip4.reinterpretAsFloats().intoArray(c, c4);
    IntVector ip5 = p5.add(FloatVector.fromArray(SPECIES, residual, r5)).reinterpretAsInts();
    ip5 = ip5.max(low.sub(ip5).lanewise(ASHR, 31).and(ip5));
    ip5 = ip5.min(high).or(infinity.sub(ip5).lanewise(ASHR, 31).and(ip5));
    ip5.reinterpretAsFloats().intoArray(c, c5);
    IntVector ip6 = p6.add(FloatVector.fromArray(SPECIES, residual, r6)).reinterpretAsInts();
    ip6 = ip6.max(low.sub(ip6).lanewise(ASHR, 31).and(ip6));
    ip6 = ip6.min(high).or(infinity.sub(ip6).lanewise(ASHR, 31).and(ip6));
    ip6.reinterpretAsFloats().intoArray(c, c6);
    IntVector ip7 = p7.add(FloatVector.fromArray(SPECIES, residual, r7)).reinterpretAsInts();
    ip7 = ip7.max(low.sub(ip7).lanewise(ASHR, 31).and(ip7));
    ip7 = ip7.min(high).or(infinity.sub(ip7).lanewise(ASHR, 31).and(ip7));
    ip7.reinterpretAsFloats().intoArray(c, c7);
  }
}
