package dev.sardonyx.graph.io;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.proto.SparseTensorProto;
import dev.sardonyx.proto.TensorProto;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.SparseTensor;
import dev.sardonyx.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Tensors to and from {@code TensorProto} and {@code SparseTensorProto}. */
final class TensorData {
  private TensorData() {}

  /**
   * A tensor. Nothing is allocated before the bytes for it are known to be there.
   *
   * @throws ModelException if type, shape and content do not fit each other
   */
  static Tensor read(Message p, ExternalData external) {
    try {
      return readUnnamed(p, external);
    } catch (ModelException e) {
      String name = p.text(TensorProto.NAME_FIELD_NUMBER);
      throw name.isEmpty() ? e : e.in("tensor '" + name + "'");
    }
  }

  private static Tensor readUnnamed(Message p, ExternalData external) {
    if (p.has(TensorProto.SEGMENT_FIELD_NUMBER)) {
      throw new ModelException("expected a whole tensor, got a segment of one");
    }
    DType dtype = dtype((int) p.number(TensorProto.DATA_TYPE_FIELD_NUMBER));
    int[] shape = shape(p.numbers(TensorProto.DIMS_FIELD_NUMBER));
    int size = size(shape);
    long location = p.number(TensorProto.DATA_LOCATION_FIELD_NUMBER);
    if (location == TensorProto.DataLocation.EXTERNAL_VALUE) {
      return normalized(external.read(p, dtype, shape));
    }
    if (dtype == DType.STRING) {
      List<String> strings = p.texts(TensorProto.STRING_DATA_FIELD_NUMBER);
      expectCount(dtype, shape, size, strings.size());
      return Tensor.wrap(DType.STRING, strings.toArray(String[]::new), shape);
    }
    ByteBuffer raw = p.bytes(TensorProto.RAW_DATA_FIELD_NUMBER);
    if (raw.hasRemaining()) {
      if (raw.remaining() != dtype.byteSize(size)) {
        throw misfit(dtype, shape, dtype.byteSize(size) + " bytes", raw.remaining() + "");
      }
      return normalized(Tensor.ofLittleEndian(dtype, raw, shape));
    }
    return readTyped(p, dtype, shape, size);
  }

