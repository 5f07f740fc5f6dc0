package dev.sardonyx.graph.io;

import static dev.sardonyx.graph.io.Protos.attribute;
import static dev.sardonyx.graph.io.Protos.external;
import static dev.sardonyx.graph.io.Protos.floats;
import static dev.sardonyx.graph.io.Protos.function;
import static dev.sardonyx.graph.io.Protos.graph;
import static dev.sardonyx.graph.io.Protos.ints;
import static dev.sardonyx.graph.io.Protos.model;
import static dev.sardonyx.graph.io.Protos.node;
import static dev.sardonyx.graph.io.Protos.reference;
import static dev.sardonyx.graph.io.Protos.subgraph;
import static dev.sardonyx.graph.io.Protos.tensor;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.proto.AttributeProto;
import dev.sardonyx.proto.AttributeProto.AttributeType;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.NodeProto;
import dev.sardonyx.proto.OperatorSetIdProto;
import dev.sardonyx.proto.TensorProto;
import dev.sardonyx.proto.ValueInfoProto;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Ten thousand damaged models: each is read or refused with a {@link ModelException}, within 2 s of
 * computing and 512 MB.
 */
class MutatedModelsTest {
  private static final int MUTATIONS = 10_000;
  private static final long MAX_NANOS = 2_000_000_000L;
  private static final long MAX_BYTES = 512L << 20;

  @TempDir Path folder;

  @Test
  void damagedModelsAreReadOrRefused() throws IOException {
    Files.write(folder.resolve("w.bin"), new byte[8]);
    List<byte[]> models = List.of(convolutional(), nested(), withExternalData());
    for (byte[] m : models) {
      load(m);
    }
    ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    int read = 0;
    for (int seed = 0; seed < MUTATIONS; seed++) {
      byte[] damaged = mutate(models.get(seed % models.size()), new Random(seed));
      long cpu = thread.getCurrentThreadCpuTime();
      long bytes = thread.getCurrentThreadAllocatedBytes();
      try {
        load(damaged);
        read++;
      } catch (ModelException e) {
        assertThat(e).as("seed %d", seed).hasMessageMatching("(?s).{10,}");
      } catch (RuntimeException | Error e) {
        throw new AssertionError("seed " + seed, e);
      }
      assertThat(thread.getCurrentThreadCpuTime() - cpu).as("seed %d", seed).isLessThan(MAX_NANOS);
      assertThat(thread.getCurrentThreadAllocatedBytes() - bytes)
          .as("seed %d", seed)
          .isLessThan(MAX_BYTES);
    }
    // If nothing or everything were refused, the damage would be of the wrong size.
    assertThat(read).isBetween(MUTATIONS / 20, MUTATIONS * 19 / 20);
  }

  private void load(byte[] model) {
    Inference.of(OnnxReader.read(ByteBuffer.wrap(model), folder, StandardOperators.set()));
  }

  private static byte[] mutate(byte[] model, Random r) {
    byte[] m = model.clone();
    int at = r.nextInt(m.length);
    int length = 1 + r.nextInt(Math.min(300, m.length - at));
    switch (r.nextInt(5)) {
      case 0 -> m = Arrays.copyOf(m, at);
      case 1 -> {
        for (int i = r.nextInt(8); i >= 0; i--) {
          m[r.nextInt(m.length)] ^= (byte) (1 << r.nextInt(8));
        }
      }
      case 2 -> {
        // A length or number of up to 35 bits.
        int bytes = Math.min(1 + r.nextInt(5), m.length - at);
        Arrays.fill(m, at, at + bytes - 1, (byte) 0xFF);
        m[at + bytes - 1] = (byte) r.nextInt(128);
      }
      case 3 -> System.arraycopy(model, at, m, r.nextInt(m.length - length + 1), length);
      default -> {
        int to = r.nextInt(m.length);
        m = Arrays.copyOf(model, model.length + length);
        System.arraycopy(model, at, m, to, length);
        System.arraycopy(model, to, m, to + length, model.length - to);
      }
    }
    return m;
  }

