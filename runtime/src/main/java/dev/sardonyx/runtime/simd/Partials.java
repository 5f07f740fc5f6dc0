package dev.sardonyx.runtime.simd;

/**
 * How a row becomes one number, whatever the vector length: {@value #COUNT} partial results, of
 * which number i takes the elements i, i + 16, i + 32 and so on to the end of the row, in that
 * order; then number i takes number i + 8, for i below 8; then i + 4, i + 2 and i + 1 likewise.
 */
final class Partials {
  /** How many partial results there are; no vector in use has more lanes. */
  static final int COUNT = 16;

  private static final ThreadLocal<float[]> ARRAY = ThreadLocal.withInitial(() -> new float[COUNT]);

  private Partials() {}

  /** This thread's array for partial results. */
  static float[] array() {
    return ARRAY.get();
  }

  static float sum(float[] p) {
    float even = ((p[0] + p[8]) + (p[4] + p[12])) + ((p[2] + p[10]) + (p[6] + p[14]));
    float odd = ((p[1] + p[9]) + (p[5] + p[13])) + ((p[3] + p[11]) + (p[7] + p[15]));
    return even + odd;
  }

  static float max(float[] p) {
    for (int i = 0; i < COUNT / 2; i++) {
      p[i] = Math.max(p[i], p[i + COUNT / 2]);
    }
    float even = Math.max(Math.max(p[0], p[4]), Math.max(p[2], p[6]));
    float odd = Math.max(Math.max(p[1], p[5]), Math.max(p[3], p[7]));
    return Math.max(even, odd);
  }

  static float min(float[] p) {
    for (int i = 0; i < COUNT / 2; i++) {
      p[i] = Math.min(p[i], p[i + COUNT / 2]);
    }
    float even = Math.min(Math.min(p[0], p[4]), Math.min(p[2], p[6]));
    float odd = Math.min(Math.min(p[1], p[5]), Math.min(p[3], p[7]));
    return Math.min(even, odd);
  }
}
