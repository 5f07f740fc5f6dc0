package dev.sardonyx.graph;

import dev.sardonyx.tensor.DType;

/** The type of a value in a graph (ONNX {@code TypeProto}). */
public sealed interface ValueType {
  /** The type of a value that nothing is known of. */
  ValueType UNKNOWN = new UnknownType();

  /** A dense tensor of a known element type. */
  record TensorType(DType dtype, Shape shape) implements ValueType {
    // Written out, because what the VM makes of a record takes long when it is first called.
    @Override
    public boolean equals(Object o) {
      return o instanceof TensorType t && dtype == t.dtype && shape.equals(t.shape);
    }

    @Override
    public int hashCode() {
      return 31 * dtype.hashCode() + shape.hashCode();
    }

    @Override
    public String toString() {
      return dtype + shape.toString();
    }
  }

  /** A sparse tensor. */
  record SparseTensorType(DType dtype, Shape shape) implements ValueType {
    @Override
    public String toString() {
      return "sparse " + dtype + shape;
    }
  }

  /** A list of values of one type. */
  record SequenceType(ValueType element) implements ValueType {
    @Override
    public String toString() {
      return "sequence(" + element + ")";
    }
  }

  /** A map from an integer type or string to values. */
  record MapType(DType key, ValueType value) implements ValueType {
    @Override
    public String toString() {
      return "map(" + key + ", " + value + ")";
    }
  }

  /** A value that may be absent. */
  record OptionalType(ValueType element) implements ValueType {
    @Override
    public String toString() {
      return "optional(" + element + ")";
    }
  }

  /** Not known; see {@link #UNKNOWN}. */
  record UnknownType() implements ValueType {
    @Override
    public String toString() {
      return "unknown";
    }
  }

  static TensorType tensor(DType dtype, Shape shape) {
    return new TensorType(dtype, shape);
  }

  static TensorType tensor(DType dtype, int... shape) {
    return new TensorType(dtype, Shape.of(shape));
  }
}
