package dev.sardonyx.op.random;

/**
 * The generator behind every random operator: MT19937 (Matsumoto and Nishimura 1998), seeded with
 * one 32-bit number by Knuth's recurrence as in their reference of 2002, so that a seed means the
 * same numbers here as in numpy's RandomState.
 */
final class MersenneTwister {
  private static final int N = 624;
  private static final int M = 397;

  private final int[] state = new int[N];
  private int next = N;
  private double spareGaussian = Double.NaN;

  MersenneTwister(int seed) {
    state[0] = seed;
    for (int i = 1; i < N; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ state[i - 1] >>> 30) + i;
    }
  }

  /**
   * The generator of an operator whose seed is a float attribute.
   *
   * @param seed null for one that differs from run to run
   */
  static MersenneTwister of(Float seed) {
    return new MersenneTwister(
        seed == null ? Long.hashCode(System.nanoTime()) : Float.floatToIntBits(seed));
  }

  private int nextInt() {
    if (next == N) {
      for (int i = 0; i < N; i++) {
        int y = state[i] & 0x80000000 | state[(i + 1) % N] & 0x7fffffff;
        state[i] = state[(i + M) % N] ^ y >>> 1 ^ ((y & 1) == 0 ? 0 : 0x9908b0df);
      }
      next = 0;
    }
    int y = state[next++];
    y ^= y >>> 11;
    y ^= y << 7 & 0x9d2c5680;
    y ^= y << 15 & 0xefc60000;
    return y ^ y >>> 18;
  }

  /** The next number of the uniform distribution over [0, 1), with 53 random bits. */
  double nextDouble() {
    double high = nextInt() >>> 5;
    double low = nextInt() >>> 6;
    return (high * 0x1p26 + low) * 0x1p-53;
  }

  /** The next number of the standard normal distribution (Marsaglia's polar method). */
  double nextGaussian() {
    if (!Double.isNaN(spareGaussian)) {
      double spare = spareGaussian;
      spareGaussian = Double.NaN;
      return spare;
    }
    double x;
    double y;
    double r;
    do {
      x = 2 * nextDouble() - 1;
      y = 2 * nextDouble() - 1;
      r = x * x + y * y;
    } while (r >= 1 || r == 0);
    double f = Math.sqrt(-2 * Math.log(r) / r);
    spareGaussian = f * x;
    return f * y;
  }
}
