package dev.sardonyx.graph.io;

import com.google.protobuf.ByteString;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.MapType;
import dev.sardonyx.graph.ValueType.OptionalType;
import dev.sardonyx.graph.ValueType.SequenceType;
import dev.sardonyx.graph.ValueType.SparseTensorType;
import dev.sardonyx.proto.MapProto;
import dev.sardonyx.proto.OptionalProto;
import dev.sardonyx.proto.SequenceProto;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.MapValue;
import dev.sardonyx.tensor.OptionalValue;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.SparseTensor;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values as files ({@code .pb}), the form of ONNX's test data: TensorProto, SparseTensorProto,
 * SequenceProto, MapProto or OptionalProto. A file does not say which of these it is; the declared
 * type of the graph's input or output does.
 */
public final class ValueFile {
  private final ExternalData external;

  private ValueFile(ExternalData external) {
    this.external = external;
  }

  /**
   * Reads a value.
   *
   * @param type what to read; {@link ValueType#UNKNOWN} is read as a tensor
   * @throws ModelException if the file is missing or holds something else
   */
  public static Value read(Path file, ValueType type) {
    try (ExternalData external = new ExternalData(file.toAbsolutePath().getParent(), null, false)) {
      return new ValueFile(external).read(Files.readAllBytes(file), type);
    } catch (IOException e) {
      throw new ModelException(file + ": expected a readable file of a value: " + e, e);
    } catch (ModelException e) {
      throw e.in(file.toString());
    }
  }

  /** Writes a value; the file appears whole or not at all. */
  public static void write(Path file, Value value) throws IOException {
    WholeFile.write(file, out -> out.write(toBytes(value)));
  }

  private Value read(byte[] bytes, ValueType type) {
    Message p;
    try {
      p = Message.of(ByteBuffer.wrap(bytes));
    } catch (ModelException e) {
      throw new ModelException("expected a value of type " + type + ": " + e.getMessage(), e);
    }
    if (type instanceof SequenceType) {
      return sequence(p);
    } else if (type instanceof OptionalType) {
      return optional(p);
    } else if (type instanceof MapType) {
      return map(p);
    } else if (type instanceof SparseTensorType) {
      return TensorData.readSparse(p, external);
    }
    return TensorData.read(p, external);
  }

  private SequenceValue sequence(Message p) {
    List<Value> elements = new ArrayList<>();
    p.messages(SequenceProto.TENSOR_VALUES_FIELD_NUMBER)
        .forEach(v -> elements.add(TensorData.read(v, external)));
    p.messages(SequenceProto.SPARSE_TENSOR_VALUES_FIELD_NUMBER)
        .forEach(v -> elements.add(TensorData.readSparse(v, external)));
    p.messages(SequenceProto.SEQUENCE_VALUES_FIELD_NUMBER).forEach(v -> elements.add(sequence(v)));
    p.messages(SequenceProto.MAP_VALUES_FIELD_NUMBER).forEach(v -> elements.add(map(v)));
    p.messages(SequenceProto.OPTIONAL_VALUES_FIELD_NUMBER).forEach(v -> elements.add(optional(v)));
    return new SequenceValue(elements);
  }

  private MapValue map(Message p) {
    List<Value> values = sequence(p.message(MapProto.VALUES_FIELD_NUMBER)).elements();
    DType keyType = TensorData.dtype((int) p.number(MapProto.KEY_TYPE_FIELD_NUMBER));
    List<Object> keys = new ArrayList<>();
    if (keyType == DType.STRING) {
      keys.addAll(p.texts(MapProto.STRING_KEYS_FIELD_NUMBER));
    } else {
      for (long key : p.numbers(MapProto.KEYS_FIELD_NUMBER)) {
        keys.add(key);
      }
    }
    if (keys.size() != values.size() || !keyType.isInteger() && keyType != DType.STRING) {
      throw new ModelException(
          "expected as many integer or string keys as values in a map, got "
              + keys.size()
              + " keys of "
              + keyType
              + " and "
              + values.size()
              + " values");
    }
    Map<Object, Value> entries = new LinkedHashMap<>();
    for (int i = 0; i < keys.size(); i++) {
      entries.put(keys.get(i), values.get(i));
    }
    return new MapValue(keyType, entries);
  }

