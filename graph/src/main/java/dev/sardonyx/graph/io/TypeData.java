package dev.sardonyx.graph.io;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.MapType;
import dev.sardonyx.graph.ValueType.OptionalType;
import dev.sardonyx.graph.ValueType.SequenceType;
import dev.sardonyx.graph.ValueType.SparseTensorType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.proto.TensorShapeProto;
import dev.sardonyx.proto.TensorShapeProto.Dimension;
import dev.sardonyx.proto.TypeProto;
import dev.sardonyx.proto.ValueInfoProto;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Types of values to and from {@code TypeProto}.
 *
 * <p>An extent that the file does not say (none given, or one below 1, or a name beginning with
 * "?") becomes a symbol of its own that begins with "?", and such symbols are not written.
 */
final class TypeData {
  private static final String ANONYMOUS = "?";

  private final Set<String> anonymous = new HashSet<>();

  /** A value's type from its {@code ValueInfoProto}. */
  ValueInfo read(Message p, String name) {
    return new ValueInfo(name, type(p.message(ValueInfoProto.TYPE_FIELD_NUMBER), name));
  }

  /** A type from its {@code TypeProto}. */
  ValueType type(Message p, String name) {
    if (p.has(TypeProto.TENSOR_TYPE_FIELD_NUMBER)) {
      Message t = p.message(TypeProto.TENSOR_TYPE_FIELD_NUMBER);
      int element = (int) t.number(TypeProto.Tensor.ELEM_TYPE_FIELD_NUMBER);
      return element == 0
          ? ValueType.UNKNOWN
          : ValueType.tensor(
              TensorData.dtype(element), shape(t, TypeProto.Tensor.SHAPE_FIELD_NUMBER, name));
    } else if (p.has(TypeProto.SPARSE_TENSOR_TYPE_FIELD_NUMBER)) {
      Message t = p.message(TypeProto.SPARSE_TENSOR_TYPE_FIELD_NUMBER);
      int element = (int) t.number(TypeProto.SparseTensor.ELEM_TYPE_FIELD_NUMBER);
      return element == 0
          ? ValueType.UNKNOWN
          : new SparseTensorType(
              TensorData.dtype(element), shape(t, TypeProto.SparseTensor.SHAPE_FIELD_NUMBER, name));
    } else if (p.has(TypeProto.SEQUENCE_TYPE_FIELD_NUMBER)) {
      Message t = p.message(TypeProto.SEQUENCE_TYPE_FIELD_NUMBER);
      return new SequenceType(type(t.message(TypeProto.Sequence.ELEM_TYPE_FIELD_NUMBER), name));
    } else if (p.has(TypeProto.OPTIONAL_TYPE_FIELD_NUMBER)) {
      Message t = p.message(TypeProto.OPTIONAL_TYPE_FIELD_NUMBER);
      return new OptionalType(type(t.message(TypeProto.Optional.ELEM_TYPE_FIELD_NUMBER), name));
    } else if (p.has(TypeProto.MAP_TYPE_FIELD_NUMBER)) {
      Message t = p.message(TypeProto.MAP_TYPE_FIELD_NUMBER);
      return new MapType(
          TensorData.dtype((int) t.number(TypeProto.Map.KEY_TYPE_FIELD_NUMBER)),
          type(t.message(TypeProto.Map.VALUE_TYPE_FIELD_NUMBER), name));
    }
    return ValueType.UNKNOWN;
  }

  private Shape shape(Message type, int field, String name) {
    if (!type.has(field)) {
      return Shape.UNKNOWN;
    }
    List<Dim> dims = new ArrayList<>();
    for (Message d : type.message(field).messages(TensorShapeProto.DIM_FIELD_NUMBER)) {
      long value = d.number(Dimension.DIM_VALUE_FIELD_NUMBER);
      String symbol = d.text(Dimension.DIM_PARAM_FIELD_NUMBER);
      if (value > 0) {
        dims.add(Dim.of(value));
      } else if (symbol.isEmpty() || symbol.startsWith(ANONYMOUS)) {
        dims.add(anonymous(name + "." + dims.size()));
      } else {
        dims.add(Dim.symbol(symbol));
      }
    }
    return new Shape(dims);
  }

  private Dim anonymous(String place) {
    String symbol = ANONYMOUS + place;
    while (!anonymous.add(symbol)) {
      symbol += "'";
    }
    return Dim.symbol(symbol);
  }

  static ValueInfoProto.Builder write(ValueInfo v) {
    return ValueInfoProto.newBuilder().setName(v.name()).setType(write(v.type()));
  }

  static TypeProto.Builder write(ValueType type) {
    TypeProto.Builder p = TypeProto.newBuilder();
    if (type instanceof TensorType t) {
      p.getTensorTypeBuilder().setElemType(t.dtype().code());
      if (t.shape().hasRank()) {
        p.getTensorTypeBuilder().setShape(write(t.shape()));
      }
    } else if (type instanceof SparseTensorType t) {
      p.getSparseTensorTypeBuilder().setElemType(t.dtype().code());
      if (t.shape().hasRank()) {
        p.getSparseTensorTypeBuilder().setShape(write(t.shape()));
      }
    } else if (type instanceof SequenceType t) {
      p.getSequenceTypeBuilder().setElemType(write(t.element()));
    } else if (type instanceof OptionalType t) {
      p.getOptionalTypeBuilder().setElemType(write(t.element()));
    } else if (type instanceof MapType t) {
      p.getMapTypeBuilder().setKeyType(t.key().code()).setValueType(write(t.value()));
    }
    return p;
  }

  private static TensorShapeProto.Builder write(Shape shape) {
    TensorShapeProto.Builder p = TensorShapeProto.newBuilder();
    for (Dim d : shape.dims()) {
      Dimension.Builder dim = p.addDimBuilder();
      if (d.isKnown() && d.value() > 0) {
        dim.setDimValue(d.value());
      } else if (!d.isKnown() && !d.toString().contains(ANONYMOUS)) {
        dim.setDimParam(d.toString());
      }
    }
    return p;
  }
}
