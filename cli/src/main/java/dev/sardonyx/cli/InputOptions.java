package dev.sardonyx.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.graph.io.ValueFile;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that say what a model is fed: files, pictures, and random values for the rest. */
final class InputOptions {
  /** Where the channels of a picture are. */
  enum Layout {
    NCHW,
    NHWC
  }

  /** The order of a picture's channels. */
  enum Color {
    RGB,
    BGR
  }

  /**
   * A value for an input.
   *
   * @param source the file, or how it was made
   */
  record Fed(Value value, String source) {}

  @Option(
      names = "--input",
      paramLabel = "[NAME=]FILE",
      description =
          "Input from a .npy, .npz, .pb (TensorProto) or .json file. Without NAME: the arrays of a"
              + " .npz or the fields of a .json object by name, or the model's only input.")
  List<String> files = new ArrayList<>();

  @Option(
      names = "--image",
      paramLabel = "[NAME=]FILE",
      description = "Input from a picture: PNG, JPEG, GIF, BMP or TIFF.")
  List<String> images = new ArrayList<>();

  @Option(
      names = "--size",
      paramLabel = "WxH",
      converter = PixelSize.Converter.class,
      description = "Size that pictures are resized to (default: the input's, else their own).")
  PixelSize size;

  @Option(
      names = "--mean",
      split = ",",
      paramLabel = "M",
      defaultValue = "0",
      description = "Subtracted from pictures, which are 0 to 1; one or one per channel.")
  float[] mean;

  @Option(
      names = "--std",
      split = ",",
      paramLabel = "S",
      defaultValue = "1",
      description = "Pictures are divided by this after that; one or one per channel.")
  float[] std;

  @Option(
      names = "--layout",
      paramLabel = "LAYOUT",
      description = "NCHW or NHWC (default: as the input's shape suggests).")
  Layout layout;

  @Option(
      names = "--color",
      paramLabel = "ORDER",
      defaultValue = "RGB",
      description = "Order of a picture's channels: RGB (default) or BGR.")
  Color color;

  @Mixin ShapeOptions shapes;

  /**
   * A value for every input.
   *
   * @param defaulted inputs that may be left out
   * @return by name, in the model's order
   */
  Map<String, Fed> feed(List<ValueInfo> inputs, Set<String> defaulted) throws IOException {
    Map<String, Fed> given = new LinkedHashMap<>();
    for (String spec : files) {
      Target target = Target.parse(spec, inputs);
      readFile(target, inputs)
          .forEach((name, value) -> given.put(name, new Fed(value, target.file.toString())));
    }
    InputShapes extents = shapes.of(inputs);
    given.forEach(
        (name, fed) -> {
          Names.find(inputs, name);
          if (fed.value instanceof Tensor t) {
            extents.setShape(name, t.shape());
          }
        });
    for (String spec : images) {
      Target target = Target.parse(spec, inputs);
      ValueInfo input = target.inputOrOnly(inputs);
      Tensor picture = readImage(input, extents, target.file);
      extents.setShape(input.name(), picture.shape());
      given.put(input.name(), new Fed(picture, target.file.toString()));
    }
    extents.defaultBatch();
    Map<String, Fed> fed = new LinkedHashMap<>();
    for (ValueInfo input : inputs) {
      Fed value = given.get(input.name());
      if (value != null) {
        fed.put(input.name(), value);
      } else if (!defaulted.contains(input.name())) {
        fed.put(input.name(), new Fed(RandomInputs.of(input, extents), "random"));
      }
    }
    return fed;
  }

  /** A file and the input that it is for. */
  private record Target(ValueInfo input, Path file) {
    /** Splits at the {@code =} after an input's name, the longest one: names may contain it too. */
    static Target parse(String spec, List<ValueInfo> inputs) {
      ValueInfo found = null;
      for (ValueInfo input : inputs) {
        boolean longer = found == null || input.name().length() > found.name().length();
        if (spec.startsWith(input.name() + "=") && longer) {
          found = input;
        }
      }
      if (found != null) {
        return new Target(found, Path.of(spec.substring(found.name().length() + 1)));
      }
      Path file = Path.of(spec);
      int equals = spec.indexOf('=');
      if (equals > 0 && !file.toFile().exists()) {
        Names.find(inputs, spec.substring(0, equals)); // throws
      }
      return new Target(null, file);
    }