  private OptionalValue optional(Message p) {
    if (p.has(OptionalProto.TENSOR_VALUE_FIELD_NUMBER)) {
      Message v = p.message(OptionalProto.TENSOR_VALUE_FIELD_NUMBER);
      return OptionalValue.of(TensorData.read(v, external));
    } else if (p.has(OptionalProto.SPARSE_TENSOR_VALUE_FIELD_NUMBER)) {
      Message v = p.message(OptionalProto.SPARSE_TENSOR_VALUE_FIELD_NUMBER);
      return OptionalValue.of(TensorData.readSparse(v, external));
    } else if (p.has(OptionalProto.SEQUENCE_VALUE_FIELD_NUMBER)) {
      return OptionalValue.of(sequence(p.message(OptionalProto.SEQUENCE_VALUE_FIELD_NUMBER)));
    } else if (p.has(OptionalProto.MAP_VALUE_FIELD_NUMBER)) {
      return OptionalValue.of(map(p.message(OptionalProto.MAP_VALUE_FIELD_NUMBER)));
    } else if (p.has(OptionalProto.OPTIONAL_VALUE_FIELD_NUMBER)) {
      return OptionalValue.of(optional(p.message(OptionalProto.OPTIONAL_VALUE_FIELD_NUMBER)));
    }
    return OptionalValue.EMPTY;
  }

  private static byte[] toBytes(Value value) {
    if (value instanceof Tensor t) {
      return TensorData.write(t).build().toByteArray();
    } else if (value instanceof SparseTensor t) {
      return TensorData.writeSparse(t).build().toByteArray();
    } else if (value instanceof SequenceValue s) {
      return write(s).build().toByteArray();
    } else if (value instanceof MapValue m) {
      return write(m).build().toByteArray();
    }
    return write((OptionalValue) value).build().toByteArray();
  }

  private static SequenceProto.Builder write(SequenceValue s) {
    SequenceProto.Builder p = SequenceProto.newBuilder();
    SequenceProto.DataType type = SequenceProto.DataType.TENSOR;
    for (Value v : s.elements()) {
      if (v instanceof Tensor t) {
        p.addTensorValues(TensorData.write(t));
      } else if (v instanceof SparseTensor t) {
        p.addSparseTensorValues(TensorData.writeSparse(t));
        type = SequenceProto.DataType.SPARSE_TENSOR;
      } else if (v instanceof SequenceValue t) {
        p.addSequenceValues(write(t));
        type = SequenceProto.DataType.SEQUENCE;
      } else if (v instanceof MapValue m) {
        p.addMapValues(write(m));
        type = SequenceProto.DataType.MAP;
      } else if (v instanceof OptionalValue o) {
        p.addOptionalValues(write(o));
        type = SequenceProto.DataType.OPTIONAL;
      }
    }
    return p.setElemType(type.getNumber());
  }

  private static MapProto.Builder write(MapValue m) {
    MapProto.Builder p = MapProto.newBuilder().setKeyType(m.keyType().code());
    for (Object key : m.entries().keySet()) {
      if (m.keyType() == DType.STRING) {
        p.addStringKeys(ByteString.copyFrom((String) key, StandardCharsets.UTF_8));
      } else {
        p.addKeys((Long) key);
      }
    }
    return p.setValues(write(new SequenceValue(List.copyOf(m.entries().values()))));
  }

  private static OptionalProto.Builder write(OptionalValue o) {
    OptionalProto.Builder p = OptionalProto.newBuilder();
    OptionalProto.DataType type = OptionalProto.DataType.UNDEFINED;
    if (o.value() instanceof Tensor t) {
      p.setTensorValue(TensorData.write(t));
      type = OptionalProto.DataType.TENSOR;
    } else if (o.value() instanceof SparseTensor t) {
      p.setSparseTensorValue(TensorData.writeSparse(t));
      type = OptionalProto.DataType.SPARSE_TENSOR;
    } else if (o.value() instanceof SequenceValue s) {
      p.setSequenceValue(write(s));
      type = OptionalProto.DataType.SEQUENCE;
    } else if (o.value() instanceof MapValue m) {
      p.setMapValue(write(m));
      type = OptionalProto.DataType.MAP;
    } else if (o.value() instanceof OptionalValue inner) {
      p.setOptionalValue(write(inner));
      type = OptionalProto.DataType.OPTIONAL;
    }
    return p.setElemType(type.getNumber());
  }
}
