package dev.sardonyx.cli;

import java.util.Locale;

/** How figures are shown to people. */
final class Figures {
  /** What stands in a table where nothing is known. */
  static final String UNKNOWN = "?";

  private static final String[] BYTE_UNITS = {"B", "KB", "MB", "GB", "TB"};

  private Figures() {}

  /** {@code 22,713,216}. */
  static String count(long n) {
    return String.format(Locale.ROOT, "%,d", n);
  }

  /** {@code 86.6 MB}; units are powers of 1024. */
  static String bytes(long bytes) {
    double shown = bytes;
    int unit = 0;
    while (shown >= 1024 && unit < BYTE_UNITS.length - 1) {
      shown /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", shown, BYTE_UNITS[unit]);
  }

  /** {@code 3.42 ms}, from nanoseconds. */
  static String millis(long nanos) {
    return String.format(Locale.ROOT, "%.2f ms", nanos / 1e6);
  }

  /** A number of a tensor with as many digits as a person compares: {@code 0.01859}. */
  static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e7
        ? String.format(Locale.ROOT, "%.0f", value)
        : String.format(Locale.ROOT, "%.5g", value);
  }
}
