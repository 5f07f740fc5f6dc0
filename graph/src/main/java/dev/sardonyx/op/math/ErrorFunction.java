package dev.sardonyx.op.math;

/** The error function in double precision, as Erf and the exact Gelu need it. */
public final class ErrorFunction {
  private static final double TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

  private ErrorFunction() {}

  /**
   * {@code erf(x) = 2/√π ∫₀ˣ exp(−t²) dt}, to about 1e-15.
   *
   * <p>Up to 3 the series {@code exp(−x²) Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!}, whose terms are all of one sign;
   * beyond, the continued fraction of the complement (Abramowitz and Stegun 7.1.6 and 7.1.14).
   */
  public static double erf(double x) {
    double magnitude = Math.abs(x);
    if (magnitude > 6) {
      return Math.signum(x);
    }
    return magnitude < 3 ? series(x) : Math.copySign(1 - complement(magnitude), x);
  }

  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return TWO_OVER_ROOT_PI * Math.exp(-x * x) * sum;
  }

  /** {@code exp(−x²)/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …))))} for x ≥ 3. */
  private static double complement(double x) {
    double denominator = x;
    for (int n = 40; n >= 1; n--) {
      denominator = x + n / 2.0 / denominator;
    }
    return TWO_OVER_ROOT_PI / 2 * Math.exp(-x * x) / denominator;
  }
}
