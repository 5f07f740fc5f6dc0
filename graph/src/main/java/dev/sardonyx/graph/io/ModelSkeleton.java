package dev.sardonyx.graph.io;

import static dev.sardonyx.graph.io.Message.FIXED32;
import static dev.sardonyx.graph.io.Message.FIXED64;
import static dev.sardonyx.graph.io.Message.LENGTH_DELIMITED;
import static dev.sardonyx.graph.io.Message.VARINT;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sardonyx.proto.StringStringEntryProto;
import dev.sardonyx.proto.TensorProto;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;

/**
 * A model file without the content of its large tensors, so that parsing it takes neither time nor
 * memory for what is nearly the whole file. Such a tensor becomes one whose data is external, in
 * the file that it stands in: {@link ExternalData#SELF}.
 *
 * <p>Works on the wire format of protobuf, and goes down into large messages only.
 */
final class ModelSkeleton {
  /** Bytes from which on a field is large. */
  private static final int LARGE = 16 * 1024;

  /** The messages on the way to a tensor. */
  private enum Message {
    MODEL,
    GRAPH,
    NODE,
    ATTRIBUTE,
    TENSOR;

    /** What a field of this message is, if it may hold tensors, else null. */
    Message field(int number) {
      return switch (this) {
        case MODEL -> number == 7 ? GRAPH : null;
        case GRAPH -> number == 1 ? NODE : number == 5 ? TENSOR : null;
        case NODE -> number == 5 ? ATTRIBUTE : null;
        case ATTRIBUTE -> number == 5 ? TENSOR : number == 6 ? GRAPH : null;
        case TENSOR -> null;
      };
    }
  }

  private final FileChannel file;

  /** Bytes of the file from {@code windowStart} on; {@code position} is where reading goes on. */
  private final ByteBuffer window = ByteBuffer.allocate(64 * 1024).limit(0);

  private long windowStart;
  private long position;

  private ModelSkeleton(FileChannel file) {
    this.file = file;
  }

  /** The bytes, or null if these are no protobuf messages. */
  static ByteBuffer of(FileChannel file) throws IOException {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream(1 << 20);
      new ModelSkeleton(file).copy(Message.MODEL, file.size(), out);
      return ByteBuffer.wrap(out.toByteArray());
    } catch (EOFException e) {
      return null;
    }
  }

  /** Copies the fields of a message up to its end. */
  private void copy(Message message, long end, ByteArrayOutputStream out) throws IOException {
    while (position < end) {
      long start = position;
      long tag = varint();
      int number = (int) (tag >>> 3);
      long length =
          switch ((int) (tag & 7)) {
            case VARINT -> varint() & 0;
            case FIXED64 -> 8;
            case FIXED32 -> 4;
            case LENGTH_DELIMITED -> varint();
            default -> throw new EOFException();
          };
      if (length < 0 || length > end - position) {
        throw new EOFException();
      }
      boolean large = length > LARGE;
      if (large && message == Message.TENSOR && number == TensorProto.RAW_DATA_FIELD_NUMBER) {
        out.writeBytes(elsewhere(position, length));
        position += length;
      } else if (large && message.field(number) != null) {
        ByteArrayOutputStream inner = new ByteArrayOutputStream();
        copy(message.field(number), position + length, inner);
        writeVarint(out, tag);
        writeVarint(out, inner.size());
        inner.writeTo(out);
      } else {
        copyBytes(start, position + length, out);
      }
    }
    if (position > end) {
      throw new EOFException();
    }
  }

  /** Fields of a tensor that say where its content is. */
  private static byte[] elsewhere(long offset, long length) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    writeVarint(out, TensorProto.DATA_LOCATION_FIELD_NUMBER << 3 | VARINT);
    writeVarint(out, TensorProto.DataLocation.EXTERNAL_VALUE);
    entry("location", ExternalData.SELF, out);
    entry("offset", Long.toString(offset), out);
    entry("length", Long.toString(length), out);
    return out.toByteArray();
  }

  private static void entry(String key, String value, ByteArrayOutputStream out) {
    ByteArrayOutputStream entry = new ByteArrayOutputStream();
    bytes(StringStringEntryProto.KEY_FIELD_NUMBER, key.getBytes(UTF_8), entry);
    bytes(StringStringEntryProto.VALUE_FIELD_NUMBER, value.getBytes(UTF_8), entry);
    bytes(TensorProto.EXTERNAL_DATA_FIELD_NUMBER, entry.toByteArray(), out);
  }

  private static void bytes(int field, byte[] content, ByteArrayOutputStream out) {
    writeVarint(out, field << 3 | LENGTH_DELIMITED);
    writeVarint(out, content.length);
    out.writeBytes(content);
  }

  // ---- bytes ----

  private void copyBytes(long from, long to, ByteArrayOutputStream out) throws IOException {
    position = from;
    while (position < to) {
      fill();
      int at = (int) (position - windowStart);
      int n = (int) Math.min(to - position, window.limit() - at);
      out.write(window.array(), at, n);
      position += n;
    }
  }

  /** Makes sure that the byte at the position is in the window. */
  private void fill() throws IOException {
    if (position < windowStart || position >= windowStart + window.limit()) {
      window.clear();
      windowStart = position;
      int n = file.read(window, position);
      window.flip();
      if (n <= 0) {
        throw new EOFException();
      }
    }
  }

  private long varint() throws IOException {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      fill();
      byte b = window.get((int) (position++ - windowStart));
      value |= (long) (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new EOFException();
  }

  private static void writeVarint(ByteArrayOutputStream out, long value) {
    long v = value;
    for (; (v & ~0x7fL) != 0; v >>>= 7) {
      out.write((int) (v & 0x7f | 0x80));
    }
    out.write((int) v);
  }
}
