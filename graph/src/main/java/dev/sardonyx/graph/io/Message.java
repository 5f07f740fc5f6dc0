package dev.sardonyx.graph.io;

import dev.sardonyx.graph.ModelException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A protobuf message of any type as it stands in its bytes: which fields are where. Messages within
 * it are looked at when they are asked for.
 *
 * <p>What files are read with, because the classes that protoc generates take longer to load than
 * most models to read. Their constants for the numbers of fields cost nothing; a field is asked for
 * by what the schema says it is, and one that is something else in the file counts as not there.
 */
final class Message {
  /** A message without fields: what a field that is not there holds. */
  static final Message EMPTY = new Message(ByteBuffer.allocate(0), 0);

  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int LENGTH_DELIMITED = 2;
  static final int FIXED32 = 5;

  /** Deeper nesting is no model but a hostile file. */
  private static final int MAX_DEPTH = 100;

  private final ByteBuffer bytes;
  private final int depth;

  /**
   * For each field its tag, its number or the position of its content, and the content's length.
   */
  private int[] tags = new int[8];

  private long[] values = new long[8];
  private int[] lengths = new int[8];

  /** Messages that were asked for, by field; null before the first one. */
  private Message[] messages;

  private int count;

  private Message(ByteBuffer bytes, int depth) {
    this.bytes = bytes;
    this.depth = depth;
    if (depth > MAX_DEPTH) {
      throw new ModelException(
          "not an ONNX model: expected a nesting of at most " + MAX_DEPTH + " messages, got more");
    }
    while (bytes.hasRemaining()) {
      field();
    }
  }

  /**
   * The message that what remains of a buffer holds; the buffer must not change afterwards.
   *
   * @throws ModelException if it holds none
   */
  static Message of(ByteBuffer bytes) {
    return new Message(slice(bytes, bytes.position(), bytes.remaining()), 0);
  }

  // ---- reading the fields ----

