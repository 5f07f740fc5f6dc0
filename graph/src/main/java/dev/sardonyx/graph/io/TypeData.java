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

  ValueInfo read(ValueInfoProto p, String name) {
    return new ValueInfo(name, read(p.getType(), name));
  }

  ValueType read(TypeProto p, String name) {
    return switch (p.getValueCase()) {
      case TENSOR_TYPE -> {
        TypeProto.Tensor t = p.getTensorType();
        yield t.getElemType() == 0
            ? ValueType.UNKNOWN
            : ValueType.tensor(
                TensorData.dtype(t.getElemType()), shape(t.hasShape(), t.getShape(), name));
      }
      case SPARSE_TENSOR_TYPE -> {
        TypeProto.SparseTensor t = p.getSparseTensorType();
        yield t.getElemType() == 0
            ? ValueType.UNKNOWN
            : new SparseTensorType(
                TensorData.dtype(t.getElemType()), shape(t.hasShape(), t.getShape(), name));
      }
      case SEQUENCE_TYPE -> new SequenceType(read(p.getSequenceType().getElemType(), name));
      case OPTIONAL_TYPE -> new OptionalType(read(p.getOptionalType().getElemType(), name));
      case MAP_TYPE ->
          new MapType(
              TensorData.dtype(p.getMapType().getKeyType()),
              read(p.getMapType().getValueType(), name));
      case OPAQUE_TYPE, VALUE_NOT_SET -> ValueType.UNKNOWN;
    };
  }

  private Shape shape(boolean given, TensorShapeProto p, String name) {
    if (!given) {
      return Shape.UNKNOWN;
    }
    List<Dim> dims = new ArrayList<>();
    for (Dimension d : p.getDimList()) {
      if (d.getDimValue() > 0) {
        dims.add(Dim.of(d.getDimValue()));
      } else if (d.getDimParam().isEmpty() || d.getDimParam().startsWith(ANONYMOUS)) {
        dims.add(anonymous(name + "." + dims.size()));
      } else {
        dims.add(Dim.symbol(d.getDimParam()));
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
