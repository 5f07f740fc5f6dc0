package dev.sardonyx.tensor;

import java.lang.reflect.Array;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A dense, row-major tensor on the Java heap.
 *
 * <p>Elements live in one Java array, from {@link #arrayOffset()} on:
 *
 * <ul>
 *   <li>{@code float[]}: float; complex64 as pairs (real, imaginary)
 *   <li>{@code double[]}: double; complex128 as pairs
 *   <li>{@code long[]}: int64, uint64; {@code int[]}: int32, uint32
 *   <li>{@code short[]}: int16, uint16, and the bit patterns of float16 and bfloat16
 *   <li>{@code byte[]}: int8, uint8, bool (0 or 1), the 8-bit floats; 4- and 2-bit types packed as
 *       in files, the first element in the lowest bits
 *   <li>{@code String[]}: string
 * </ul>
 *
 * <p>A tensor shares its array with its views ({@link #reshape}, {@link #slice}) and with whoever
 * made it. The code that makes a tensor may write to it; once handed on it is not written again.
 *
 * <p>The content of a {@link #deferred} tensor is read when it is first asked for.
 */
public final class Tensor implements Value {
  private final DType dtype;
  private final int[] shape;
  private final int size;
  private final int offset;

  /** Null as long as the content has not been asked for. */
  private volatile Object array;

  /** Where the content is until then. */
  private volatile Content content;

  /** Content that is elsewhere than in memory. */
  @FunctionalInterface
  public interface Content {
    /** Writes elements to the whole of {@code into}, from element {@code from} of this on. */
    void read(int from, Tensor into);
  }

  /** The content of a view, from some element of a tensor on. */
  private record Part(Tensor whole, int start) implements Content {
    @Override
    public void read(int from, Tensor into) {
      whole.read(start + from, into);
    }
  }

  private Tensor(DType dtype, int[] shape, Content content) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = sizeOf(shape);
    this.offset = 0;
    this.content = content;
  }

  private Tensor(DType dtype, int[] shape, Object array, int offset) {
    this.dtype = dtype;
    this.shape = shape;
    this.size = sizeOf(shape);
    this.array = array;
    this.offset = offset;
    long capacity = Array.getLength(array) * elementsPerSlot(dtype) / (dtype.isComplex() ? 2 : 1);
    if ((long) offset + size > capacity) {
      throw new IllegalArgumentException(
          "expected an array with "
              + size
              + " elements from "
              + offset
              + " on for shape "
              + Arrays.toString(shape)
              + ", got one with "
              + capacity);
    }
  }

  /** How many elements share one array slot: more than one only for the packed types. */
  private static long elementsPerSlot(DType dtype) {
    return dtype.bits() == 4 ? 2 : dtype.bits() == 2 ? 4 : 1;
  }

  // ---- making tensors ----

  public static Tensor of(float[] data, int... shape) {
    return wrap(DType.FLOAT, data, shape);
  }

  public static Tensor of(double[] data, int... shape) {
    return wrap(DType.DOUBLE, data, shape);
  }

  public static Tensor of(long[] data, int... shape) {
    return wrap(DType.INT64, data, shape);
  }

  public static Tensor of(int[] data, int... shape) {
    return wrap(DType.INT32, data, shape);
  }

  public static Tensor of(String[] data, int... shape) {
    return wrap(DType.STRING, data, shape);
  }

  public static Tensor of(boolean[] data, int... shape) {
    byte[] bytes = new byte[data.length];
    for (int i = 0; i < data.length; i++) {
      bytes[i] = (byte) (data[i] ? 1 : 0);
    }
    return wrap(DType.BOOL, bytes, shape);
  }

  /** A one-dimensional int64 tensor, as shapes and axes are given to operators. */
  public static Tensor vector(long... data) {
    return of(data, data.length);
  }

  public static Tensor scalar(float value) {
    return of(new float[] {value});
  }

  public static Tensor scalar(long value) {
    return of(new long[] {value});
  }

  public static Tensor scalar(boolean value) {
    return of(new boolean[] {value});
  }

  /**
   * A tensor over an array that is not copied.
   *
   * @param array of the Java type that the class comment names for {@code dtype}, holding exactly
   *     the elements of {@code shape}
   * @throws IllegalArgumentException if type or length do not fit
   */
  public static Tensor wrap(DType dtype, Object array, int... shape) {
    Tensor t = wrapAt(dtype, array, 0, shape);
    if (Array.getLength(array) != arrayLength(dtype, t.size)) {
      throw new IllegalArgumentException(
          "expected "
              + arrayLength(dtype, t.size)
              + " array elements for "
              + t.describe()
              + ", got "
              + Array.getLength(array));
    }
    return t;
  }

  /** A tensor over part of an array: elements from {@code offset} on, not copied. */
  public static Tensor wrapAt(DType dtype, Object array, int offset, int... shape) {
    Class<?> expected = arrayClass(dtype);
    if (array.getClass() != expected) {
      throw new IllegalArgumentException(
          "expected a "
              + expected.getSimpleName()
              + " for "
              + dtype
              + ", got "
              + array.getClass().getSimpleName());
    }
    return new Tensor(dtype, shape.clone(), array, offset);
  }

  /**
   * A new tensor of zeros, false, or empty strings.
   *
   * @throws IllegalArgumentException if the heap could not hold it even when empty
   */
  public static Tensor zeros(DType dtype, int... shape) {
    long bytes = dtype == DType.STRING ? 4L * sizeOf(shape) : dtype.byteSize(sizeOf(shape));
    if (bytes > Runtime.getRuntime().maxMemory()) {
      throw new IllegalArgumentException(
          "expected a tensor that fits the heap of "
              + (Runtime.getRuntime().maxMemory() >> 20)
              + " MB, got "
              + dtype
              + Arrays.toString(shape)
              + " of "
              + (bytes >> 20)
              + " MB; a larger -Xmx may help");
    }
    int length = arrayLength(dtype, sizeOf(shape));
    Object array = Array.newInstance(arrayClass(dtype).getComponentType(), length);
    if (array instanceof String[] strings) {
      Arrays.fill(strings, "");
    }
    return new Tensor(dtype, shape.clone(), array, 0);
  }

  /**
   * A tensor whose content is read when it is first asked for. {@link #read} gets at parts of it
   * without keeping it in memory.
   *
   * @param dtype of whole bytes; no strings
   * @param content may be read by several threads at once
   */
  public static Tensor deferred(DType dtype, Content content, int... shape) {
    if (dtype == DType.STRING || dtype.bits() < 8) {
      throw new IllegalArgumentException("expected elements of whole bytes, got " + dtype);
    }
    return new Tensor(dtype, shape.clone(), content);
  }

  /**
   * A tensor read from the packed little-endian form of ONNX's {@code raw_data}.
   *
   * @throws IllegalArgumentException if {@code raw} does not have exactly the bytes of the shape
   */
  public static Tensor ofLittleEndian(DType dtype, ByteBuffer raw, int... shape) {
    int size = sizeOf(shape);
    if (dtype == DType.STRING) {
      throw new IllegalArgumentException("expected a numeric type for raw data, got string");
    }
    if (raw.remaining() != dtype.byteSize(size)) {
      throw new IllegalArgumentException(
          "expected "
              + dtype.byteSize(size)
              + " bytes of "
              + dtype
              + " for shape "
              + Arrays.toString(shape)
              + ", got "
              + raw.remaining());
    }
    Tensor t = zeros(dtype, shape);
    t.setLittleEndian(0, raw);
    return t;
  }

  /**
   * Replaces elements by what remains of {@code raw}, their packed little-endian form.
   *
   * @param from the first element; for the types of less than a byte, one that begins a byte
   */
  public void setLittleEndian(int from, ByteBuffer raw) {
    int at = (offset + from) * (dtype.isComplex() ? 2 : 1);
    ByteBuffer le = raw.slice().order(ByteOrder.LITTLE_ENDIAN);
    if (array() instanceof float[] a) {
      le.asFloatBuffer().get(a, at, le.remaining() / Float.BYTES);
    } else if (array() instanceof double[] a) {
      le.asDoubleBuffer().get(a, at, le.remaining() / Double.BYTES);
    } else if (array() instanceof long[] a) {
      le.asLongBuffer().get(a, at, le.remaining() / Long.BYTES);
    } else if (array() instanceof int[] a) {
      le.asIntBuffer().get(a, at, le.remaining() / Integer.BYTES);
    } else if (array() instanceof short[] a) {
      le.asShortBuffer().get(a, at, le.remaining() / Short.BYTES);
    } else {
      le.get((byte[]) array(), (int) (at / elementsPerSlot(dtype)), le.remaining());
    }
  }

  /** The packed little-endian bytes of {@code raw_data}. Not for strings. */
  public byte[] toLittleEndian() {
    byte[] bytes = new byte[Math.toIntExact(dtype.byteSize(size))];
    Tensor t = contiguousCopyIfView();
    ByteBuffer le = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    if (t.array() instanceof float[] a) {
      le.asFloatBuffer().put(a);
    } else if (t.array() instanceof double[] a) {
      le.asDoubleBuffer().put(a);
    } else if (t.array() instanceof long[] a) {
      le.asLongBuffer().put(a);
    } else if (t.array() instanceof int[] a) {
      le.asIntBuffer().put(a);
    } else if (t.array() instanceof short[] a) {
      le.asShortBuffer().put(a);
    } else if (t.array() instanceof byte[] a) {
      le.put(a);
    } else {
      throw new IllegalStateException("a string tensor has no packed form");
    }
    return bytes;
  }

  private Tensor contiguousCopyIfView() {
    boolean whole = offset == 0 && Array.getLength(array()) == arrayLength(dtype, size);
    return whole ? this : copy();
  }

  // ---- what it is ----

  public DType dtype() {
    return dtype;
  }

  public int rank() {
    return shape.length;
  }

  /** A copy of the shape; a scalar has none. */
  public int[] shape() {
    return shape.clone();
  }

  /** The extent of dimension {@code i}; negative {@code i} counts from the last one. */
  public int dim(int i) {
    return shape[i < 0 ? i + shape.length : i];
  }

  /** Number of elements. */
  public int size() {
    return size;
  }

  public boolean hasShape(int... other) {
    return Arrays.equals(shape, other);
  }

  // ---- content that is read when it is asked for ----

  private Object array() {
    Object a = array;
    return a != null ? a : loaded();
  }

  private synchronized Object loaded() {
    if (array == null) {
      Tensor whole = zeros(dtype, shape);
      content.read(0, whole);
      array = whole.array;
      content = null;
    }
    return array;
  }

  /** Has the content in memory from now on. */
  public void load() {
    array();
  }

  /** Whether the content is in memory. */
  public boolean isLoaded() {
    return array != null;
  }

  /**
   * Copies elements from {@code from} on to the whole of another tensor of this type. Content that
   * is not in memory is not kept there.
   */
  public void read(int from, Tensor into) {
    Content unread = content;
    if (unread == null) {
      into.copyElements(0, this, from, into.size);
    } else {
      unread.read(from, into);
    }
  }

  // ---- the array itself, not copied ----

  /** Where this tensor's first element stands in its array, counted in elements. */
  public int arrayOffset() {
    return offset;
  }

  public float[] floatArray() {
    return (float[]) array();
  }

  public double[] doubleArray() {
    return (double[]) array();
  }

  public long[] longArray() {
    return (long[]) array();
  }

  public int[] intArray() {
    return (int[]) array();
  }

  public short[] shortArray() {
    return (short[]) array();
  }

  public byte[] byteArray() {
    return (byte[]) array();
  }

  public String[] stringArray() {
    return (String[]) array();
  }

  /** Whether both stand in the same Java array, so that writing to one may change the other. */
  public boolean sharesArrayWith(Tensor other) {
    return array() == other.array();
  }

  // ---- elements, by row-major position ----

  /** Element {@code i} of any real numeric type or bool (0 or 1); 64-bit integers are rounded. */
  public double getDouble(int i) {
    int at = offset + i;
    return switch (dtype) {
      case FLOAT -> ((float[]) array())[at];
      case DOUBLE -> ((double[]) array())[at];
      case UINT64 -> unsignedToDouble(((long[]) array())[at]);
      case FLOAT16,
          BFLOAT16,
          FLOAT8E4M3FN,
          FLOAT8E4M3FNUZ,
          FLOAT8E5M2,
          FLOAT8E5M2FNUZ,
          FLOAT8E8M0,
          FLOAT4E2M1 ->
          miniFloat(dtype).decode(bits(at));
      case COMPLEX64, COMPLEX128, STRING -> throw notOf("real number");
      default -> getLong(i);
    };
  }

  public float getFloat(int i) {
    return dtype == DType.FLOAT ? ((float[]) array())[offset + i] : (float) getDouble(i);
  }

  /** Element {@code i} of an integer type or bool; uint64 as the same 64 bits; floats truncated. */
  public long getLong(int i) {
    int at = offset + i;
    return switch (dtype) {
      case INT64, UINT64 -> ((long[]) array())[at];
      case INT32 -> ((int[]) array())[at];
      case UINT32 -> ((int[]) array())[at] & 0xFFFF_FFFFL;
      case INT16 -> ((short[]) array())[at];
      case UINT16 -> ((short[]) array())[at] & 0xFFFF;
      case INT8 -> ((byte[]) array())[at];
      case UINT8, BOOL -> ((byte[]) array())[at] & 0xFF;
      case UINT4, UINT2 -> bits(at);
      case INT4 -> bits(at) << 28 >> 28;
      case INT2 -> bits(at) << 30 >> 30;
      case COMPLEX64, COMPLEX128, STRING -> throw notOf("integer");
      default -> (long) getDouble(i);
    };
  }

  public int getInt(int i) {
    return Math.toIntExact(getLong(i));
  }

  /** Element {@code i} as a truth value: whether it is not zero. */
  public boolean getBoolean(int i) {
    return dtype.isFloating() ? getDouble(i) != 0 : getLong(i) != 0;
  }

  public String getString(int i) {
    return ((String[]) array())[offset + i];
  }

  public double getReal(int i) {
    return complexPart(i, 0);
  }

  public double getImaginary(int i) {
    return complexPart(i, 1);
  }

  private double complexPart(int i, int part) {
    return switch (dtype) {
      case COMPLEX64 -> ((float[]) array())[2 * (offset + i) + part];
      case COMPLEX128 -> ((double[]) array())[2 * (offset + i) + part];
      default -> part == 0 ? getDouble(i) : 0;
    };
  }

  /** All elements as doubles, as {@link #getDouble} gives them, in a new array. */
  public double[] toDoubles() {
    double[] out = new double[size];
    for (int i = 0; i < size; i++) {
      out[i] = getDouble(i);
    }
    return out;
  }

  /** All elements as longs, as {@link #getLong} gives them, in a new array. */
  public long[] toLongs() {
    long[] out = new long[size];
    for (int i = 0; i < size; i++) {
      out[i] = getLong(i);
    }
    return out;
  }

  /** All elements as floats, in a new array. */
  public float[] toFloats() {
    float[] out = new float[size];
    for (int i = 0; i < size; i++) {
      out[i] = getFloat(i);
    }
    return out;
  }

  // ---- writing, for the code that makes the tensor ----

  /**
   * Writes element {@code i}: rounded to nearest even for narrower floats (overflow gives infinity
   * or NaN); truncated toward zero and wrapped for integers; not zero is true for bool.
   */
  public void setDouble(int i, double value) {
    int at = offset + i;
    switch (dtype) {
      case FLOAT -> ((float[]) array())[at] = (float) value;
      case DOUBLE -> ((double[]) array())[at] = value;
      case FLOAT16,
          BFLOAT16,
          FLOAT8E4M3FN,
          FLOAT8E4M3FNUZ,
          FLOAT8E5M2,
          FLOAT8E5M2FNUZ,
          FLOAT8E8M0,
          FLOAT4E2M1 ->
          setBits(i, miniFloat(dtype).encode(value));
      case BOOL -> ((byte[]) array())[at] = (byte) (value != 0 ? 1 : 0);
      case UINT64 -> ((long[]) array())[at] = doubleToUnsigned(value);
      case COMPLEX64, COMPLEX128 -> setComplex(i, value, 0);
      default -> setLong(i, (long) value);
    }
  }

  /** Writes element {@code i}: the low bits for narrower integers; not zero is true for bool. */
  public void setLong(int i, long value) {
    int at = offset + i;
    switch (dtype) {
      case INT64, UINT64 -> ((long[]) array())[at] = value;
      case INT32, UINT32 -> ((int[]) array())[at] = (int) value;
      case INT16, UINT16 -> ((short[]) array())[at] = (short) value;
      case INT8, UINT8 -> ((byte[]) array())[at] = (byte) value;
      case BOOL -> ((byte[]) array())[at] = (byte) (value != 0 ? 1 : 0);
      case UINT4, INT4, UINT2, INT2 -> setBits(i, (int) value);
      case STRING -> throw notOf("number");
      default -> setDouble(i, (double) value);
    }
  }

  public void setBoolean(int i, boolean value) {
    setLong(i, value ? 1 : 0);
  }

  public void setString(int i, String value) {
    ((String[]) array())[offset + i] = value;
  }

  public void setComplex(int i, double real, double imaginary) {
    int at = 2 * (offset + i);
    if (array() instanceof float[] a) {
      a[at] = (float) real;
      a[at + 1] = (float) imaginary;
    } else {
      ((double[]) array())[at] = real;
      ((double[]) array())[at + 1] = imaginary;
    }
  }

  /** Writes element {@code i} as element {@code j} of a tensor of the same type, bit for bit. */
  public void copyElement(int i, Tensor from, int j) {
    copyElements(i, from, j, 1);
  }

  /** Writes {@code count} elements from {@code i} on as those of {@code from} from {@code j} on. */
  public void copyElements(int i, Tensor from, int j, int count) {
    if (from.dtype != dtype) {
      throw new IllegalArgumentException("expected elements of " + dtype + ", got " + from.dtype);
    }
    int scale = dtype.isComplex() ? 2 : 1;
    if (elementsPerSlot(dtype) == 1) {
      System.arraycopy(
          from.array(), scale * (from.offset + j), array(), scale * (offset + i), scale * count);
    } else {
      for (int k = 0; k < count; k++) {
        setBits(i + k, from.bits(from.offset + j + k));
      }
    }
  }

  /**
   * The bit pattern of element {@code i}: of float types of 16 bits and fewer and of integers of 32
   * bits and fewer, without sign extension.
   */
  public int getBits(int i) {
    return bits(offset + i);
  }

  private int bits(int at) {
    if (array() instanceof short[] s) {
      return s[at] & 0xFFFF;
    }
    if (array() instanceof int[] n) {
      return n[at];
    }
    byte[] b = (byte[]) array();
    return switch (dtype.bits()) {
      case 4 -> b[at >> 1] >> (at & 1) * 4 & 0xF;
      case 2 -> b[at >> 2] >> (at & 3) * 2 & 0x3;
      default -> b[at] & 0xFF;
    };
  }

  /** Writes the bit pattern of element {@code i}; see {@link #getBits}. */
  public void setBits(int i, int pattern) {
    int at = offset + i;
    if (array() instanceof short[] s) {
      s[at] = (short) pattern;
    } else if (array() instanceof int[] n) {
      n[at] = pattern;
    } else {
      byte[] b = (byte[]) array();
      switch (dtype.bits()) {
        case 4 -> b[at >> 1] = merge(b[at >> 1], pattern, 0xF, (at & 1) * 4);
        case 2 -> b[at >> 2] = merge(b[at >> 2], pattern, 0x3, (at & 3) * 2);
        default -> b[at] = (byte) pattern;
      }
    }
  }

  private static byte merge(byte old, int pattern, int mask, int shift) {
    return (byte) (old & ~(mask << shift) | (pattern & mask) << shift);
  }

  // ---- views and copies ----

  /** The same elements under another shape of the same size; shares the array once it is read. */
  public Tensor reshape(int... newShape) {
    if (sizeOf(newShape) != size) {
      throw new IllegalArgumentException(
          "expected a shape of " + size + " elements, got " + Arrays.toString(newShape));
    }
    return isLoaded()
        ? new Tensor(dtype, newShape.clone(), array, offset)
        : new Tensor(dtype, newShape.clone(), new Part(this, 0));
  }

  /**
   * Elements that follow each other, from {@code from} on, as many as the shape has; shares the
   * array once it is read.
   */
  public Tensor part(int from, int... partShape) {
    int length = sizeOf(partShape);
    if (from < 0 || length > size - from) {
      throw new IllegalArgumentException(
          "expected elements within 0 to " + size + ", got " + length + " from " + from + " on");
    }
    return isLoaded()
        ? new Tensor(dtype, partShape.clone(), array, offset + from)
        : new Tensor(dtype, partShape.clone(), new Part(this, from));
  }

  /**
   * Rows {@code from} to before {@code to} of the first dimension; shares the array once it is
   * read.
   */
  public Tensor slice(int from, int to) {
    if (from < 0 || to < from || to > shape[0]) {
      throw new IllegalArgumentException(
          "expected rows within 0 to " + shape[0] + ", got " + from + " to " + to);
    }
    int[] s = shape.clone();
    int row = shape[0] == 0 ? 0 : size / shape[0];
    s[0] = to - from;
    return isLoaded()
        ? new Tensor(dtype, s, array, offset + from * row)
        : new Tensor(dtype, s, new Part(this, from * row));
  }

  /** The same elements in an array of their own. */
  public Tensor copy() {
    Tensor t = zeros(dtype, shape);
    t.copyElements(0, this, 0, size);
    return t;
  }

  /** Elements converted to another type as {@code setDouble} or {@code setLong} write them. */
  public Tensor convert(DType to) {
    if (to == dtype) {
      return this;
    }
    Tensor t = zeros(to, shape);
    for (int i = 0; i < size; i++) {
      if (dtype.isFloating()) {
        t.setDouble(i, getDouble(i));
      } else {
        t.setLong(i, getLong(i));
      }
    }
    return t;
  }

  // ---- comparing and showing ----

  /** Equal type, shape and bits of every element (so NaN equals the same NaN, 0 is not −0). */
  @Override
  public boolean equals(Object o) {
    if (!(o instanceof Tensor t) || t.dtype != dtype || !Arrays.equals(t.shape, shape)) {
      return false;
    }
    if (dtype == DType.STRING) {
      for (int i = 0; i < size; i++) {
        if (!getString(i).equals(t.getString(i))) {
          return false;
        }
      }
      return true;
    }
    if (array() instanceof float[] a && t.array() instanceof float[] b) {
      int n = dtype.isComplex() ? 2 * size : size;
      int from = dtype.isComplex() ? 2 * offset : offset;
      int other = dtype.isComplex() ? 2 * t.offset : t.offset;
      for (int i = 0; i < n; i++) {
        if (Float.floatToRawIntBits(a[from + i]) != Float.floatToRawIntBits(b[other + i])) {
          return false;
        }
      }
      return true;
    }
    return Arrays.equals(toLittleEndian(), t.toLittleEndian());
  }

  @Override
  public int hashCode() {
    int content =
        dtype == DType.STRING
            ? Arrays.hashCode(contiguousCopyIfView().stringArray())
            : Arrays.hashCode(toLittleEndian());
    return 31 * (31 * dtype.hashCode() + Arrays.hashCode(shape)) + content;
  }

  /** Type and shape, as in {@code float[1, 3, 224, 224]}. */
  public String describe() {
    return dtype + Arrays.toString(shape);
  }

  /** Type, shape and the first elements, as in {@code int64[2] {3, 4}}. */
  @Override
  public String toString() {
    int shown = Math.min(size, 10);
    StringBuilder s = new StringBuilder(describe()).append(" {");
    for (int i = 0; i < shown; i++) {
      s.append(i == 0 ? "" : ", ").append(elementToString(i));
    }
    return s.append(shown < size ? ", …}" : "}").toString();
  }

  private String elementToString(int i) {
    return switch (dtype.kind()) {
      case STRING -> '"' + getString(i) + '"';
      case BOOL -> String.valueOf(getBoolean(i));
      case COMPLEX -> getReal(i) + (getImaginary(i) < 0 ? "" : "+") + getImaginary(i) + "i";
      case FLOATING ->
          dtype == DType.DOUBLE ? String.valueOf(getDouble(i)) : String.valueOf(getFloat(i));
      case UNSIGNED -> Long.toUnsignedString(getLong(i));
      case SIGNED -> String.valueOf(getLong(i));
    };
  }

  // ---- shapes ----

  /**
   * The number of elements of a shape.
   *
   * @throws IllegalArgumentException for negative extents and for 2³¹ elements and more
   */
  public static int sizeOf(int... shape) {
    long n = 1;
    boolean empty = false;
    for (int d : shape) {
      if (d < 0) {
        throw new IllegalArgumentException(
            "expected extents of 0 or more, got " + Arrays.toString(shape));
      }
      empty |= d == 0;
      n = Math.min(n * Math.max(d, 1), Integer.MAX_VALUE + 1L);
    }
    if (empty) {
      return 0;
    }
    if (n > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "expected fewer than 2^31 elements in a tensor, got shape " + Arrays.toString(shape));
    }
    return (int) n;
  }

  /** Row-major strides of a shape, in elements. */
  public static int[] strides(int... shape) {
    int[] strides = new int[shape.length];
    int n = 1;
    for (int d = shape.length - 1; d >= 0; d--) {
      strides[d] = n;
      n *= shape[d];
    }
    return strides;
  }

  private static int arrayLength(DType dtype, int size) {
    if (dtype.isComplex()) {
      return Math.multiplyExact(2, size);
    }
    return dtype.bits() == 4 || dtype.bits() == 2 ? (int) dtype.byteSize(size) : size;
  }

  private static Class<?> arrayClass(DType dtype) {
    return switch (dtype) {
      case FLOAT, COMPLEX64 -> float[].class;
      case DOUBLE, COMPLEX128 -> double[].class;
      case INT64, UINT64 -> long[].class;
      case INT32, UINT32 -> int[].class;
      case INT16, UINT16, FLOAT16, BFLOAT16 -> short[].class;
      case STRING -> String[].class;
      default -> byte[].class;
    };
  }

  /** The format of a float type of 16 bits and fewer. */
  public static MiniFloat miniFloat(DType dtype) {
    return switch (dtype) {
      case FLOAT16 -> MiniFloat.FLOAT16;
      case BFLOAT16 -> MiniFloat.BFLOAT16;
      case FLOAT8E4M3FN -> MiniFloat.E4M3FN;
      case FLOAT8E4M3FNUZ -> MiniFloat.E4M3FNUZ;
      case FLOAT8E5M2 -> MiniFloat.E5M2;
      case FLOAT8E5M2FNUZ -> MiniFloat.E5M2FNUZ;
      case FLOAT4E2M1 -> MiniFloat.E2M1;
      case FLOAT8E8M0 -> MiniFloat.E8M0;
      default -> throw new IllegalArgumentException("expected a small float type, got " + dtype);
    };
  }

  private static double unsignedToDouble(long bits) {
    return bits >= 0 ? bits : ((bits >>> 1 | bits & 1) * 2.0);
  }

  private static long doubleToUnsigned(double value) {
    return value < 0x1p63 ? (long) value : (long) (value - 0x1p63) ^ Long.MIN_VALUE;
  }

  private IllegalStateException notOf(String expected) {
    return new IllegalStateException("expected a tensor of " + expected + "s, got " + describe());
  }
}
