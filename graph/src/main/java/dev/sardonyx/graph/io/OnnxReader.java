package dev.sardonyx.graph.io;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.OperatorSet;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.proto.ModelProto;
import dev.sardonyx.tensor.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Function;

/**
 * Reads ONNX models, of every opset and IR version, into {@link Graph}s.
 *
 * <p>A graph read is simpler than its file: nodes have the newest meaning of their operator,
 * Constant nodes are initializers, model-local functions are inlined, sparse initializers are
 * dense. Training information, device and quantization annotations are left out.
 *
 * <p>Whatever the bytes are, the outcome is a graph or a {@link ModelException} that says where and
 * what was expected.
 */
public final class OnnxReader {
  private OnnxReader() {}

  /** Reads a file. External data is looked for in its folder, and nowhere else. */
  public static Graph read(Path model) {
    return read(model, StandardOperators.set());
  }

  public static Graph read(Path model, OperatorSet operators) {
    try (FileChannel file = open(model);
        ExternalData external = new ExternalData(folder(model), file, false)) {
      return read(file, operators, external);
    } catch (IOException e) {
      throw new ModelException(model + ": expected a readable file: " + e, e);
    } catch (ModelException e) {
      throw e.in(model.toString());
    }
  }

  /**
   * Hands a file's graph to {@code use} before the content of its large tensors is read. As long as
   * {@code use} goes on, what it asks for is read; tensors that are needed later must be {@link
   * Tensor#isLoaded loaded} by then.
   */
  public static <T> T use(Path model, Function<Graph, T> use) {
    try (FileChannel file = open(model);
        ExternalData external = new ExternalData(folder(model), file, true)) {
      return use.apply(read(file, StandardOperators.set(), external));
    } catch (IOException e) {
      throw new ModelException(model + ": expected a readable file: " + e, e);
    } catch (ModelException e) {
      throw e.in(model.toString());
    }
  }

  private static Graph read(FileChannel file, OperatorSet operators, ExternalData external)
      throws IOException {
    ByteBuffer skeleton = ModelSkeleton.of(file);
    ByteBuffer bytes = skeleton != null ? skeleton : map(file);
    return new ModelReader(parse(bytes), file.size(), operators, external).read();
  }

  private static Path folder(Path model) {
    return model.toAbsolutePath().getParent();
  }

  /** Reads a model without external data. The array must not change afterwards. */
  public static Graph read(byte[] model) {
    return read(model, StandardOperators.set());
  }

  public static Graph read(byte[] model, OperatorSet operators) {
    return read(ByteBuffer.wrap(model), operators);
  }

  /** Reads a model without external data from what remains of a buffer, which is not moved. */
  public static Graph read(ByteBuffer model) {
    return read(model, StandardOperators.set());
  }

  public static Graph read(ByteBuffer model, OperatorSet operators) {
    return read(model, null, operators);
  }

  /** Reads a model without external data to the end of a stream, which stays open. */
  public static Graph read(InputStream model) throws IOException {
    return read(model, StandardOperators.set());
  }

  public static Graph read(InputStream model, OperatorSet operators) throws IOException {
    return read(model.readAllBytes(), operators);
  }

  /**
   * Reads a model from what remains of a buffer.
   *
   * @param folder where external data is, or null when there must be none
   */
  public static Graph read(ByteBuffer model, Path folder, OperatorSet operators) {
    try (ExternalData external = new ExternalData(folder, null, false)) {
      return new ModelReader(parse(model), model.remaining(), operators, external).read();
    }
  }

  private static FileChannel open(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new ModelException("expected a model file, but there is none");
    }
    FileChannel channel = FileChannel.open(file);
    if (channel.size() > Integer.MAX_VALUE) {
      long size = channel.size();
      channel.close();
      throw new ModelException(
          "expected less than 2 GB, got "
              + size
              + " bytes: such models keep their weights as external data");
    }
    return channel;
  }

  /** The file's bytes as memory that the operating system pages in, not as a copy on the heap. */
  private static ByteBuffer map(FileChannel file) throws IOException {
    return file.map(MapMode.READ_ONLY, 0, file.size());
  }

  private static Message parse(ByteBuffer model) {
    Message proto;
    try {
      proto = Message.of(model);
    } catch (ModelException e) {
      throw new ModelException(
          "not an ONNX model: expected a whole ModelProto (protobuf), got "
              + model.remaining()
              + " bytes that are none"
              + hint(model)
              + ": "
              + e.getMessage(),
          e);
    }
    if (!proto.has(ModelProto.GRAPH_FIELD_NUMBER)) {
      throw new ModelException(
          "not an ONNX model: expected a ModelProto with a graph" + hint(model));
    }
    return proto;
  }

  /** What the bytes look like instead, for the mistakes that are often made. */
  private static String hint(ByteBuffer bytes) {
    byte[] start = new byte[Math.min(bytes.remaining(), 8)];
    bytes.duplicate().get(start);
    String text = new String(start, StandardCharsets.ISO_8859_1);
    if (text.startsWith("PK")) {
      return " (a zip archive, perhaps a PyTorch checkpoint: export it to ONNX first)";
    }
    if (text.startsWith("version ")) {
      return " (perhaps a Git LFS pointer: fetch the file itself)";
    }
    if (text.startsWith("<") || text.startsWith("{")) {
      return " (text: perhaps a web page or JSON)";
    }
    return bytes.hasRemaining() ? "" : " (it is empty)";
  }
}
