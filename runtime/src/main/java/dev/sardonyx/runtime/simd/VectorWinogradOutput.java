package dev.sardonyx.runtime.simd;

import static dev.sardonyx.runtime.simd.WinogradTransform.A;
import static dev.sardonyx.runtime.simd.WinogradTransform.B;
import static jdk.incubator.vector.VectorOperators.ASHR;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Kernels#winogradOutput} in vectors of channels: the transforms of {@link VectorWinograd},
 * and bias, residual and a clipping activation while the results are in registers. Adding −0
 * changes nothing: an array of it stands for no bias and no residual.
 */
final class VectorWinogradOutput {
  private static final VectorSpecies<Float> SPECIES = VectorLength.SPECIES;
  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());
  private static final int LANES = SPECIES.length();

  /** Grows when more channels come along. */
  private static float[] minusZeros = minusZeros(512);

  private VectorWinogradOutput() {}

  private static float[] minusZeros(int n) {
    float[] a = new float[n];
    Arrays.fill(a, -0f);
    return a;
  }

  static void apply(
      Kernels kernels,
      WinogradTransform transform,
      float[] x,
      int x0,
      int xLine,
      int xStep,
      float[] y,
      int y0,
      int yStep,
      int lines,
      int n,
      Epilogue epilogue,
      int firstColumn,
      float[] residual,
      int residualOffset) {
    int m = transform.outputs();
    int rows = lines * m;
    int whole = n & -LANES;
    float[] none = minusZeros;
    if (none.length < whole) {
      none = minusZeros(whole);
      minusZeros = none;
    }
    float[] bias = epilogue.bias() == null ? none : epilogue.bias();
    int b0 = epilogue.bias() == null ? 0 : firstColumn;
    float[] r = residual == null ? none : residual;
    int r0 = residual == null ? 0 : residualOffset;
    int rStep = residual == null ? 0 : yStep;
    UnaryFunction f = epilogue.activation();
    boolean clips = IntegerClip.isOpen(f);
    int bound = IntegerClip.bound(clips ? f : UnaryFunction.IDENTITY);
    if (m == 4) {
      output4(x, x0, xLine, xStep, y, y0, yStep, lines, whole, bias, b0, r, r0, rStep, bound);
    } else {
      output2(x, x0, xLine, xStep, y, y0, yStep, lines, whole, bias, b0, r, r0, rStep, bound);
    }
    if (whole > 0 && !clips) {
      kernels.unary(f, y, y0, yStep, y, y0, yStep, rows, whole);
    }
    if (whole > 0) {
      epilogue.prelu(kernels, y, y0, yStep, rows, whole, firstColumn);
    }
    if (whole == n) {
      return;
    }
    float[] added = residual;
    int addedAt = residualOffset + whole;
    if (residual == y && residualOffset == y0) {
      added = ResidualCopy.of(residual, addedAt, yStep, rows, n - whole);
      addedAt = 0;
    }
    for (int l = 0; l < lines; l++) {
      int xl = x0 + l * xLine + whole;
      int yl = y0 + l * m * yStep + whole;
      if (m == 4) {
        PortableWinograd.output4(x, xl, xStep, y, yl, yStep, n - whole);
      } else {
        PortableWinograd.output2(x, xl, xStep, y, yl, yStep, n - whole);
      }
    }
    epilogue.apply(
        kernels, y, y0 + whole, yStep, rows, n - whole, firstColumn + whole, added, addedAt, yStep);
  }

  private static void output4(
      float[] x,
      int x0,
      int xLine,
      int xStep,
      float[] y,
      int y0,
      int yStep,
      int lines,
      int whole,
      float[] bias,
      int b0,
      float[] residual,
      int r0,
      int rStep,
      int bound) {
    int vectors = lines * (whole / LANES);
    IntVector low = IntVector.broadcast(INTS, bound);
    int xi = x0;
    int yi = y0;
    int ri = r0;
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
      FloatVector b = FloatVector.fromArray(SPECIES, bias, b0 + c);
      FloatVector s1 = m1.add(m2);
      FloatVector d1 = m1.sub(m2);
      FloatVector s2 = m3.add(m4);
      FloatVector d2 = m3.sub(m4);
      int y1 = yi + c + yStep;
      int y2 = y1 + yStep;
      int y3 = y2 + yStep;
      int r1 = ri + c + rStep;
      int r2 = r1 + rStep;
      int r3 = r2 + rStep;
      IntVector v0 =
          m0.add(s1)
              .add(s2)
              .add(b)
              .add(FloatVector.fromArray(SPECIES, residual, ri + c))
              .reinterpretAsInts();
      v0.max(low.sub(v0).lanewise(ASHR, 31).and(v0)).reinterpretAsFloats().intoArray(y, yi + c);
      IntVector v1 =
          a.fma(d1, d2.mul(B))
              .add(b)
              .add(FloatVector.fromArray(SPECIES, residual, r1))
              .reinterpretAsInts();
      v1.max(low.sub(v1).lanewise(ASHR, 31).and(v1)).reinterpretAsFloats().intoArray(y, y1);
      IntVector v2 =
          half.fma(s1, s2.mul(2f))
              .add(b)
              .add(FloatVector.fromArray(SPECIES, residual, r2))
              .reinterpretAsInts();
      v2.max(low.sub(v2).lanewise(ASHR, 31).and(v2)).reinterpretAsFloats().intoArray(y, y2);
      IntVector v3 =
          halfA
              .fma(d1, twoB.fma(d2, m5))
              .add(b)
              .add(FloatVector.fromArray(SPECIES, residual, r3))
              .reinterpretAsInts();
      v3.max(low.sub(v3).lanewise(ASHR, 31).and(v3)).reinterpretAsFloats().intoArray(y, y3);
      c += LANES;
      if (c == whole) {
        c = 0;
        xi += xLine;
        yi += 4 * yStep;
        ri += 4 * rStep;
      }
    }
  }

  private static void output2(
      float[] x,
      int x0,
      int xLine,
      int xStep,
      float[] y,
      int y0,
      int yStep,
      int lines,
      int whole,
      float[] bias,
      int b0,
      float[] residual,
      int r0,
      int rStep,
      int bound) {
    int vectors = lines * (whole / LANES);
    IntVector low = IntVector.broadcast(INTS, bound);
    int xi = x0;
    int yi = y0;
    int ri = r0;
    int c = 0;
    for (int i = 0; i < vectors; i++) {
      int a1 = xi + c + xStep;
      int a2 = a1 + xStep;
      int a3 = a2 + xStep;
      FloatVector m0 = FloatVector.fromArray(SPECIES, x, xi + c);
      FloatVector m1 = FloatVector.fromArray(SPECIES, x, a1);
      FloatVector m2 = FloatVector.fromArray(SPECIES, x, a2);
      FloatVector m3 = FloatVector.fromArray(SPECIES, x, a3);
      FloatVector b = FloatVector.fromArray(SPECIES, bias, b0 + c);
      int y1 = yi + c + yStep;
      int r1 = ri + c + rStep;
      IntVector v0 =
          m0.add(m1)
              .add(m2)
              .add(b)
              .add(FloatVector.fromArray(SPECIES, residual, ri + c))
              .reinterpretAsInts();
      v0.max(low.sub(v0).lanewise(ASHR, 31).and(v0)).reinterpretAsFloats().intoArray(y, yi + c);
      IntVector v1 =
          m1.sub(m2)
              .add(m3)
              .add(b)
              .add(FloatVector.fromArray(SPECIES, residual, r1))
              .reinterpretAsInts();
      v1.max(low.sub(v1).lanewise(ASHR, 31).and(v1)).reinterpretAsFloats().intoArray(y, y1);
      c += LANES;
      if (c == whole) {
        c = 0;
        xi += xLine;
        yi += 2 * yStep;
        ri += 2 * rStep;
      }
    }
  }
}
