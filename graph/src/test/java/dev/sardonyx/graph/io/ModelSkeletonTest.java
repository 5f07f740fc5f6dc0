package dev.sardonyx.graph.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.proto.AttributeProto;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.ModelProto;
import dev.sardonyx.proto.NodeProto;
import dev.sardonyx.proto.OperatorSetIdProto;
import dev.sardonyx.proto.TensorProto;
import dev.sardonyx.proto.ValueInfoProto;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelSkeletonTest {
  @TempDir Path folder;

  private static TensorProto tensor(String name, TensorProto.DataType type, int bytes, int n) {
    byte[] raw = new byte[bytes * n];
    new Random(n).nextBytes(raw);
    return TensorProto.newBuilder()
        .setName(name)
        .setDataType(type.getNumber())
        .addDims(n)
        .setRawData(ByteString.copyFrom(raw))
        .build();
  }

  /** A model with large and small initializers and a large constant node. */
  private static byte[] model() {
    GraphProto.Builder graph = GraphProto.newBuilder().setName("g");
    graph.addInitializer(tensor("floats", TensorProto.DataType.FLOAT, 4, 200_001));
    graph.addInitializer(tensor("longs", TensorProto.DataType.INT64, 8, 40_000));
    graph.addInitializer(tensor("halves", TensorProto.DataType.FLOAT16, 2, 300_000));
    graph.addInitializer(tensor("bytes", TensorProto.DataType.INT8, 1, 300_001));
    graph.addInitializer(tensor("small", TensorProto.DataType.DOUBLE, 8, 3));
    AttributeProto value =
        AttributeProto.newBuilder()
            .setName("value")
            .setType(AttributeProto.AttributeType.TENSOR)
            .setT(tensor("", TensorProto.DataType.FLOAT, 4, 70_000))
            .build();
    graph.addNode(
        NodeProto.newBuilder().setOpType("Constant").addOutput("constant").addAttribute(value));
    graph.addOutput(ValueInfoProto.newBuilder().setName("constant"));
    return ModelProto.newBuilder()
        .setIrVersion(8)
        .addOpsetImport(OperatorSetIdProto.newBuilder().setVersion(17))
        .setGraph(graph)
        .build()
        .toByteArray();
  }

  @Test
  void aFileGivesTheSameTensorsAsItsBytes() throws IOException {
    byte[] bytes = model();
    Path file = Files.write(folder.resolve("model.onnx"), bytes);
    Graph fromFile = OnnxReader.read(file);
    Graph fromBytes = OnnxReader.read(bytes);
    assertThat(fromFile.initializers()).isEqualTo(fromBytes.initializers()).hasSize(6);
  }

  @Test
  void contentOfLargeTensorsIsLeftOut() throws IOException {
    Path file = Files.write(folder.resolve("model.onnx"), model());
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer skeleton = ModelSkeleton.of(channel);
      assertThat(skeleton.remaining()).isLessThan(1000);
      GraphProto graph = ModelProto.parseFrom(skeleton).getGraph();
      assertThat(graph.getInitializer(0).hasRawData()).isFalse();
      assertThat(graph.getInitializer(4).getRawData().size()).isEqualTo(24);
    }
  }

  @Test
  void aFileThatEndsTooEarlyIsRefused() throws IOException {
    byte[] bytes = model();
    for (int length : new int[] {bytes.length - 1, bytes.length / 2, 100, 7}) {
      Path file = Files.write(folder.resolve("cut.onnx"), Arrays.copyOf(bytes, length));
      assertThatThrownBy(() -> OnnxReader.read(file)).isInstanceOf(ModelException.class);
    }
  }
}
