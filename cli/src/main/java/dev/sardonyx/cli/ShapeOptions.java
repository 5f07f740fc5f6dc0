package dev.sardonyx.cli;

import dev.sardonyx.graph.ValueInfo;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The options that give numbers to a model's symbolic dimensions. */
final class ShapeOptions {
  @Option(
      names = "--dim",
      paramLabel = "NAME=N",
      converter = {Text.class, Extent.class},
      description =
          "Number for a symbolic dimension, in all inputs. An open first dimension (the batch) is"
              + " 1 otherwise.")
  Map<String, Integer> dims = new LinkedHashMap<>();

  @Option(
      names = "--shape",
      paramLabel = "INPUT=N,N,...",
      converter = {Text.class, Extents.class},
      description = "Shape of an input.")
  Map<String, int[]> shapes = new LinkedHashMap<>();

  /** The shapes of a model's inputs under these options. */
  InputShapes of(List<ValueInfo> inputs) {
    InputShapes result = new InputShapes(inputs);
    shapes.forEach(result::setShape);
    dims.forEach(result::setDim);
    return result;
  }

  static final class Text implements ITypeConverter<String> {
    @Override
    public String convert(String value) {
      return value;
    }
  }

  static final class Extent implements ITypeConverter<Integer> {
    @Override
    public Integer convert(String value) {
      try {
        int n = Integer.parseInt(value.strip());
        if (n >= 0) {
          return n;
        }
      } catch (NumberFormatException e) {
        // said below
      }
      throw new TypeConversionException(
          "expected a whole number of 0 or more, got '" + value + "'");
    }
  }

  static final class Extents implements ITypeConverter<int[]> {
    @Override
    public int[] convert(String value) {
      if (value.isBlank()) {
        return new int[0];
      }
      Extent extent = new Extent();
      return Arrays.stream(value.split(",", -1)).mapToInt(extent::convert).toArray();
    }
  }
}
