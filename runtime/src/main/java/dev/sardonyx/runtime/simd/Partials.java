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
    for (int half = COUNT / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        p[i] += p[i + half];
      }
    }
    return p[0];
  }

  static float max(float[] p) {
    for (int half = COUNT / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        p[i] = Math.max(p[i], p[i + half]);
      }
    }
    return p[0];
  }

  static float min(float[] p) {
    for (int half = COUNT / 2; half > 0; half /= 2) {
      for (int i = 0; i < half; i++) {
        p[i] = Math.min(p[i], p[i + half]);
      }
    }
    return p[0];
  }
}