  private void field() {
    long tag = varint(bytes);
    int number = (int) (tag >>> 3);
    if (tag != (int) tag || number == 0) {
      throw broken();
    }
    long value = 0;
    long length = 0;
    switch ((int) tag & 7) {
      case VARINT -> value = varint(bytes);
      case FIXED64 -> length = 8;
      case FIXED32 -> length = 4;
      case LENGTH_DELIMITED -> length = varint(bytes);
      default -> throw broken();
    }
    if (length < 0 || length > bytes.remaining()) {
      throw broken();
    }
    if (count == tags.length) {
      tags = Arrays.copyOf(tags, 2 * count);
      values = Arrays.copyOf(values, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
    }
    boolean isNumber = ((int) tag & 7) == VARINT;
    tags[count] = (int) tag;
    values[count] = isNumber ? value : bytes.position();
    lengths[count++] = (int) length;
    bytes.position(bytes.position() + (int) length);
  }

  private static long varint(ByteBuffer b) {
    long value = 0;
    for (int shift = 0; shift < 64 && b.hasRemaining(); shift += 7) {
      byte next = b.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw broken();
  }

  private static ModelException broken() {
    return new ModelException("expected a whole message (protobuf), got bytes that are none");
  }

  private static ByteBuffer slice(ByteBuffer b, int from, int length) {
    return b.slice(from, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The next field after {@code i} of a number and wire type; -1 if there is none. */
  private int next(int i, int number, int type) {
    int tag = number << 3 | type;
    for (int k = i + 1; k < count; k++) {
      if (tags[k] == tag) {
        return k;
      }
    }
    return -1;
  }

  /** The field of a number and wire type that counts, which is the last one; -1 if none. */
  private int last(int number, int type) {
    int tag = number << 3 | type;
    int i = count - 1;
    while (i >= 0 && tags[i] != tag) {
      i--;
    }
    return i;
  }

  private ByteBuffer content(int i) {
    return slice(bytes, (int) values[i], lengths[i]);
  }

  // ---- fields that stand once ----

  /** Whether there is a field of a number and wire type. */
  boolean has(int number, int type) {
    return last(number, type) >= 0;
  }

  /** Whether there is a field that is a message, string or bytes. */
  boolean has(int number) {
    return has(number, LENGTH_DELIMITED);
  }

  /** An integer or enum; 0 if it is not there. */
  long number(int number) {
    int i = last(number, VARINT);
    return i < 0 ? 0 : values[i];
  }

  /** A float; 0 if it is not there. */
  float real(int number) {
    int i = last(number, FIXED32);
    return i < 0 ? 0 : bytes.getFloat((int) values[i]);
  }

  /** A string; "" if it is not there. */
  String text(int number) {
    int i = last(number, LENGTH_DELIMITED);
    return i < 0 ? "" : text(content(i));
  }

  private static String text(ByteBuffer b) {
    byte[] text = new byte[b.remaining()];
    b.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  /** Bytes; empty if they are not there. */
  ByteBuffer bytes(int number) {
    int i = last(number, LENGTH_DELIMITED);
    return i < 0 ? ByteBuffer.allocate(0) : content(i);
  }

  /** A message; {@link #EMPTY} if it is not there. */
  Message message(int number) {
    int i = next(-1, number, LENGTH_DELIMITED);
    if (i < 0) {
      return EMPTY;
    }
    if (next(i, number, LENGTH_DELIMITED) < 0) {
      return messageAt(i);
    }
    // The meaning of several is defined as that of their bytes one after another.
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (; i >= 0; i = next(i, number, LENGTH_DELIMITED)) {
      byte[] part = new byte[lengths[i]];
      content(i).get(part);
      all.writeBytes(part);
    }
    return new Message(
        ByteBuffer.wrap(all.toByteArray()).order(ByteOrder.LITTLE_ENDIAN), depth + 1);
  }

  private Message messageAt(int i) {
    if (messages == null) {
      messages = new Message[count];
    }
    if (messages[i] == null) {
      messages[i] = new Message(content(i), depth + 1);
    }
    return messages[i];
  }

  // ---- fields that stand several times ----

  List<Message> messages(int number) {
    List<Message> all = new ArrayList<>();
    for (int i = next(-1, number, LENGTH_DELIMITED); i >= 0; ) {
      all.add(messageAt(i));
      i = next(i, number, LENGTH_DELIMITED);
    }
    return all;
  }

  List<String> texts(int number) {
    List<String> all = new ArrayList<>();
    for (int i = next(-1, number, LENGTH_DELIMITED); i >= 0; ) {
      all.add(text(content(i)));
      i = next(i, number, LENGTH_DELIMITED);
    }
    return all;
  }

  /** Integers, each in a field of its own or all packed in one. */
  long[] numbers(int number) {
    int n = 0;
    for (int i = 0; i < count; i++) {
      n += tags[i] == (number << 3 | VARINT) ? 1 : 0;
      n += tags[i] == (number << 3 | LENGTH_DELIMITED) ? varints(content(i)) : 0;
    }
    long[] all = new long[n];
    n = 0;
    for (int i = 0; i < count; i++) {
      if (tags[i] == (number << 3 | VARINT)) {
        all[n++] = values[i];
      } else if (tags[i] == (number << 3 | LENGTH_DELIMITED)) {
        for (ByteBuffer b = content(i); b.hasRemaining(); ) {
          all[n++] = varint(b);
        }
      }
    }
    return all;
  }

  /** How many numbers there are in a packed field: their last bytes have no high bit. */
  private static int varints(ByteBuffer packed) {
    int n = 0;
    while (packed.hasRemaining()) {
      n += packed.get() >= 0 ? 1 : 0;
    }
    return n;
  }

  /** Floats, each in a field of its own or all packed in one. */
  float[] floats(int number) {
    ByteBuffer b = packed(number, FIXED32, Float.BYTES);
    float[] all = new float[b.remaining() / Float.BYTES];
    b.asFloatBuffer().get(all);
    return all;
  }

  /** Doubles, each in a field of its own or all packed in one. */
  double[] doubles(int number) {
    ByteBuffer b = packed(number, FIXED64, Double.BYTES);
    double[] all = new double[b.remaining() / Double.BYTES];
    b.asDoubleBuffer().get(all);
    return all;
  }

  /** A repeated field of elements of fixed size as if it were packed. */
  private ByteBuffer packed(int number, int type, int size) {
    long total = 0;
    for (int i = 0; i < count; i++) {
      if (tags[i] == (number << 3 | type) || tags[i] == (number << 3 | LENGTH_DELIMITED)) {
        total += lengths[i];
      }
    }
    ByteBuffer all = ByteBuffer.allocate(Math.toIntExact(total));
    for (int i = 0; i < count; i++) {
      if (tags[i] == (number << 3 | type) || tags[i] == (number << 3 | LENGTH_DELIMITED)) {
        all.put(content(i));
      }
    }
    if (total % size != 0) {
      throw broken();
    }
    return all.flip().order(ByteOrder.LITTLE_ENDIAN);
  }
}
