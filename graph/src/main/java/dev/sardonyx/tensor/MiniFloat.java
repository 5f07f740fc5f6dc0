package dev.sardonyx.tensor;

/**
 * Floating point formats of 16 bits and fewer: conversion from and to their bit patterns.
 *
 * <p>Rounding is to nearest, ties to even. Formats as ONNX names them: IEEE binary16 and bfloat16;
 * E4M3FN and E5M2 (Micikevicius et al., "FP8 formats for deep learning", 2022), the FNUZ variants
 * (Noune et al., 2022: no negative zero, one NaN at the pattern of negative zero), E2M1 and E8M0
 * (OCP Microscaling Formats v1.0: E8M0 is a bare power of two).
 */
public enum MiniFloat {
  FLOAT16(5, 10, 15, Special.IEEE),
  BFLOAT16(8, 7, 127, Special.IEEE),
  E4M3FN(4, 3, 7, Special.NAN_ALL_ONES),
  E4M3FNUZ(4, 3, 8, Special.NAN_AT_NEGATIVE_ZERO),
  E5M2(5, 2, 15, Special.IEEE),
  E5M2FNUZ(5, 2, 16, Special.NAN_AT_NEGATIVE_ZERO),
  E2M1(2, 1, 1, Special.NONE),
  E8M0(8, 0, 127, Special.UNSIGNED_POWER);

  private enum Special {
    IEEE,
    NAN_ALL_ONES,
    NAN_AT_NEGATIVE_ZERO,
    NONE,
    UNSIGNED_POWER
  }

  private final int exponentBits;
  private final int mantissaBits;
  private final int bias;
  private final Special special;
  private final int signBit;

  MiniFloat(int exponentBits, int mantissaBits, int bias, Special special) {
    this.exponentBits = exponentBits;
    this.mantissaBits = mantissaBits;
    this.bias = bias;
    this.special = special;
    this.signBit = special == Special.UNSIGNED_POWER ? 0 : 1 << (exponentBits + mantissaBits);
  }

  /** The value of a bit pattern; bits above the format's width are ignored. */
  public float decode(int bits) {
    if (this == BFLOAT16) {
      return Float.intBitsToFloat(bits << 16);
    }
    if (this == FLOAT16) {
      return decodeHalf(bits);
    }
    if (special == Special.UNSIGNED_POWER) {
      int e = bits & 0xFF;
      return e == 0xFF ? Float.NaN : (float) Math.scalb(1.0, e - bias);
    }
    boolean negative = (bits & signBit) != 0;
    int magnitude = bits & (signBit - 1);
    if (isNan(negative, magnitude)) {
      return Float.NaN;
    }
    int exponent = magnitude >>> mantissaBits;
    int mantissa = magnitude & ((1 << mantissaBits) - 1);
    double value;
    if (special == Special.IEEE && exponent == (1 << exponentBits) - 1) {
      value = Double.POSITIVE_INFINITY;
    } else if (exponent == 0) {
      value = Math.scalb((double) mantissa, 1 - bias - mantissaBits);
    } else {
      value = Math.scalb((double) (mantissa | 1 << mantissaBits), exponent - bias - mantissaBits);
    }
    return (float) (negative ? -value : value);
  }

  /** The bits in their places in a float stand for 2⁻¹¹² of the value, subnormal ones too. */
  private static float decodeHalf(int bits) {
    float magnitude = Float.intBitsToFloat((bits & 0x7FFF) << 13) * 0x1p112f;
    if ((bits & 0x7C00) == 0x7C00) {
      if ((bits & 0x3FF) != 0) {
        return Float.NaN;
      }
      magnitude = Float.POSITIVE_INFINITY;
    }
    // Without a branch: nobody can predict signs.
    return Float.intBitsToFloat(Float.floatToRawIntBits(magnitude) | (bits & 0x8000) << 16);
  }

