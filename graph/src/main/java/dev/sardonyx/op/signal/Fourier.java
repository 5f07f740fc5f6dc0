package dev.sardonyx.op.signal;

/**
 * The discrete Fourier transform of complex numbers in double: {@code X[k] = Σ x[t] · e^(sign · 2πi
 * · k · t / n)}, sign −1 forward and +1 backward (not divided by n).
 *
 * <p>Even lengths are halved (Cooley and Tukey, 1965); odd ones are summed as they stand.
 */
final class Fourier {
  final double[] re;
  final double[] im;

  private Fourier(int n) {
    re = new double[n];
    im = new double[n];
  }

  static Fourier transform(double[] re, double[] im, int sign) {
    return transform(re, im, 0, 1, re.length, sign);
  }

  private static Fourier transform(double[] re, double[] im, int from, int step, int n, int sign) {
    Fourier out = new Fourier(n);
    if (n % 2 == 0 && n > 0) {
      Fourier even = transform(re, im, from, 2 * step, n / 2, sign);
      Fourier odd = transform(re, im, from + step, 2 * step, n / 2, sign);
      for (int k = 0; k < n / 2; k++) {
        double angle = sign * 2 * Math.PI * k / n;
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        double a = odd.re[k] * cos - odd.im[k] * sin;
        double b = odd.re[k] * sin + odd.im[k] * cos;
        out.re[k] = even.re[k] + a;
        out.im[k] = even.im[k] + b;
        out.re[k + n / 2] = even.re[k] - a;
        out.im[k + n / 2] = even.im[k] - b;
      }
      return out;
    }
    for (int k = 0; k < n; k++) {
      for (int t = 0; t < n; t++) {
        double angle = sign * 2 * Math.PI * ((long) k * t % n) / n;
        double x = re[from + t * step];
        double y = im[from + t * step];
        out.re[k] += x * Math.cos(angle) - y * Math.sin(angle);
        out.im[k] += x * Math.sin(angle) + y * Math.cos(angle);
      }
    }
    return out;
  }
}
