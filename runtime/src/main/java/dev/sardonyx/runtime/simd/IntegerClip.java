package dev.sardonyx.runtime.simd;

import java.util.Arrays;

/**
 * Clipping floats to [0, h] as integers, which takes two instructions in place of the eight of
 * comparing and blending: floats of positive sign have the same order as their bits, and those of
 * negative sign are below them.
 *
 * <p>NaN alone comes out wrong. So 0 times every number is added to a vector of zeros, which they
 * stay unless a number is not finite; then what was clipped is computed once more, by {@link
 * PortableKernels}. Where that cannot be, since a residual has been overwritten, {@link #bound} is
 * used.
 */
final class IntegerClip {
  /** The bits of infinity; those of NaN are above, but for the sign. */
  static final int INFINITY = 0x7f800000;

  private static final int MINUS_INFINITY = 0xff800000;

  private IntegerClip() {}

  /** Whether a function does nothing, or clips to such a range. */
  static boolean knows(UnaryFunction f) {
    boolean nothing =
        f.lowest() == Float.NEGATIVE_INFINITY && f.highest() == Float.POSITIVE_INFINITY;
    return f.clips() && (nothing || f.lowest() == 0 && f.highest() >= 0);
  }

  /** The lower bound of a function that this {@link #knows}. */
  static int lowest(UnaryFunction f) {
    return f.lowest() == 0 ? 0 : Integer.MIN_VALUE;
  }

  /** The upper bound of a function that this {@link #knows}. */
  static int highest(UnaryFunction f) {
    boolean open = f.highest() == Float.POSITIVE_INFINITY;
    return open ? Integer.MAX_VALUE : Float.floatToIntBits(f.highest());
  }

  /** Whether this {@link #knows} a function, and it has no upper bound. */
  static boolean isOpen(UnaryFunction f) {
    return knows(f) && highest(f) == Integer.MAX_VALUE;
  }

  /**
   * A number b such that {@code max(x, (b − x) >> 31 & x)}, for the bits x of a float, clips it to
   * the lower bound of a function that this {@link #knows}, and leaves NaN as it is. For 0 that is
   * −∞: only bits of negative numbers, not of NaN, are at most b, and all of them are taken for 0.
   * For none it is a b that makes this x, of either sign.
   */
  static int bound(UnaryFunction f) {
    return lowest(f) == 0 ? MINUS_INFINITY : Integer.MAX_VALUE;
  }

  /** Whether all numbers were finite since this was asked last, or nothing was done to them. */
  static boolean isRight(UnaryFunction f, float[] check) {
    float sum = 0;
    for (float zero : check) {
      sum += zero;
    }
    if (sum == 0) {
      return true;
    }
    Arrays.fill(check, 0f);
    return lowest(f) == Integer.MIN_VALUE;
  }
}
