package dev.sardonyx.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.MapValue;
import dev.sardonyx.tensor.OptionalValue;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.SparseTensor;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tensors as JSON. Two forms are read:
 *
 * <ul>
 *   <li>nested arrays, {@code [[1, 2], [3, 4]]}; the model's input says the element type
 *   <li>{@code {"dtype": "float", "shape": [2, 2], "data": [1, 2, 3, 4]}}, row by row; complex
 *       elements are two numbers
 * </ul>
 *
 * The second is written. NaN and the infinities are the strings "NaN", "Infinity", "-Infinity".
 */
final class JsonTensors {
  private JsonTensors() {}

  /**
   * The tensor that a JSON tree describes.
   *
   * @param declared the element type where the tree does not say it
   * @param where how messages call the tree
   */
  static Tensor read(JsonNode tree, DType declared, String where) {
    try {
      if (!tree.isObject()) {
        return fill(flat(tree), declared, shapeOf(tree));
      }
      JsonNode data = tree.get("data");
      if (data == null) {
        throw new ModelException("expected nested arrays, or an object with \"data\"");
      }
      DType dtype = tree.has("dtype") ? dtype(tree.get("dtype").asText()) : declared;
      int[] shape = tree.has("shape") ? extents(tree.get("shape")) : shapeOf(data);
      return fill(flat(data), dtype, shape);
    } catch (ModelException e) {
      throw e.in(where);
    } catch (IllegalArgumentException e) {
      throw new ModelException(where + ": " + e.getMessage(), e);
    }
  }

  private static DType dtype(String name) {
    return Arrays.stream(DType.values())
        .filter(d -> d.onnxName().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    "expected an element type of ONNX, such as float or int64, got '"
                        + name
                        + "'"));
  }

  private static int[] extents(JsonNode shape) {
    int[] extents = new int[shape.size()];
    for (int i = 0; i < extents.length; i++) {
      if (!shape.get(i).isInt()) {
        throw new ModelException("expected a shape of whole numbers, got " + shape);
      }
      extents[i] = shape.get(i).intValue();
    }
    return extents;
  }

  private static int[] shapeOf(JsonNode nested) {
    List<Integer> shape = new ArrayList<>();
    for (JsonNode n = nested; n != null && n.isArray(); n = n.get(0)) {
      shape.add(n.size());
    }
    int[] extents = shape.stream().mapToInt(i -> i).toArray();
    checkEven(nested, extents, 0);
    return extents;
  }

  private static void checkEven(JsonNode node, int[] shape, int depth) {
    boolean leaf = depth == shape.length;
    if (leaf ? node.isArray() : node.size() != shape[depth] || !node.isArray()) {
      throw new ModelException("expected rows of equal length and depth, as in [[1, 2], [3, 4]]");
    }
    if (!leaf) {
      node.forEach(child -> checkEven(child, shape, depth + 1));
    }
  }

  private static List<JsonNode> flat(JsonNode nested) {
    List<JsonNode> elements = new ArrayList<>();
    collect(nested, elements);
    return elements;
  }

  private static void collect(JsonNode node, List<JsonNode> into) {
    if (node.isArray()) {
      node.forEach(child -> collect(child, into));
    } else {
      into.add(node);
    }
  }

  private static Tensor fill(List<JsonNode> elements, DType dtype, int[] shape) {
    int perElement = dtype.isComplex() ? 2 : 1;
    if (elements.size() != (long) perElement * Tensor.sizeOf(shape)) {
      throw new ModelException(
          "expected %d elements for shape %s, got %d"
              .formatted(
                  (long) perElement * Tensor.sizeOf(shape),
                  Arrays.toString(shape),
                  elements.size()));
    }
    Tensor t = Tensor.zeros(dtype, shape);
    for (int i = 0; i < t.size(); i++) {
      JsonNode e = elements.get(i * perElement);
      switch (dtype.kind()) {
        case FLOATING -> t.setDouble(i, real(e));
        case COMPLEX -> t.setComplex(i, real(e), real(elements.get(i * perElement + 1)));
        case SIGNED, UNSIGNED -> t.setLong(i, integer(e, dtype));
        case BOOL -> t.setBoolean(i, bool(e));
        case STRING -> t.setString(i, e.asText());
      }
    }
    return t;
  }

  private static double real(JsonNode e) {
    if (e.isNumber()) {
      return e.doubleValue();
    }
    return switch (e.asText()) {
      case "NaN" -> Double.NaN;
      case "Infinity" -> Double.POSITIVE_INFINITY;
      case "-Infinity" -> Double.NEGATIVE_INFINITY;
      default -> throw new ModelException("expected a number, got " + e);
    };
  }

  private static long integer(JsonNode e, DType dtype) {
    BigInteger value = e.isIntegralNumber() ? e.bigIntegerValue() : null;
    int valueBits = dtype.isSigned() ? dtype.bits() - 1 : dtype.bits();
    boolean fits =
        value != null
            && value.bitLength() <= valueBits
            && (dtype.isSigned() || value.signum() >= 0);
    if (!fits) {
      throw new ModelException("expected a number of type " + dtype + ", got " + e);
    }
    return value.longValue();
  }

  private static boolean bool(JsonNode e) {
    if (!e.isBoolean() && !e.isIntegralNumber()) {
      throw new ModelException("expected true or false, got " + e);
    }
    return e.asBoolean();
  }

  /**
   * Any value: sequences as arrays, maps as arrays of keys and values, an empty optional as null.
   */
  static JsonNode write(Value value) {
    ObjectNode node = Json.object();
    if (value instanceof Tensor t) {
      return write(t);
    } else if (value instanceof SparseTensor s) {
      return write(s.toDense());
    } else if (value instanceof SequenceValue s) {
      ArrayNode elements = node.arrayNode();
      s.elements().forEach(e -> elements.add(write(e)));
      return elements;
    } else if (value instanceof MapValue m) {
      ArrayNode keys = node.putArray("keys");
      m.entries().keySet().forEach(k -> keys.addPOJO(k));
      ArrayNode values = node.putArray("values");
      m.entries().values().forEach(v -> values.add(write(v)));
      return node;
    }
    OptionalValue o = (OptionalValue) value;
    return o.isPresent() ? write(o.value()) : node.nullNode();
  }

  private static ObjectNode write(Tensor t) {
    ObjectNode node = Json.object().put("dtype", t.dtype().onnxName());
    ArrayNode shape = node.putArray("shape");
    Arrays.stream(t.shape()).forEach(shape::add);
    ArrayNode data = node.putArray("data");
    for (int i = 0; i < t.size(); i++) {
      switch (t.dtype().kind()) {
        case FLOATING -> addReal(data, t.dtype(), t.getDouble(i));
        case COMPLEX -> {
          addReal(data, t.dtype(), t.getReal(i));
          addReal(data, t.dtype(), t.getImaginary(i));
        }
        case SIGNED -> data.add(t.getLong(i));
        case UNSIGNED -> data.add(new BigInteger(Long.toUnsignedString(t.getLong(i))));
        case BOOL -> data.add(t.getBoolean(i));
        case STRING -> data.add(t.getString(i));
      }
    }
    return node;
  }

  /** With the digits that a float needs, not those of the double that it becomes. */
  private static void addReal(ArrayNode data, DType dtype, double value) {
    boolean wide = dtype == DType.DOUBLE || dtype == DType.COMPLEX128;
    if (!Double.isFinite(value)) {
      data.add(String.valueOf(value));
    } else if (wide) {
      data.add(value);
    } else {
      data.add((float) value);
    }
  }
}
