package dev.sardonyx.graph.io;

import dev.sardonyx.proto.StringStringEntryProto;
import dev.sardonyx.proto.TensorProto;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;

/** Collects the tensors that are kept in a file beside the model, and writes that file. */
final class ExternalDataWriter {
  /** Tensors begin at multiples of this, so that readers can map them. */
  private static final int ALIGNMENT = 4096;

  /** Elements written at a time; a multiple of 4, so that packed elements share no byte. */
  private static final int CHUNK = 1 << 20;

  private final String fileName;
  private final long threshold;
  private final List<Tensor> tensors = new ArrayList<>();
  private long end;

  /**
   * @param threshold bytes from which on a tensor is kept outside the model
   */
  ExternalDataWriter(String fileName, long threshold) {
    this.fileName = fileName;
    this.threshold = threshold;
  }

  boolean isUsed() {
    return !tensors.isEmpty();
  }

  /** A tensor's proto: with its content, or with the place where it will be. */
  TensorProto.Builder place(Tensor t) {
    if (t.dtype() == DType.STRING || t.dtype().byteSize(t.size()) < threshold) {
      return TensorData.write(t);
    }
    long offset = aligned(end);
    long length = t.dtype().byteSize(t.size());
    end = offset + length;
    tensors.add(t);
    return TensorData.describe(t)
        .setDataLocation(TensorProto.DataLocation.EXTERNAL)
        .addExternalData(entry("location", fileName))
        .addExternalData(entry("offset", String.valueOf(offset)))
        .addExternalData(entry("length", String.valueOf(length)));
  }

  private static long aligned(long position) {
    return (position + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  private static StringStringEntryProto.Builder entry(String key, String value) {
    return StringStringEntryProto.newBuilder().setKey(key).setValue(value);
  }

  /** The content of the file: all tensors placed so far. */
  void writeTo(OutputStream out) throws IOException {
    long at = 0;
    for (Tensor t : tensors) {
      out.write(new byte[(int) (aligned(at) - at)]);
      at = aligned(at) + t.dtype().byteSize(t.size());
      Tensor flat = t.reshape(t.size());
      for (int i = 0; i < t.size(); i += CHUNK) {
        out.write(flat.slice(i, (int) Math.min((long) i + CHUNK, t.size())).toLittleEndian());
      }
    }
  }
}
