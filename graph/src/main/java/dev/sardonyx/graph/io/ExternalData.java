package dev.sardonyx.graph.io;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.proto.StringStringEntryProto;
import dev.sardonyx.proto.TensorProto;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * Tensor contents in files beside the model. A file name that leads out of the model's folder, by
 * {@code ..}, by an absolute path or by a link, is refused.
 */
final class ExternalData implements AutoCloseable {
  /** What {@link ModelSkeleton} calls the model file itself: no name that a file can have. */
  static final String SELF = "\0";

  private static final int CHUNK_BYTES = 256 * 1024;

  /** Bytes from which on a tensor is worth deferring. */
  private static final int LARGE = 16 * 1024;

  private final Path folder;
  private final boolean deferring;
  private final Map<String, FileChannel> files = new HashMap<>();

  /** What is read at a time. Memory outside the heap, as the system would copy it there anyway. */
  private final ThreadLocal<ByteBuffer> chunks =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(CHUNK_BYTES));

  /**
   * External data.
   *
   * @param folder where it is; null when the model has no folder
   * @param self the model file, which is closed with this; null if there is none
   * @param deferring whether the content of large tensors is read when it is asked for
   */
  ExternalData(Path folder, FileChannel self, boolean deferring) {
    this.folder = folder;
    this.deferring = deferring;
    if (self != null) {
      files.put(SELF, self);
    }
  }

  /** The content of a tensor whose data_location is EXTERNAL. */
  Tensor read(Message p, DType dtype, int[] shape) {
    Map<String, String> entries = new HashMap<>();
    for (Message e : p.messages(TensorProto.EXTERNAL_DATA_FIELD_NUMBER)) {
      entries.put(
          e.text(StringStringEntryProto.KEY_FIELD_NUMBER),
          e.text(StringStringEntryProto.VALUE_FIELD_NUMBER));
    }
    String location = entries.getOrDefault("location", "");
    if (dtype == DType.STRING) {
      throw new ModelException("expected no strings in external data, got " + location);
    }
    long expected = dtype.byteSize(Tensor.sizeOf(shape));
    long offset = number(entries, "offset", 0);
    long length = number(entries, "length", expected);
    try {
      FileChannel file = open(location);
      if (length != expected) {
        throw new ModelException(
            "expected " + expected + " bytes of external data, got length " + length);
      }
      if (offset > file.size() - length) {
        throw new ModelException(
            "expected "
                + length
                + " bytes from "
                + offset
                + " on in external data '"
                + location
                + "', but it has "
                + file.size());
      }
      if (deferring && length >= LARGE && dtype.bits() >= 8 && dtype != DType.BOOL) {
        return Tensor.deferred(dtype, new Stored(file, offset), shape);
      }
      Tensor tensor = Tensor.zeros(dtype, shape);
      read(file, offset, 0, tensor);
      return tensor;
    } catch (IOException e) {
      throw new ModelException("external data '" + location + "': expected to read it: " + e, e);
    }
  }

  /** A tensor's content in a file, from some byte on. */
  private final class Stored implements Tensor.Content {
    private final FileChannel file;
    private final long offset;

    Stored(FileChannel file, long offset) {
      this.file = file;
      this.offset = offset;
    }

    @Override
    public void read(int from, Tensor into) {
      ExternalData.this.read(file, offset, from, into);
    }
  }

  /** Fills a tensor with elements of one that begins at {@code offset}, from {@code first} on. */
  private void read(FileChannel file, long offset, int first, Tensor into) {
    ByteBuffer chunk = chunks.get();
    DType dtype = into.dtype();
    int inChunk = CHUNK_BYTES * 8 / dtype.bits();
    for (int done = 0; done < into.size(); done += inChunk) {
      int count = Math.min(inChunk, into.size() - done);
      chunk.clear().limit((int) dtype.byteSize(count));
      long at = offset + dtype.byteSize(first) + dtype.byteSize(done);
      try {
        while (chunk.hasRemaining()) {
          if (file.read(chunk, at + chunk.position()) < 0) {
            throw new EOFException("the file has become shorter");
          }
        }
      } catch (IOException e) {
        throw new ModelException("tensor data: expected to read it: " + e, e);
      }
      into.setLittleEndian(done, chunk.flip());
    }
  }

  private static long number(Map<String, String> entries, String key, long otherwise) {
    String text = entries.get(key);
    if (text == null) {
      return otherwise;
    }
    try {
      long value = Long.parseLong(text);
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // the complaint below says it
    }
    throw new ModelException(
        "external data: expected " + key + " to be a number of bytes, got '" + text + "'");
  }

  private FileChannel open(String location) throws IOException {
    FileChannel known = files.get(location);
    if (known != null) {
      return known;
    }
    FileChannel file = FileChannel.open(resolve(location));
    files.put(location, file);
    return file;
  }

  private Path resolve(String location) throws IOException {
    if (folder == null) {
      throw new ModelException(
          "external data '"
              + location
              + "': the model was not read from a file; give the folder that holds its data");
    }
    Path home = folder.toRealPath();
    Path file;
    try {
      file = home.resolve(location).normalize();
    } catch (InvalidPathException e) {
      throw new ModelException("external data: expected a file name, got '" + location + "'", e);
    }
    if (Path.of(location).isAbsolute() || location.startsWith("/") || !file.startsWith(home)) {
      throw outside(location);
    }
    if (!Files.isRegularFile(file)) {
      throw new ModelException(
          "external data '" + location + "': expected a file of this name beside the model");
    }
    if (!file.toRealPath().startsWith(home)) {
      throw outside(location);
    }
    return file;
  }

  private static ModelException outside(String location) {
    return new ModelException(
        "external data '" + location + "': expected a file within the model's folder");
  }

  @Override
  public void close() {
    for (FileChannel file : files.values()) {
      try {
        file.close();
      } catch (IOException e) {
        // It was only read from; there is nothing to lose.
      }
    }
  }
}
