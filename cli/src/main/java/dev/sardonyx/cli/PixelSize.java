package dev.sardonyx.cli;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** The size of a picture, written {@code 640x480}. */
record PixelSize(int width, int height) {
  static final class Converter implements ITypeConverter<PixelSize> {
    private static final Pattern SIZE = Pattern.compile("([1-9]\\d{0,4})x([1-9]\\d{0,4})");

    @Override
    public PixelSize convert(String value) {
      Matcher m = SIZE.matcher(value);
      if (!m.matches()) {
        throw new TypeConversionException(
            "expected WIDTHxHEIGHT, as in 640x480, got '" + value + "'");
      }
      return new PixelSize(Integer.parseInt(m.group(1)), Integer.parseInt(m.group(2)));
    }
  }
}