    ValueInfo inputOrOnly(List<ValueInfo> inputs) {
      if (input != null) {
        return input;
      }
      if (inputs.size() != 1) {
        throw new ModelException(
            "%s: expected NAME=FILE, since the model has the inputs %s"
                .formatted(file, Names.list(inputs)));
      }
      return inputs.get(0);
    }
  }

  private static Map<String, Value> readFile(Target target, List<ValueInfo> inputs)
      throws IOException {
    Path file = target.file;
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".npz")) {
      Map<String, Tensor> arrays = NpzFile.read(file);
      return target.input == null ? Map.copyOf(arrays) : one(target, arrays);
    }
    if (name.endsWith(".json")) {
      JsonNode tree = Json.read(file);
      if (target.input == null && tree.isObject() && !tree.has("data")) {
        Map<String, Value> values = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> e : tree.properties()) {
          ValueInfo input = Names.find(inputs, e.getKey());
          values.put(
              e.getKey(),
              JsonTensors.read(e.getValue(), dtype(input), file + ", field '" + e.getKey() + "'"));
        }
        return values;
      }
      ValueInfo input = target.inputOrOnly(inputs);
      return Map.of(input.name(), JsonTensors.read(tree, dtype(input), file.toString()));
    }
    ValueInfo input = target.inputOrOnly(inputs);
    if (name.endsWith(".npy")) {
      return Map.of(input.name(), NpyFile.read(file));
    } else if (name.endsWith(".pb")) {
      return Map.of(input.name(), ValueFile.read(file, input.type()));
    }
    throw new ModelException(
        file + ": expected a .npy, .npz, .pb or .json file; a picture is given with --image");
  }

  private static Map<String, Value> one(Target target, Map<String, Tensor> arrays) {
    String name = target.input.name();
    Tensor array = arrays.size() == 1 ? arrays.values().iterator().next() : arrays.get(name);
    if (array == null) {
      throw new ModelException(
          "%s: expected an array '%s' or only one, got %s"
              .formatted(target.file, name, arrays.keySet()));
    }
    return Map.of(name, array);
  }

  private static DType dtype(ValueInfo input) {
    if (input.type() instanceof TensorType t) {
      return t.dtype();
    }
    throw new ModelException(
        "input '%s': JSON gives tensors only, and this is a %s: use a .pb file"
            .formatted(input.name(), TypeText.of(input.type())));
  }

  private Tensor readImage(ValueInfo input, InputShapes extents, Path file) throws IOException {
    Shape shape =
        extents.type(input) instanceof TensorType t && t.shape().hasRank() ? t.shape() : null;
    if (shape == null || shape.rank() != 4) {
      throw new ModelException(
          "input '%s': expected a batch of pictures (rank 4), but it is %s"
              .formatted(input.name(), TypeText.of(input.type())));
    }
    boolean last =
        layout == null ? !isChannels(shape, 1) && isChannels(shape, 3) : layout == Layout.NHWC;
    int channels = extent(shape, last ? 3 : 1);
    if (channels != 0 && channels != 1 && channels != 3) {
      throw new ModelException(
          "input '%s': expected 1 or 3 channels, but it is %s; --layout says where they are"
              .formatted(input.name(), TypeText.of(input.type())));
    }
    channels = channels == 0 ? 3 : channels;
    checkPerChannel("--mean", mean, channels);
    checkPerChannel("--std", std, channels);
    int width = size != null ? size.width() : extent(shape, last ? 2 : 3);
    int height = size != null ? size.height() : extent(shape, last ? 1 : 2);
    return new ImageInput(width, height, channels, mean, std, last, color == Color.BGR)
        .read(file, dtype(input));
  }

  private static void checkPerChannel(String option, float[] values, int channels) {
    if (values.length != 1 && values.length != channels) {
      throw new ModelException(
          "%s: expected 1 value or %d, one per channel, got %d"
              .formatted(option, channels, values.length));
    }
  }

  private static boolean isChannels(Shape shape, int axis) {
    return shape.dim(axis).is(1) || shape.dim(axis).is(3);
  }

  /** The number there, or 0 for a symbol. */
  private static int extent(Shape shape, int axis) {
    return shape.dim(axis).isKnown() ? Math.toIntExact(shape.dim(axis).value()) : 0;
  }
}
