package dev.sardonyx.tensor;

/**
 * Element type of a tensor: every type of ONNX's {@code TensorProto.DataType}.
 *
 * <p>{@link #code} is the number used in files. {@link #bits} is the width of one element as the
 * specification packs it; 4- and 2-bit elements share bytes, the first element in the lowest bits.
 */
public enum DType {
  FLOAT(1, 32, Kind.FLOATING, "float"),
  UINT8(2, 8, Kind.UNSIGNED, "uint8"),
  INT8(3, 8, Kind.SIGNED, "int8"),
  UINT16(4, 16, Kind.UNSIGNED, "uint16"),
  INT16(5, 16, Kind.SIGNED, "int16"),
  INT32(6, 32, Kind.SIGNED, "int32"),
  INT64(7, 64, Kind.SIGNED, "int64"),
  STRING(8, 0, Kind.STRING, "string"),
  BOOL(9, 8, Kind.BOOL, "bool"),
  FLOAT16(10, 16, Kind.FLOATING, "float16"),
  DOUBLE(11, 64, Kind.FLOATING, "double"),
  UINT32(12, 32, Kind.UNSIGNED, "uint32"),
  UINT64(13, 64, Kind.UNSIGNED, "uint64"),
  COMPLEX64(14, 64, Kind.COMPLEX, "complex64"),
  COMPLEX128(15, 128, Kind.COMPLEX, "complex128"),
  BFLOAT16(16, 16, Kind.FLOATING, "bfloat16"),
  FLOAT8E4M3FN(17, 8, Kind.FLOATING, "float8e4m3fn"),
  FLOAT8E4M3FNUZ(18, 8, Kind.FLOATING, "float8e4m3fnuz"),
  FLOAT8E5M2(19, 8, Kind.FLOATING, "float8e5m2"),
  FLOAT8E5M2FNUZ(20, 8, Kind.FLOATING, "float8e5m2fnuz"),
  UINT4(21, 4, Kind.UNSIGNED, "uint4"),
  INT4(22, 4, Kind.SIGNED, "int4"),
  FLOAT4E2M1(23, 4, Kind.FLOATING, "float4e2m1"),
  FLOAT8E8M0(24, 8, Kind.FLOATING, "float8e8m0"),
  UINT2(25, 2, Kind.UNSIGNED, "uint2"),
  INT2(26, 2, Kind.SIGNED, "int2");

  /** What the bits of an element mean. */
  public enum Kind {
    SIGNED,
    UNSIGNED,
    FLOATING,
    COMPLEX,
    BOOL,
    STRING
  }

  private final int code;
  private final int bits;
  private final Kind kind;
  private final String onnxName;

  DType(int code, int bits, Kind kind, String onnxName) {
    this.code = code;
    this.bits = bits;
    this.kind = kind;
    this.onnxName = onnxName;
  }

  /** The number of this type in {@code TensorProto.DataType}. */
  public int code() {
    return code;
  }

  /** Bits of one element; 0 for strings. */
  public int bits() {
    return bits;
  }

  public Kind kind() {
    return kind;
  }

  /** The name in the specification's type strings, as in {@code tensor(float16)}. */
  public String onnxName() {
    return onnxName;
  }

  public boolean isFloating() {
    return kind == Kind.FLOATING;
  }

  public boolean isInteger() {
    return kind == Kind.SIGNED || kind == Kind.UNSIGNED;
  }

  public boolean isSigned() {
    return kind == Kind.SIGNED;
  }

  public boolean isUnsigned() {
    return kind == Kind.UNSIGNED;
  }

  public boolean isComplex() {
    return kind == Kind.COMPLEX;
  }

  /** Bytes that {@code elements} elements take when packed; the last byte may be partly used. */
  public long byteSize(long elements) {
    return Math.addExact(Math.multiplyExact(elements, bits), 7) / 8;
  }

  /**
   * The type with this number in {@code TensorProto.DataType}.
   *
   * @throws IllegalArgumentException for 0 (undefined) and unknown numbers
   */
  public static DType ofCode(int code) {
    for (DType d : values()) {
      if (d.code == code) {
        return d;
      }
    }
    throw new IllegalArgumentException(
        "expected a tensor element type of 1 to 26 (TensorProto.DataType), got " + code);
  }

  @Override
  public String toString() {
    return onnxName;
  }
}
