package dev.sardonyx.graph.io;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.proto.ModelProto;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes graphs as ONNX models. The same graph always gives the same bytes, and so does a graph
 * that was written and read again. Files appear whole or not at all.
 */
public final class OnnxWriter {
  /** A protobuf message ends at 2 GB; the rest of the model has room in what is left. */
  private static final long MAX_INLINE_BYTES = 1_900_000_000;

  private OnnxWriter() {}

  /**
   * Writes a model, with its weights in the same file unless they are too large for that (2 GB).
   *
   * @throws IOException if the file cannot be written
   */
  public static void write(Graph graph, Path file) throws IOException {
    boolean fits = weightBytes(graph) <= MAX_INLINE_BYTES;
    write(graph, file, fits ? Long.MAX_VALUE : 1024);
  }

  /**
   * Writes a model, and beside it a file of the same name and {@code .data} with all weights of
   * {@code threshold} bytes and more, if there are any.
   *
   * @throws IOException if a file cannot be written
   */
  public static void write(Graph graph, Path file, long threshold) throws IOException {
    String dataName = file.getFileName() + ".data";
    ExternalDataWriter external = new ExternalDataWriter(dataName, threshold);
    ModelProto model = new ModelWriter(external).write(graph);
    if (external.isUsed()) {
      WholeFile.write(file.resolveSibling(dataName), external::writeTo);
    }
    WholeFile.write(file, model::writeTo);
  }

  /**
   * A model as the bytes of its file.
   *
   * @throws ModelException if it is too large for one file (2 GB)
   */
  public static byte[] toBytes(Graph graph) {
    long bytes = weightBytes(graph);
    if (bytes > MAX_INLINE_BYTES) {
      throw new ModelException(
          "expected less than 2 GB of weights for a model of one piece, got "
              + bytes
              + " bytes: write it to a file, with external data");
    }
    ExternalDataWriter none = new ExternalDataWriter("", Long.MAX_VALUE);
    return new ModelWriter(none).write(graph).toByteArray();
  }

  private static long weightBytes(Graph graph) {
    long bytes = 0;
    for (Tensor t : graph.initializers().values()) {
      bytes += t.dtype() == DType.STRING ? 0 : t.dtype().byteSize(t.size());
    }
    for (Node node : graph.nodes()) {
      for (Graph g : node.subgraphs()) {
        bytes += weightBytes(g);
      }
    }
    return bytes;
  }
}
