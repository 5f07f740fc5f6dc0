package dev.sardonyx.op.math;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.MiniFloat;
import dev.sardonyx.tensor.Tensor;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;

/**
 * How elements of one type become those of another (ai.onnx Cast, version 25).
 *
 * <ul>
 *   <li>to a float type: nearest, ties to even; too large becomes infinity, except for the 8-bit
 *       types, for which see the parameters, and float4e2m1, which takes its largest value
 *   <li>float to integer: truncated; NaN becomes 0. What does not fit is undefined there; here 64
 *       bits saturate and narrower types take the low bits
 *   <li>integer to integer: the low bits
 *   <li>to bool: whether it is not 0
 *   <li>number to string: the shortest decimal that reads back as the same number, as numpy writes
 *       it; string to number: decimal or scientific, NaN and INF in any case
 * </ul>
 *
 * @param saturate whether what is too large for an 8-bit float type becomes its largest value; else
 *     infinity, or NaN if it has none
 * @param roundMode where numbers go that float8e8m0, a power of two, cannot hold
 */
public record Conversion(boolean saturate, RoundMode roundMode) {
  /** Rounding to a power of two. */
  public enum RoundMode {
    UP,
    DOWN,
    /** Halves go up. */
    NEAREST
  }

  static Conversion parse(Attributes a) {
    String mode = a.getChoice("round_mode", "up", "up", "down", "nearest");
    return new Conversion(
        a.getFlag("saturate", true), RoundMode.valueOf(mode.toUpperCase(Locale.ROOT)));
  }

  /** The elements of {@code x} as {@code to}. */
  public Tensor convert(Tensor x, DType to) {
    DType from = x.dtype();
    if (from == to) {
      return x;
    }
    if (from.isComplex() || to.isComplex()) {
      throw new ModelException("expected types that are not complex, got " + from + " and " + to);
    }
    Tensor y = Tensor.zeros(to, x.shape());
    for (int i = 0; i < x.size(); i++) {
      if (from == DType.STRING) {
        parse(x.getString(i), y, i);
      } else if (to == DType.STRING) {
        y.setString(i, text(x, i));
      } else if (to.isFloating()) {
        setFloating(x, y, i);
      } else if (from.isFloating()) {
        y.setDouble(i, x.getDouble(i));
      } else {
        y.setLong(i, x.getLong(i));
      }
    }
    return y;
  }

  private void setFloating(Tensor x, Tensor y, int i) {
    boolean wide = x.dtype() == DType.INT64 && y.dtype() == DType.FLOAT;
    if (wide) {
      // By way of a double it would be rounded twice.
      y.floatArray()[i] = x.getLong(i);
    } else {
      setFloating(x.getDouble(i), y, i);
    }
  }

  private void setFloating(double value, Tensor y, int i) {
    switch (y.dtype()) {
      case FLOAT8E4M3FN, FLOAT8E4M3FNUZ, FLOAT8E5M2, FLOAT8E5M2FNUZ ->
          y.setBits(i, Tensor.miniFloat(y.dtype()).encode(value, saturate));
      case FLOAT8E8M0 -> y.setBits(i, MiniFloat.E8M0.encode(toPowerOfTwo(value), saturate));
      default -> y.setDouble(i, value);
    }
  }

  /** The magnitude rounded to a power of two; unchanged when E8M0's own rounding is wanted. */
  private double toPowerOfTwo(double value) {
    double magnitude = Math.abs(value);
    if (roundMode == RoundMode.NEAREST || magnitude == 0 || !Double.isFinite(magnitude)) {
      return magnitude;
    }
    double below = Math.scalb(1.0, Math.getExponent(magnitude));
    return roundMode == RoundMode.UP && magnitude > below ? 2 * below : below;
  }

  // ---- strings ----

  private void parse(String text, Tensor y, int i) {
    if (y.dtype().isFloating()) {
      setFloating(parseDouble(text), y, i);
    } else if (y.dtype() == DType.BOOL && isTruthValue(text)) {
      y.setBoolean(i, Boolean.parseBoolean(text.strip()));
    } else {
      y.setLong(i, parseLong(text));
    }
  }

  private static boolean isTruthValue(String text) {
    return text.strip().equalsIgnoreCase("true") || text.strip().equalsIgnoreCase("false");
  }

  private static double parseDouble(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "inf", "+inf", "infinity", "+infinity" -> Double.POSITIVE_INFINITY;
      case "-inf", "-infinity" -> Double.NEGATIVE_INFINITY;
      case "nan", "+nan", "-nan" -> Double.NaN;
      default -> {
        try {
          yield Double.parseDouble(text);
        } catch (NumberFormatException e) {
          throw noNumber(text, e);
        }
      }
    };
  }

  private static long parseLong(String text) {
    try {
      BigDecimal value = new BigDecimal(text.strip());
      // A hostile exponent would make a number of that many digits.
      return Math.abs((long) value.scale()) > 400 ? (long) value.doubleValue() : value.longValue();
    } catch (NumberFormatException e) {
      throw noNumber(text, e);
    }
  }

  private static ModelException noNumber(String text, NumberFormatException e) {
    return new ModelException("expected strings that are numbers, got \"" + text + "\"", e);
  }

  private static String text(Tensor x, int i) {
    return switch (x.dtype().kind()) {
      case BOOL -> x.getBoolean(i) ? "True" : "False";
      case UNSIGNED -> Long.toUnsignedString(x.getLong(i));
      case SIGNED -> Long.toString(x.getLong(i));
      default -> text(x.getDouble(i), x.dtype());
    };
  }

  /** Positional from 1e-4 to below 1e16 with at least one decimal, else scientific. */
  private static String text(double value, DType dtype) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    String sign = Double.doubleToRawLongBits(value) < 0 ? "-" : "";
    double magnitude = Math.abs(value);
    if (magnitude == 0) {
      return sign + "0.0";
    }
    BigDecimal shortest = shortest(magnitude, dtype).stripTrailingZeros();
    if (magnitude >= 1e-4 && magnitude < 1e16) {
      return sign + shortest.setScale(Math.max(1, shortest.scale())).toPlainString();
    }
    String digits = shortest.unscaledValue().toString();
    int exponent = shortest.precision() - shortest.scale() - 1;
    return sign
        + digits.charAt(0)
        + (digits.length() > 1 ? "." + digits.substring(1) : "")
        + (exponent < 0 ? "e-" : "e+")
        + (Math.abs(exponent) < 10 ? "0" : "")
        + Math.abs(exponent);
  }

  /** The decimal of fewest digits that is nearest to {@code value} among the numbers of a type. */
  private static BigDecimal shortest(double value, DType dtype) {
    BigDecimal exact = new BigDecimal(value);
    Tensor read = Tensor.zeros(dtype);
    for (int digits = 1; digits < 17; digits++) {
      BigDecimal d = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      read.setDouble(0, d.doubleValue());
      if (read.getDouble(0) == value) {
        return d;
      }
    }
    return exact.round(new MathContext(17, RoundingMode.HALF_EVEN));
  }
}
