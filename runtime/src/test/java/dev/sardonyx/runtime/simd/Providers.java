package dev.sardonyx.runtime.simd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.Consumer;

/** Runs a kernel in both providers, insists on equal bits, and makes random rows. */
final class Providers {
  /** What is no finite number: a NaN of either sign, and infinities. */
  static final float[] SPECIAL = {
    Float.NaN, Float.intBitsToFloat(0xffc00000), Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY
  };

  private Providers() {}

  /** One of the functions that clip, or none. */
  static UnaryFunction clipping(Random random) {
    return switch (random.nextInt(5)) {
      case 0 -> UnaryFunction.RELU;
      case 1 -> UnaryFunction.clip(0, 6);
      case 2 -> UnaryFunction.clip(-1, 1);
      case 3 -> UnaryFunction.clip(0, Float.POSITIVE_INFINITY);
      default -> UnaryFunction.IDENTITY;
    };
  }

  /**
   * Calls the kernel with each provider and a fresh copy of the array it writes to.
   *
   * @return what both wrote
   */
  static float[] same(float[] output, String what, KernelCall call) {
    float[] portable = output.clone();
    float[] vector = output.clone();
    call.run(Kernels.portable(), portable);
    call.run(Kernels.vector().orElseThrow(), vector);
    assertSameBits(vector, portable, what);
    return portable;
  }

  interface KernelCall {
    void run(Kernels kernels, float[] output);
  }

  static void forBoth(Consumer<Kernels> test) {
    test.accept(Kernels.portable());
    test.accept(Kernels.vector().orElseThrow());
  }

  /** Any NaN counts as the same; zeros differ by sign. */
  static void assertSameBits(float[] actual, float[] expected, String what) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      if (Float.floatToIntBits(actual[i]) != Float.floatToIntBits(expected[i])) {
        throw new AssertionError(
            what + ": element " + i + " is " + actual[i] + " instead of " + expected[i]);
      }
    }
  }

  static void assertClose(double actual, double expected, double tolerance, String what) {
    if (!(Math.abs(actual - expected) <= tolerance)) {
      throw new AssertionError(
          what + ": " + actual + " instead of " + expected + " (± " + tolerance + ")");
    }
  }

  static float[] random(Random random, int size, float range) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (random.nextFloat() * 2 - 1) * range;
    }
    return values;
  }
}
