package dev.sardonyx.runtime.simd;

import static jdk.incubator.vector.VectorOperators.ASHR;
import static jdk.incubator.vector.VectorOperators.GT;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static jdk.incubator.vector.VectorOperators.LSHR;
import static jdk.incubator.vector.VectorOperators.LT;
import static jdk.incubator.vector.VectorOperators.MAX;
import static jdk.incubator.vector.VectorOperators.XOR;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Shows the VM that vectors are given operators of all kinds, while kernels are being compiled.
 *
 * <p>The methods that all operators share, such as the one that looks up the number of one, are
 * compiled by C2 for the class of operator that they have seen. If that was only one, say the
 * products of a GEMM, the next one is a wrong guess, of which the VM keeps count at the method. C2
 * adds these counts up over all methods that it inlines, and from a hundred on it does not guess
 * any more, so that it does not know what class a vector is, and makes objects. A kernel of a
 * hundred operators gets there by a single wrong guess. Operators that were never called before
 * have the same effect, where their implementations are looked up.
 */
final class OperatorKinds {
  private static final int TURNS = 3;

  private OperatorKinds() {}

  /** Calls all operators that kernels use on vectors. */
  static void mix() {
    float[] floats = new float[VectorLength.SPECIES.length()];
    double[] doubles = new double[VectorDoubleGemm.SPECIES.length()];
    for (int i = 0; i < TURNS; i++) {
      FloatVector x = FloatVector.fromArray(VectorLength.SPECIES, floats, 0);
      FloatVector y = x.fma(x, x).add(x).mul(x).div(x.abs()).sub(x.sqrt());
      y = y.max(x.neg()).min(x).blend(x, x.compare(LT, y).or(y.compare(GT, x)));
      IntVector bits = y.reinterpretAsInts();
      bits = bits.lanewise(ASHR, 31).and(bits).add(bits.lanewise(LSHL, 1).or(bits)).sub(bits);
      bits = bits.lanewise(LSHR, 31).max(bits).min(bits).lanewise(XOR, bits);
      bits = bits.blend(bits.reduceLanes(MAX), bits.compare(GT, 1));
      bits.reinterpretAsFloats().intoArray(floats, 0);
      floats[0] = y.reduceLanes(MAX);
      DoubleVector d = DoubleVector.fromArray(VectorDoubleGemm.SPECIES, doubles, 0);
      d.fma(d, d).add(d).mul(d.neg()).sub(d).intoArray(doubles, 0);
    }
  }
}