  private static byte[] convolutional() {
    float[] weights = new float[4 * 3 * 3 * 3];
    Arrays.fill(weights, 0.1f);
    GraphProto.Builder g =
        GraphProto.newBuilder()
            .addInput(floats("x", 1, 3, 8, 8))
            .addOutput(floats("y"))
            .addInitializer(tensor("w", weights).clearDims().addAllDims(List.of(4L, 3L, 3L, 3L)))
            .addInitializer(tensor("s", 1, 1, 1, 1))
            .addInitializer(tensor("fc", new float[16]).clearDims().addDims(4).addDims(4))
            .addNode(node("Conv", "x,w", "c").addAttribute(ints("pads", 1, 1, 1, 1)))
            .addNode(node("BatchNormalization", "c,s,s,s,s", "b"))
            .addNode(node("Relu", "b", "r"))
            .addNode(
                node("MaxPool", "r", "p")
                    .addAttribute(ints("kernel_shape", 2, 2))
                    .addAttribute(ints("strides", 2, 2)))
            .addNode(node("GlobalAveragePool", "p", "a"))
            .addNode(node("Flatten", "a", "f"))
            .addNode(node("Gemm", "f,fc", "l").addAttribute(attribute("alpha", 2)))
            .addNode(node("Softmax", "l", "y"));
    return model(12, g).build().toByteArray();
  }

  /** If in a Loop in a function, shape arithmetic, old operators, a sparse constant. */
  private static byte[] nested() {
    GraphProto.Builder then = graph(List.of(), List.of("t")).addNode(node("Neg", "v", "t"));
    GraphProto.Builder other =
        graph(List.of(), List.of("e"))
            .addNode(node("Unsqueeze", "v", "u").addAttribute(ints("axes", 0)))
            .addNode(node("Squeeze", "u", "e").addAttribute(ints("axes", 0)));
    GraphProto.Builder body =
        GraphProto.newBuilder()
            .setName("body")
            .addInput(scalar("i", 7))
            .addInput(scalar("go", 9))
            .addInput(floats("v"))
            .addOutput(scalar("go", 9))
            .addOutput(floats("w"))
            .addNode(
                node("If", "go", "w")
                    .addAttribute(subgraph("then_branch", then))
                    .addAttribute(subgraph("else_branch", other)));
    GraphProto.Builder g =
        graph(List.of("x"), List.of("y"))
            .addNode(constant("n", TensorProto.newBuilder().setDataType(7).addInt64Data(3)))
            .addNode(constant("yes", TensorProto.newBuilder().setDataType(9).addInt32Data(1)))
            .addNode(
                node("Repeat", "n,yes,x", "z").setDomain("own").addAttribute(attribute("by", 2)))
            .addNode(node("Shape", "x", "shape"))
            .addNode(node("Concat", "shape,shape", "twice").addAttribute(axis()))
            .addNode(node("Expand", "z,twice", "wide"))
            .addNode(node("Reshape", "z,shape", "y"));
    g.addSparseInitializerBuilder()
        .setValues(tensor("sparse", 5))
        .setIndices(TensorProto.newBuilder().setDataType(7).addDims(1).addInt64Data(1))
        .addDims(4);
    return model(11, g)
        .addFunctions(
            function("Repeat", "n,c,a", "b")
                .clearOpsetImport()
                .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(11))
                .addAttribute("by")
                .addNode(node("Loop", "n,c,a", "l").addAttribute(subgraph("body", body)))
                .addNode(
                    node("Elu", "l", "b")
                        .addAttribute(reference("alpha", "by", AttributeType.FLOAT))))
        .build()
        .toByteArray();
  }

  private static AttributeProto.Builder axis() {
    return AttributeProto.newBuilder().setName("axis").setType(AttributeType.INT).setI(0);
  }

  private static NodeProto.Builder constant(String name, TensorProto.Builder t) {
    return node("Constant", "", name)
        .addAttribute(AttributeProto.newBuilder().setName("value").setT(t));
  }

  private static ValueInfoProto.Builder scalar(String name, int type) {
    ValueInfoProto.Builder v = floats(name);
    v.getTypeBuilder().getTensorTypeBuilder().setElemType(type).getShapeBuilder().clearDim();
    return v;
  }

  private static byte[] withExternalData() {
    GraphProto.Builder g =
        graph(List.of("x"), List.of("y"))
            .addInitializer(external("w.bin", 0, 8))
            .addNode(node("Mul", "x,w", "m"))
            .addNode(node("Split", "m", "p,q").addAttribute(axis()))
            .addNode(node("Concat", "p,q", "y").addAttribute(axis()));
    return model(11, g).build().toByteArray();
  }
}
