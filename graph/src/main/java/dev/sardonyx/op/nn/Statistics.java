package dev.sardonyx.op.nn;

/** Mean and variance of a stretch of numbers, as the normalizations need them. */
record Statistics(double mean, double variance) {
  /** Of {@code count} numbers from {@code from} on; the variance is the population's. */
  static Statistics of(double[] x, int from, int count) {
    double sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += x[i];
    }
    double mean = sum / count;
    double squares = 0;
    for (int i = from; i < from + count; i++) {
      squares += (x[i] - mean) * (x[i] - mean);
    }
    return new Statistics(mean, squares / count);
  }

  /** 1 / √(variance + epsilon). */
  double inverseDeviation(double epsilon) {
    return 1 / Math.sqrt(variance + epsilon);
  }
}