  /** Content from the field of the element type: float_data, int32_data, … */
  private static Tensor readTyped(Message p, DType dtype, int[] shape, int size) {
    switch (dtype) {
      case FLOAT, COMPLEX64 -> {
        float[] a = p.floats(TensorProto.FLOAT_DATA_FIELD_NUMBER);
        expectCount(dtype, shape, dtype.isComplex() ? 2L * size : size, a.length);
        return Tensor.wrap(dtype, a, shape);
      }
      case DOUBLE, COMPLEX128 -> {
        double[] a = p.doubles(TensorProto.DOUBLE_DATA_FIELD_NUMBER);
        expectCount(dtype, shape, dtype.isComplex() ? 2L * size : size, a.length);
        return Tensor.wrap(dtype, a, shape);
      }
      case INT64 -> {
        return ofLongs(p.numbers(TensorProto.INT64_DATA_FIELD_NUMBER), dtype, shape, size);
      }
      case UINT32, UINT64 -> {
        return ofLongs(p.numbers(TensorProto.UINT64_DATA_FIELD_NUMBER), dtype, shape, size);
      }
      default -> {
        // int32_data holds numbers, bit patterns of small floats, or bytes of packed elements.
        long[] data = p.numbers(TensorProto.INT32_DATA_FIELD_NUMBER);
        boolean packed = dtype.bits() < 8;
        expectCount(dtype, shape, packed ? dtype.byteSize(size) : size, data.length);
        if (packed) {
          byte[] bytes = new byte[data.length];
          for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) data[i];
          }
          return normalized(Tensor.wrap(dtype, bytes, shape));
        }
        Tensor t = Tensor.zeros(dtype, shape);
        for (int i = 0; i < size; i++) {
          int bits = (int) data[i];
          if (dtype.isFloating()) {
            t.setBits(i, bits);
          } else {
            t.setLong(i, bits);
          }
        }
        return t;
      }
    }
  }

  private static Tensor ofLongs(long[] data, DType dtype, int[] shape, int size) {
    expectCount(dtype, shape, size, data.length);
    Tensor t = Tensor.zeros(dtype, shape);
    for (int i = 0; i < size; i++) {
      t.setLong(i, data[i]);
    }
    return t;
  }

  /** Booleans as 0 and 1; the unused bits of a last, partly used byte as 0. */
  private static Tensor normalized(Tensor t) {
    if (t.dtype() == DType.BOOL) {
      byte[] b = t.byteArray();
      for (int i = 0; i < b.length; i++) {
        b[i] = (byte) (b[i] == 0 ? 0 : 1);
      }
    } else if (t.dtype().bits() == 4 || t.dtype().bits() == 2) {
      byte[] b = t.byteArray();
      int usedBits = (int) ((long) t.size() * t.dtype().bits() % 8);
      if (usedBits != 0) {
        b[b.length - 1] &= (byte) ((1 << usedBits) - 1);
      }
    }
    return t;
  }

  static SparseTensor readSparse(Message p, ExternalData external) {
    Tensor values = read(p.message(SparseTensorProto.VALUES_FIELD_NUMBER), external);
    Tensor indices = read(p.message(SparseTensorProto.INDICES_FIELD_NUMBER), external);
    int[] shape = shape(p.numbers(SparseTensorProto.DIMS_FIELD_NUMBER));
    try {
      return new SparseTensor(values, indices, shape);
    } catch (IllegalArgumentException e) {
      throw new ModelException(e.getMessage(), e);
    }
  }

  /** A tensor's proto: raw_data, or string_data for strings. */
  static TensorProto.Builder write(Tensor t) {
    TensorProto.Builder p = describe(t);
    if (t.dtype() == DType.STRING) {
      for (int i = 0; i < t.size(); i++) {
        p.addStringData(ByteString.copyFrom(t.getString(i), StandardCharsets.UTF_8));
      }
    } else {
      p.setRawData(UnsafeByteOperations.unsafeWrap(t.toLittleEndian()));
    }
    return p;
  }

  /** A tensor's proto without content. */
  static TensorProto.Builder describe(Tensor t) {
    TensorProto.Builder p = TensorProto.newBuilder().setDataType(t.dtype().code());
    for (int d : t.shape()) {
      p.addDims(d);
    }
    return p;
  }

  static SparseTensorProto.Builder writeSparse(SparseTensor t) {
    SparseTensorProto.Builder p =
        SparseTensorProto.newBuilder().setValues(write(t.values())).setIndices(write(t.indices()));
    for (int d : t.shape()) {
      p.addDims(d);
    }
    return p;
  }

  static DType dtype(int code) {
    try {
      return DType.ofCode(code);
    } catch (IllegalArgumentException e) {
      throw new ModelException(e.getMessage(), e);
    }
  }

  private static int[] shape(long[] dims) {
    int[] shape = new int[dims.length];
    for (int i = 0; i < shape.length; i++) {
      long d = dims[i];
      if (d < 0 || d > Integer.MAX_VALUE) {
        throw new ModelException(
            "expected extents from 0 to 2^31-1, got shape " + Arrays.toString(dims));
      }
      shape[i] = (int) d;
    }
    return shape;
  }

  private static int size(int[] shape) {
    try {
      return Tensor.sizeOf(shape);
    } catch (IllegalArgumentException e) {
      throw new ModelException(e.getMessage(), e);
    }
  }

  private static void expectCount(DType dtype, int[] shape, long expected, int count) {
    if (count != expected) {
      throw misfit(dtype, shape, expected + " entries", count + "");
    }
  }

  private static ModelException misfit(DType dtype, int[] shape, String expected, String got) {
    return new ModelException(
        "expected " + expected + " of data for " + dtype + Arrays.toString(shape) + ", got " + got);
  }
}