  private boolean isNan(boolean negative, int magnitude) {
    return switch (special) {
      case IEEE -> magnitude > infinityPattern();
      case NAN_ALL_ONES -> magnitude == signBit - 1;
      case NAN_AT_NEGATIVE_ZERO -> negative && magnitude == 0;
      case NONE, UNSIGNED_POWER -> false;
    };
  }

  private int infinityPattern() {
    return ((1 << exponentBits) - 1) << mantissaBits;
  }

  /** The largest finite pattern without its sign. */
  private int largestPattern() {
    return switch (special) {
      case IEEE -> infinityPattern() - 1;
      case NAN_ALL_ONES -> signBit - 2;
      case NAN_AT_NEGATIVE_ZERO, NONE -> signBit - 1;
      case UNSIGNED_POWER -> 0xFE;
    };
  }

  /** The bit pattern nearest to {@code value}; what is too large becomes infinity, or NaN. */
  public int encode(double value) {
    return encode(value, false);
  }

  /**
   * The bit pattern nearest to {@code value}.
   *
   * @param saturate whether infinities and what is too large become the largest finite value; when
   *     false they become infinity, or NaN in formats without infinity
   */
  public int encode(double value, boolean saturate) {
    if (special == Special.UNSIGNED_POWER) {
      return encodePower(value, saturate);
    }
    boolean negative = (Double.doubleToRawLongBits(value) < 0);
    int sign = negative ? signBit : 0;
    if (Double.isNaN(value)) {
      return nan(sign);
    }
    double magnitude = Math.abs(value);
    int pattern = roundToPattern(magnitude);
    if (pattern > largestPattern()) {
      return saturate || special == Special.NONE ? sign | largestPattern() : overflow(sign);
    }
    if (pattern == 0 && special == Special.NAN_AT_NEGATIVE_ZERO) {
      return 0;
    }
    return sign | pattern;
  }

  /** Nearest pattern of a magnitude as if exponents had no end; ties to even. */
  private int roundToPattern(double magnitude) {
    if (magnitude == 0) {
      return 0;
    }
    if (Double.isInfinite(magnitude)) {
      return Integer.MAX_VALUE;
    }
    int exponent = Math.max(Math.getExponent(magnitude), 1 - bias);
    if (exponent + bias > 1 << exponentBits) {
      return Integer.MAX_VALUE;
    }
    // In units of the last place of this exponent the value is below 2^(mantissaBits+1).
    long units = (long) Math.rint(Math.scalb(magnitude, mantissaBits - exponent));
    // A carry out of the mantissa moves on into the exponent by itself.
    return (int) (((long) (exponent + bias - 1) << mantissaBits) + units);
  }

  private int overflow(int sign) {
    return special == Special.IEEE ? sign | infinityPattern() : nan(sign);
  }

  private int nan(int sign) {
    return switch (special) {
      case IEEE -> sign | infinityPattern() | 1 << (mantissaBits - 1);
      case NAN_ALL_ONES -> sign | (signBit - 1);
      case NAN_AT_NEGATIVE_ZERO -> signBit;
      // A format without NaN has to take some number; ONNX's cases want negative zero.
      case NONE -> signBit;
      case UNSIGNED_POWER -> 0xFF;
    };
  }

  /** E8M0: nearest power of two, ties up; zero and less become the smallest power. */
  private static int encodePower(double value, boolean saturate) {
    if (Double.isNaN(value)) {
      return 0xFF;
    }
    double magnitude = Math.abs(value);
    if (Double.isInfinite(magnitude)) {
      return saturate ? 0xFE : 0xFF;
    }
    if (magnitude < 0x1p-127) {
      return 0;
    }
    int exponent = Math.getExponent(magnitude);
    if (magnitude >= Math.scalb(1.5, exponent)) {
      exponent++;
    }
    int pattern = exponent + 127;
    return pattern > 0xFE ? (saturate ? 0xFE : 0xFF) : pattern;
  }
}
