package dev.sardonyx.benchmarks;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Tensors as they go between processes: inputs to both runtimes, outputs from them. It needs no
 * class of either, so that it costs neither time or memory that is the other's.
 */
final class TensorFile {
  private TensorFile() {}

  /**
   * One tensor.
   *
   * @param type name of the element type, as {@code FLOAT} or {@code INT64}
   * @param data the elements, little-endian
   */
  record Entry(String name, String type, long[] shape, byte[] data) {}

  static void write(Path file, List<Entry> tensors) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      out.writeInt(tensors.size());
      for (Entry t : tensors) {
        out.writeUTF(t.name);
        out.writeUTF(t.type);
        out.writeInt(t.shape.length);
        for (long extent : t.shape) {
          out.writeLong(extent);
        }
        out.writeInt(t.data.length);
        out.write(t.data);
      }
    }
  }

  static List<Entry> read(Path file) throws IOException {
    List<Entry> tensors = new ArrayList<>();
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      for (int n = in.readInt(); n > 0; n--) {
        String name = in.readUTF();
        String type = in.readUTF();
        long[] shape = new long[in.readInt()];
        for (int d = 0; d < shape.length; d++) {
          shape[d] = in.readLong();
        }
        byte[] data = new byte[in.readInt()];
        in.readFully(data);
        tensors.add(new Entry(name, type, shape, data));
      }
    }
    return tensors;
  }
}
