package dev.sardonyx.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.google.protobuf.ByteString;
import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.proto.AttributeProto;
import dev.sardonyx.proto.GraphProto;
import dev.sardonyx.proto.ModelProto;
import dev.sardonyx.proto.NodeProto;
import dev.sardonyx.proto.TensorProto;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Models damaged in their structure (attributes, names, operators, shapes, shape constants) that
 * still load either run or are refused with a {@link ModelException}; nothing else is thrown, no
 * heap is filled, nothing hangs.
 */
class DamagedGraphsTest {
  /** Far more than any takes: what is not done by then hangs. */
  private static final int SECONDS = 30;

  private static final long[] ODD = {
    -9,
    -2,
    -1,
    0,
    1,
    2,
    3,
    7,
    64,
    65_536,
    3_000_000_000L,
    Integer.MAX_VALUE,
    Long.MAX_VALUE,
    Long.MIN_VALUE
  };

  /** Runs damaged models; a daemon, so that one that hangs does not keep the tests alive. */
  private final ExecutorService runner =
      Executors.newSingleThreadExecutor(
          r -> {
            Thread t = new Thread(r, "damaged graph");
            t.setDaemon(true);
            return t;
          });

  @AfterEach
  void end() {
    runner.shutdownNow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "net1", "resnet-tiny", "encoder-tiny", "lstm-tiny"})
  void fixturesRunOrAreRefused(String name) throws Exception {
    Path model = RealModels.FIXTURES.resolve(name).resolve("model.onnx");
    for (int seed = 0; seed < 100; seed++) {
      check(name, model, seed);
    }
  }

  @Test
  void modelsOfEveryOperatorRunOrAreRefused() throws Exception {
    Path root = OnnxCases.root();
    assumeThat(root).isNotNull();
    int seed = 0;
    for (OnnxCase c : OnnxCases.in(root, "node")) {
      check(c.name(), c.model(), seed++);
    }
  }

  private void check(String name, Path model, int seed) throws Exception {
    Random random = new Random(seed);
    byte[] bytes = damaged(model, random);
    String what = name + " with damage " + seed;
    try {
      runner.submit(() -> run(bytes, random)).get(SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError(what + " takes more than " + SECONDS + " s", e);
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof ModelException)) {
        throw new AssertionError(what + " throws " + e.getCause(), e.getCause());
      }
      assertThat(e.getCause()).hasMessageMatching("(?s).*\\S.*");
    }
  }

  private static void run(byte[] bytes, Random random) {
    Graph graph = OnnxReader.read(bytes);
    SessionOptions options = SessionOptions.DEFAULTS.threads(1).optimize(random.nextBoolean());
    try (Session session = Session.open(graph, options)) {
      Map<String, Value> inputs = new LinkedHashMap<>();
      for (ValueInfo input : session.inputs()) {
        if (input.type() instanceof TensorType t && t.shape().hasRank()) {
          inputs.put(input.name(), randomTensor(t, random));
        }
      }
      session.run(inputs);
    }
  }

  private static Tensor randomTensor(TensorType type, Random random) {
    int[] shape = new int[type.shape().rank()];
    for (int d = 0; d < shape.length; d++) {
      Dim dim = type.shape().dim(d);
      // The same for the same name.
      int chosen = 1 + Math.floorMod(dim.toString().hashCode(), 5);
      shape[d] = dim.isKnown() ? (int) Math.min(dim.value(), 1 << 16) : chosen;
    }
    Tensor t = Tensor.zeros(type.dtype(), shape);
    for (int i = 0; i < t.size() && type.dtype() != DType.STRING; i++) {
      if (type.dtype().isFloating()) {
        t.setDouble(i, random.nextGaussian());
      } else if (type.dtype().isInteger()) {
        t.setLong(i, random.nextInt(4));
      }
    }
    return t;
  }

  // ---- damage ----

  private static byte[] damaged(Path model, Random random) throws IOException {
    ModelProto.Builder damaged = ModelProto.parseFrom(Files.readAllBytes(model)).toBuilder();
    for (int i = random.nextInt(3); i >= 0; i--) {
      damage(damaged.getGraphBuilder(), random);
    }
    return damaged.build().toByteArray();
  }

  private static void damage(GraphProto.Builder graph, Random random) {
    if (graph.getNodeCount() == 0) {
      return;
    }
    NodeProto.Builder node = graph.getNodeBuilder(random.nextInt(graph.getNodeCount()));
    switch (random.nextInt(8)) {
      case 0, 1 -> damageAttribute(node, random);
      case 2 -> damageInput(node, graph, random);
      case 3 -> node.setOpType(graph.getNode(random.nextInt(graph.getNodeCount())).getOpType());
      case 4 -> damageConstant(graph, random);
      case 5 -> damageInputShape(graph, random);
      case 6 -> graph.removeNode(random.nextInt(graph.getNodeCount()));
      default -> {
        if (node.getInputCount() > 0) {
          // An input turned into a constant of odd numbers.
          String name = "odd" + random.nextInt();
          int size = random.nextInt(5);
          TensorProto.Builder t = TensorProto.newBuilder().setName(name).setDataType(7);
          t.addDims(size);
          for (int i = 0; i < size; i++) {
            t.addInt64Data(odd(random));
          }
          graph.addInitializer(t);
          node.setInput(random.nextInt(node.getInputCount()), name);
        }
      }
    }
  }

  private static long odd(Random random) {
    return ODD[random.nextInt(ODD.length)];
  }

  private static void damageAttribute(NodeProto.Builder node, Random random) {
    if (node.getAttributeCount() == 0) {
      return;
    }
    int which = random.nextInt(node.getAttributeCount());
    AttributeProto.Builder a = node.getAttributeBuilder(which);
    if (random.nextInt(6) == 0) {
      node.removeAttribute(which);
    } else if (a.hasG()) {
      damage(a.getGBuilder(), random);
    } else if (a.getIntsCount() > 0) {
      a.setInts(random.nextInt(a.getIntsCount()), odd(random));
    } else if (a.getFloatsCount() > 0) {
      a.setFloats(random.nextInt(a.getFloatsCount()), (float) odd(random));
    } else if (a.hasT()) {
      damageTensor(a.getTBuilder(), random);
    } else if (a.hasF()) {
      a.setF(random.nextBoolean() ? Float.NaN : (float) odd(random));
    } else {
      a.setI(odd(random));
    }
  }

  private static void damageInput(NodeProto.Builder node, GraphProto.Builder graph, Random random) {
    if (node.getInputCount() == 0) {
      return;
    }
    List<String> names = new ArrayList<>(List.of(""));
    graph.getInputList().forEach(v -> names.add(v.getName()));
    graph.getInitializerList().forEach(t -> names.add(t.getName()));
    graph.getNodeList().forEach(n -> names.addAll(n.getOutputList()));
    node.setInput(random.nextInt(node.getInputCount()), names.get(random.nextInt(names.size())));
  }

  private static void damageConstant(GraphProto.Builder graph, Random random) {
    if (graph.getInitializerCount() > 0) {
      damageTensor(
          graph.getInitializerBuilder(random.nextInt(graph.getInitializerCount())), random);
    }
  }

  private static void damageTensor(TensorProto.Builder t, Random random) {
    if (random.nextInt(3) == 0 && t.getDimsCount() > 1) {
      // The same elements in another shape.
      long first = t.getDims(0);
      t.setDims(0, t.getDims(t.getDimsCount() - 1)).setDims(t.getDimsCount() - 1, first);
    } else if (t.getDataType() == 7 && t.hasRawData() && t.getRawData().size() >= 8) {
      byte[] raw = t.getRawData().toByteArray();
      int at = random.nextInt(raw.length / 8) * 8;
      long value = odd(random);
      for (int i = 0; i < 8; i++) {
        raw[at + i] = (byte) (value >> (8 * i));
      }
      t.setRawData(ByteString.copyFrom(raw));
    } else if (t.getInt64DataCount() > 0) {
      t.setInt64Data(random.nextInt(t.getInt64DataCount()), odd(random));
    } else {
      t.setDataType(1 + random.nextInt(16));
    }
  }

  private static void damageInputShape(GraphProto.Builder graph, Random random) {
    var input = graph.getInputBuilder(random.nextInt(graph.getInputCount()));
    var shape = input.getTypeBuilder().getTensorTypeBuilder().getShapeBuilder();
    if (shape.getDimCount() > 0 && random.nextBoolean()) {
      shape.getDimBuilder(random.nextInt(shape.getDimCount())).setDimValue(random.nextInt(40));
    } else {
      shape.addDimBuilder().setDimValue(random.nextInt(4));
    }
  }
}
