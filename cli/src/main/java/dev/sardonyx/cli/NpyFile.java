package dev.sardonyx.cli;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * NumPy's {@code .npy} format: a magic string, a version (1 to 3), a header that is a Python
 * dictionary, then the bare elements.
 *
 * <p>Read are all plain element types, both byte orders and both storage orders. Written is version
 * 1, little-endian, row by row, byte for byte as NumPy writes it.
 *
 * <p>Definition: NumPy's documentation of {@code numpy.lib.format}.
 */
final class NpyFile {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final Pattern DESCR = Pattern.compile("'descr': *'([<>|=]?)([a-zA-Z?])(\\d*)'");
  private static final Pattern FORTRAN = Pattern.compile("'fortran_order': *(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape': *\\(([\\d, ]*)\\)");
  private static final Charset UTF_32 = Charset.forName("UTF-32LE");
  private static final int HEADER_ALIGNMENT = 64;

  private NpyFile() {}

  static Tensor read(Path file) throws IOException {
    return read(Files.readAllBytes(file), file.toString());
  }

  /**
   * The array in the bytes of a file.
   *
   * @param where how messages call these bytes
   * @throws ModelException if they are no array of a type that tensors have
   */
  static Tensor read(byte[] bytes, String where) {
    try {
      return parse(ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN));
    } catch (ModelException e) {
      throw e.in(where);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new ModelException(where + ": " + e.getMessage(), e);
    }
  }

  private static Tensor parse(ByteBuffer in) {
    String header = header(in);
    Matcher descr = find(DESCR, header);
    boolean fortran = find(FORTRAN, header).group(1).equals("True");
    int[] shape = shape(find(SHAPE, header).group(1));
    int[] stored = fortran ? reversed(shape) : shape;
    String kind = descr.group(2);
    int width = descr.group(3).isEmpty() ? 1 : Integer.parseInt(descr.group(3));
    boolean text = kind.equals("U") || kind.equals("S");
    DType dtype = text ? DType.STRING : dtype(kind + width);

    long elementBytes = kind.equals("U") ? 4L * width : width;
    long expected = Math.multiplyExact((long) Tensor.sizeOf(shape), elementBytes);
    if (in.remaining() != expected) {
      throw new ModelException(
          "expected %d bytes of data for shape %s, got %d"
              .formatted(expected, Arrays.toString(shape), in.remaining()));
    }
    int unit = kind.equals("U") ? 4 : kind.equals("c") ? width / 2 : width;
    ByteBuffer data = descr.group(1).equals(">") ? swapped(in, unit) : in;
    Tensor elements =
        text
            ? strings(data, (int) elementBytes, kind.equals("U"), stored)
            : Tensor.ofLittleEndian(dtype, data, stored);
    return fortran ? transposed(elements, shape) : elements;
  }

  private static String header(ByteBuffer in) {
    if (in.remaining() < MAGIC.length + 6 || !startsWithMagic(in)) {
      throw new ModelException("expected a NumPy array (.npy), but it does not begin like one");
    }
    int version = in.get();
    if (version < 1 || version > 3) {
      throw new ModelException("expected .npy version 1, 2 or 3, got " + version);
    }
    in.get(); // the minor version, always 0
    long length = version == 1 ? in.getShort() & 0xFFFF : in.getInt() & 0xFFFF_FFFFL;
    if (length > in.remaining()) {
      throw new ModelException(
          "expected a header of %d bytes, but only %d are left".formatted(length, in.remaining()));
    }
    byte[] header = new byte[(int) length];
    in.get(header);
    return new String(header, version == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1);
  }

  private static boolean startsWithMagic(ByteBuffer in) {
    byte[] start = new byte[MAGIC.length];
    in.get(start);
    return Arrays.equals(start, MAGIC);
  }

  private static Matcher find(Pattern field, String header) {
    Matcher m = field.matcher(header);
    if (!m.find()) {
      throw new ModelException(
          "expected an array of numbers, booleans or text, got the header " + header.strip());
    }
    return m;
  }

  private static int[] shape(String extents) {
    return Arrays.stream(extents.split(","))
        .map(String::strip)
        .filter(s -> !s.isEmpty())
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  private static DType dtype(String code) {
    return switch (code) {
      case "b1", "?1" -> DType.BOOL;
      case "i1" -> DType.INT8;
      case "i2" -> DType.INT16;
      case "i4" -> DType.INT32;
      case "i8" -> DType.INT64;
      case "u1" -> DType.UINT8;
      case "u2" -> DType.UINT16;
      case "u4" -> DType.UINT32;
      case "u8" -> DType.UINT64;
      case "f2" -> DType.FLOAT16;
      case "f4" -> DType.FLOAT;
      case "f8" -> DType.DOUBLE;
      case "c8" -> DType.COMPLEX64;
      case "c16" -> DType.COMPLEX128;
      default ->
          throw new ModelException(
              "expected an array of numbers, booleans or text, got NumPy type '" + code + "'");
    };
  }

  /** The rest of a buffer with the bytes of every number in reverse order. */
  private static ByteBuffer swapped(ByteBuffer in, int unit) {
    ByteBuffer out = ByteBuffer.allocate(in.remaining());
    for (int i = 0; i < out.capacity(); i++) {
      int within = i % unit;
      out.put(in.get(in.position() + i - within + unit - 1 - within));
    }
    return out.flip();
  }

  /** Text of a fixed width, filled up with zeros. */
  private static Tensor strings(ByteBuffer in, int width, boolean unicode, int[] shape) {
    Tensor t = Tensor.zeros(DType.STRING, shape);
    byte[] element = new byte[width];
    for (int i = 0; i < t.size(); i++) {
      in.get(element);
      String s = new String(element, unicode ? UTF_32 : StandardCharsets.UTF_8);
      int end = s.length();
      while (end > 0 && s.charAt(end - 1) == 0) {
        end--;
      }
      t.setString(i, s.substring(0, end));
    }
    return t;
  }

  /** All dimensions in reverse order. */
  private static Tensor transposed(Tensor t, int[] shape) {
    Tensor out = Tensor.zeros(t.dtype(), shape);
    int[] outStrides = Tensor.strides(shape);
    int[] index = new int[shape.length]; // into t, whose dimension d is out's rank - 1 - d
    for (int i = 0; i < t.size(); i++) {
      int at = 0;
      for (int d = 0; d < index.length; d++) {
        at += index[d] * outStrides[index.length - 1 - d];
      }
      out.copyElement(at, t, i);
      for (int d = index.length - 1; d >= 0 && ++index[d] == t.dim(d); d--) {
        index[d] = 0;
      }
    }
    return out;
  }

  private static int[] reversed(int[] shape) {
    int[] r = new int[shape.length];
    for (int i = 0; i < r.length; i++) {
      r[i] = shape[shape.length - 1 - i];
    }
    return r;
  }

  /**
   * The bytes of a file.
   *
   * @throws ModelException if NumPy has no such element type
   */
  static byte[] write(Tensor t) {
    int width = t.dtype() == DType.STRING ? longestText(t) : 0;
    String extents =
        Arrays.stream(t.shape()).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    String header =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }"
            .formatted(descr(t.dtype(), width), extents, t.rank() == 1 ? "," : "");
    int before = MAGIC.length + 4;
    int length = header.length() + 1;
    length += Math.floorMod(-(before + length), HEADER_ALIGNMENT);
    byte[] data = t.dtype() == DType.STRING ? utf32(t, width) : t.toLittleEndian();
    ByteBuffer out =
        ByteBuffer.allocate(Math.addExact(before + length, data.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    out.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) length);
    out.put(header.getBytes(StandardCharsets.ISO_8859_1));
    while (out.position() < before + length - 1) {
      out.put((byte) ' ');
    }
    return out.put((byte) '\n').put(data).array();
  }

  private static String descr(DType dtype, int textWidth) {
    return switch (dtype) {
      case BOOL -> "|b1";
      case INT8 -> "|i1";
      case INT16 -> "<i2";
      case INT32 -> "<i4";
      case INT64 -> "<i8";
      case UINT8 -> "|u1";
      case UINT16 -> "<u2";
      case UINT32 -> "<u4";
      case UINT64 -> "<u8";
      case FLOAT16 -> "<f2";
      case FLOAT -> "<f4";
      case DOUBLE -> "<f8";
      case COMPLEX64 -> "<c8";
      case COMPLEX128 -> "<c16";
      case STRING -> "<U" + textWidth;
      default ->
          throw new ModelException(
              "NumPy has no element type for " + dtype + ": use --format pb or --format json");
    };
  }

  private static int longestText(Tensor t) {
    int longest = 1;
    for (int i = 0; i < t.size(); i++) {
      String s = t.getString(i);
      longest = Math.max(longest, s.codePointCount(0, s.length()));
    }
    return longest;
  }

  private static byte[] utf32(Tensor t, int width) {
    byte[] data = new byte[Math.multiplyExact(Math.multiplyExact(t.size(), width), 4)];
    for (int i = 0; i < t.size(); i++) {
      byte[] s = t.getString(i).getBytes(UTF_32);
      System.arraycopy(s, 0, data, i * width * 4, s.length);
    }
    return data;
  }
}
