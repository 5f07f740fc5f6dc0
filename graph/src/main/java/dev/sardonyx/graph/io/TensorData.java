package dev.sardonyx.graph.io;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.proto.SparseTensorProto;
import dev.sardonyx.proto.TensorProto;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.SparseTensor;
import dev.sardonyx.tensor.Tensor;
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
  static Tensor read(TensorProto p, ExternalData external) {
    try {
      return readUnnamed(p, external);
    } catch (ModelException e) {
      throw p.getName().isEmpty() ? e : e.in("tensor '" + p.getName() + "'");
    }
  }

  private static Tensor readUnnamed(TensorProto p, ExternalData external) {
    if (p.hasSegment()) {
      throw new ModelException("expected a whole tensor, got a segment of one");
    }
    DType dtype = dtype(p.getDataType());
    int[] shape = shape(p.getDimsList());
    int size = size(shape);
    if (p.getDataLocation() == TensorProto.DataLocation.EXTERNAL) {
      return normalized(external.read(p, dtype, shape));
    }
    if (dtype == DType.STRING) {
      expectCount(dtype, shape, size, p.getStringDataCount());
      String[] strings = new String[size];
      for (int i = 0; i < size; i++) {
        strings[i] = p.getStringData(i).toStringUtf8();
      }
      return Tensor.wrap(DType.STRING, strings, shape);
    }
    ByteString raw = p.getRawData();
    if (!raw.isEmpty()) {
      if (raw.size() != dtype.byteSize(size)) {
        throw misfit(dtype, shape, dtype.byteSize(size) + " bytes", raw.size() + "");
      }
      return normalized(Tensor.ofLittleEndian(dtype, raw.asReadOnlyByteBuffer(), shape));
    }
    return readTyped(p, dtype, shape, size);
  }

  /** Content from the field of the element type: float_data, int32_data, … */
  private static Tensor readTyped(TensorProto p, DType dtype, int[] shape, int size) {
    switch (dtype) {
      case FLOAT, COMPLEX64 -> {
        expectCount(dtype, shape, dtype.isComplex() ? 2L * size : size, p.getFloatDataCount());
        float[] a = new float[p.getFloatDataCount()];
        for (int i = 0; i < a.length; i++) {
          a[i] = p.getFloatData(i);
        }
        return Tensor.wrap(dtype, a, shape);
      }
      case DOUBLE, COMPLEX128 -> {
        expectCount(dtype, shape, dtype.isComplex() ? 2L * size : size, p.getDoubleDataCount());
        double[] a = new double[p.getDoubleDataCount()];
        for (int i = 0; i < a.length; i++) {
          a[i] = p.getDoubleData(i);
        }
        return Tensor.wrap(dtype, a, shape);
      }
      case INT64 -> {
        expectCount(dtype, shape, size, p.getInt64DataCount());
        Tensor t = Tensor.zeros(dtype, shape);
        for (int i = 0; i < size; i++) {
          t.setLong(i, p.getInt64Data(i));
        }
        return t;
      }
      case UINT32, UINT64 -> {
        expectCount(dtype, shape, size, p.getUint64DataCount());
        Tensor t = Tensor.zeros(dtype, shape);
        for (int i = 0; i < size; i++) {
          t.setLong(i, p.getUint64Data(i));
        }
        return t;
      }
      default -> {
        // int32_data holds numbers, bit patterns of small floats, or bytes of packed elements.
        boolean packed = dtype.bits() < 8;
        expectCount(dtype, shape, packed ? dtype.byteSize(size) : size, p.getInt32DataCount());
        if (packed) {
          byte[] bytes = new byte[p.getInt32DataCount()];
          for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) p.getInt32Data(i);
          }
          return normalized(Tensor.wrap(dtype, bytes, shape));
        }
        Tensor t = Tensor.zeros(dtype, shape);
        for (int i = 0; i < size; i++) {
          if (dtype.isFloating()) {
            t.setBits(i, p.getInt32Data(i));
          } else {
            t.setLong(i, p.getInt32Data(i));
          }
        }
        return t;
      }
    }
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

  static SparseTensor readSparse(SparseTensorProto p, ExternalData external) {
    Tensor values = read(p.getValues(), external);
    Tensor indices = read(p.getIndices(), external);
    int[] shape = shape(p.getDimsList());
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

  private static int[] shape(List<Long> dims) {
    int[] shape = new int[dims.size()];
    for (int i = 0; i < shape.length; i++) {
      long d = dims.get(i);
      if (d < 0 || d > Integer.MAX_VALUE) {
        throw new ModelException("expected extents from 0 to 2^31-1, got shape " + dims);
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
