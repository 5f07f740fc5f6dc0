package dev.sardonyx.runtime.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.io.OnnxWriter;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions whose weights are packed when they are opened and not kept otherwise. */
class PrepackingTest {
  private final Random random = new Random(11);

  private Tensor random(double scale, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, scale * random.nextGaussian());
    }
    return t;
  }

  private static Attributes convolution(int kernel, int stride, int group) {
    return Attributes.NONE
        .with("pads", Attribute.of(kernel / 2, kernel / 2, kernel / 2, kernel / 2))
        .with("strides", Attribute.of((long) stride, (long) stride))
        .with("group", Attribute.of((long) group));
  }

  /** Convolutions of all kinds, one of them to be scaled, and dense layers of both orders. */
  private Graph net(Dim height) {
    return new Graph.Builder(StandardOperators.set())
        .input("x", ValueType.tensor(DType.FLOAT, Shape.of(Dim.of(1), Dim.of(3), height, height)))
        .initializer("first", random(0.2, 40, 3, 7, 7))
        .initializer("winograd", random(0.05, 48, 40, 3, 3))
        .initializer("gamma", random(1, 48))
        .initializer("beta", random(1, 48))
        .initializer("mean", random(1, 48))
        .initializer("variance", Tensor.of(new float[48], 48))
        .initializer("depthwise", random(0.3, 48, 1, 3, 3))
        .initializer("grouped", random(0.1, 96, 24, 3, 3))
        .initializer("pointwise", random(0.1, 96, 96, 1, 1))
        .initializer("dense", random(0.1, 96, 70))
        .initializer("transposed", random(0.1, 75, 70))
        .node("Conv", List.of("x", "first"), List.of("c1"), convolution(7, 2, 1))
        .node("Conv", List.of("c1", "winograd"), List.of("c2"), convolution(3, 1, 1))
        .node(
            "BatchNormalization",
            List.of("c2", "gamma", "beta", "mean", "variance"),
            List.of("n"),
            Attributes.NONE.with("epsilon", Attribute.of(1f)))
        .node("Conv", List.of("n", "depthwise"), List.of("c3"), convolution(3, 1, 48))
        .node("Conv", List.of("c3", "grouped"), List.of("c4"), convolution(3, 2, 2))
        .node("Conv", List.of("c4", "pointwise"), List.of("c5"), convolution(1, 1, 1))
        .node("GlobalAveragePool", List.of("c5"), List.of("p"), Attributes.NONE)
        .node("Flatten", List.of("p"), List.of("f"), Attributes.NONE)
        .node("MatMul", List.of("f", "dense"), List.of("d1"), Attributes.NONE)
        .node(
            "Gemm",
            List.of("d1", "transposed"),
            List.of("d2"),
            Attributes.NONE.with("transB", Attribute.of(1L)))
        .input("rows", ValueType.tensor(DType.INT64, 2))
        .node("Gather", List.of("transposed", "rows"), List.of("looked-up"), Attributes.NONE)
        .output("d2", ValueType.UNKNOWN)
        .output("c5", ValueType.UNKNOWN)
        .output("looked-up", ValueType.UNKNOWN)
        .build();
  }

  private static void assertClose(Map<String, Value> got, Map<String, Value> expected) {
    expected.forEach(
        (name, value) -> {
          Tensor want = (Tensor) value;
          Tensor have = (Tensor) got.get(name);
          assertThat(have.shape()).isEqualTo(want.shape());
          for (int i = 0; i < want.size(); i++) {
            assertThat(have.getDouble(i) - want.getDouble(i)).isBetween(-2e-4, 2e-4);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void aModelFileThatIsGoneGivesTheReferencesResults(int threads, @TempDir Path folder)
      throws IOException {
    for (Dim height : List.of(Dim.of(30), Dim.symbol("h"))) {
      Graph graph = net(height);
      Path file = folder.resolve("net.onnx");
      OnnxWriter.write(graph, file);
      SessionOptions options = SessionOptions.DEFAULTS.threads(threads);
      try (Session fromFile = Session.open(file, options);
          Session withItsWeights = fromFile.withThreads(2);
          Session fromGraph = Session.open(graph, options)) {
        Files.delete(file);
        for (int h : height.isKnown() ? new int[] {30} : new int[] {30, 9, 31}) {
          Map<String, Tensor> x = Map.of("x", random(1, 1, 3, h, h), "rows", Tensor.vector(3, 74));
          Map<String, Value> result = fromFile.run(x);
          assertClose(result, ReferenceEvaluator.run(graph, x));
          assertThat(fromGraph.run(x)).isEqualTo(result);
          assertThat(withItsWeights.run(x)).isEqualTo(result);
        }
      }
    }
  }

  @Test
  void weightsThatKernelsReadPackedAreNotKeptOtherwise() {
    try (Session session = Session.open(net(Dim.of(30)))) {
      Map<String, Tensor> constants = session.graph().initializers();
      for (String packed : List.of("first", "grouped", "pointwise", "dense")) {
        assertThat(constants.get(packed).isLoaded()).as(packed).isFalse();
        assertThatThrownBy(() -> constants.get(packed).toFloats())
            .hasMessage("the content of this weight is not kept");
      }
      assertThat(constants.get("transposed").isLoaded()).isTrue();
    }
  }

  @Test
  void weightsOf8BitsAreKeptOnce() {
    Tensor w = Tensor.zeros(DType.INT8, 64, 48);
    for (int i = 0; i < w.size(); i++) {
      w.setLong(i, random.nextInt(256));
    }
    Tensor other = w.copy();
    other.setLong(0, w.getLong(0) + 1);
    Tensor zero = Tensor.zeros(DType.INT8);
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.INT8, 5, 64))
            .initializer("w", w)
            .node("MatMulInteger", List.of("x", "w"), List.of("y"), Attributes.NONE)
            .input("f", ValueType.tensor(DType.FLOAT, 5, 64))
            .initializer("w2", other)
            .initializer("scale", Tensor.scalar(0.01f))
            .initializer("zero", zero)
            .node("DequantizeLinear", List.of("w2", "scale", "zero"), List.of("d"), Attributes.NONE)
            .node("MatMul", List.of("f", "d"), List.of("z"), Attributes.NONE)
            .output("y", ValueType.UNKNOWN)
            .output("z", ValueType.UNKNOWN)
            .build();
    Tensor x = Tensor.zeros(DType.INT8, 5, 64);
    x.setLong(70, -100);
    Map<String, Tensor> inputs = Map.of("x", x, "f", random(1, 5, 64));
    try (Session session = Session.open(graph)) {
      assertClose(session.run(inputs), ReferenceEvaluator.run(graph, inputs));
      Map<String, Tensor> constants = session.graph().initializers();
      assertThat(constants.get("w").isLoaded()).isFalse();
      assertThat(constants.get("w2").isLoaded()).isFalse();
    }
  }

  private Tensor bytes(DType dtype, int... shape) {
    Tensor t = Tensor.zeros(dtype, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setLong(i, random.nextInt(256));
    }
    return t;
  }

  /** Images and rows of 8-bit numbers, as many as wanted; scales are powers of two: exact. */
  private Graph.Builder bytes() {
    Dim n = Dim.symbol("n");
    return new Graph.Builder(StandardOperators.set())
        .input("x", ValueType.tensor(DType.UINT8, Shape.of(n, Dim.of(4), Dim.of(6), Dim.of(5))))
        .input("rows", ValueType.tensor(DType.UINT8, Shape.of(n, Dim.of(16))))
        .initializer("s", Tensor.scalar(1f / 64))
        .initializer("sy", Tensor.scalar(0.5f))
        .initializer("z", bytes(DType.UINT8))
        .initializer("zw", bytes(DType.INT8));
  }

  private Map<String, Tensor> images(int n) {
    return Map.of("x", bytes(DType.UINT8, n, 4, 6, 5), "rows", bytes(DType.UINT8, n, 16));
  }

  @Test
  void everyKernelOf8BitsKeepsWeightsOnce(@TempDir Path folder) throws IOException {
    Graph graph =
        bytes()
            .initializer("conv", bytes(DType.INT8, 8, 4, 3, 3))
            .initializer("depthwise", bytes(DType.INT8, 4, 1, 3, 3))
            .initializer("qconv", bytes(DType.INT8, 8, 2, 3, 3))
            .initializer("qmatmul", bytes(DType.INT8, 16, 9))
            .initializer("qgemm", bytes(DType.INT8, 16, 9))
            .initializer("bias", Tensor.of(new int[] {1, -2, 3, 4, 5, 6, 7, 8, 999}, 9))
            .initializer("sb", Tensor.scalar(1f / 4096))
            .node("ConvInteger", List.of("x", "conv", "z"), List.of("y1"), convolution(3, 1, 1))
            .node(
                "ConvInteger",
                List.of("x", "depthwise", "z", "zw"),
                List.of("y2"),
                convolution(3, 1, 4))
            .node(
                "QLinearConv",
                List.of("x", "s", "z", "qconv", "s", "zw", "sy", "z"),
                List.of("y3"),
                convolution(3, 2, 2))
            .node(
                "QLinearMatMul",
                List.of("rows", "s", "z", "qmatmul", "s", "zw", "sy", "z"),
                List.of("y4"),
                Attributes.NONE)
            .node("DequantizeLinear", List.of("rows", "s", "z"), List.of("a"), Attributes.NONE)
            .node("DequantizeLinear", List.of("qgemm", "s", "zw"), List.of("b"), Attributes.NONE)
            .node("DequantizeLinear", List.of("bias", "sb"), List.of("c"), Attributes.NONE)
            .node("Gemm", List.of("a", "b", "c"), List.of("g"), Attributes.NONE)
            .node("QuantizeLinear", List.of("g", "sy", "z"), List.of("y5"), Attributes.NONE)
            .output("y1", ValueType.UNKNOWN)
            .output("y2", ValueType.UNKNOWN)
            .output("y3", ValueType.UNKNOWN)
            .output("y4", ValueType.UNKNOWN)
            .output("y5", ValueType.UNKNOWN)
            .build();
    Path file = folder.resolve("bytes.onnx");
    OnnxWriter.write(graph, file);
    try (Session fromFile = Session.open(file);
        Session fromGraph = Session.open(graph)) {
      Files.delete(file);
      for (Session session : List.of(fromFile, fromGraph)) {
        Map<String, Tensor> constants = session.graph().initializers();
        for (String packed : List.of("conv", "depthwise", "qconv", "qmatmul", "qgemm")) {
          assertThat(constants.get(packed).isLoaded()).as(packed).isFalse();
          assertThatThrownBy(() -> constants.get(packed).toLongs())
              .hasMessage("the content of this weight is not kept");
        }
        for (int n : new int[] {1, 3, 0}) {
          Map<String, Tensor> x = images(n);
          assertThat(session.run(x)).isEqualTo(ReferenceEvaluator.run(graph, x));
        }
      }
    }
  }

  @Test
  void weightsOf8BitsAreKeptWhereSomethingElseReadsThem() {
    Graph.Builder branch =
        new Graph.Builder(StandardOperators.set())
            .node("MatMulInteger", List.of("rows", "captured"), List.of("m"), Attributes.NONE)
            .output("m", ValueType.UNKNOWN);
    Graph graph =
        bytes()
            .input("w zero", ValueType.tensor(DType.INT8))
            .input("condition", ValueType.tensor(DType.BOOL))
            .initializer("conv", bytes(DType.INT8, 8, 4, 3, 3))
            .initializer("shown", bytes(DType.INT8, 8, 4, 3, 3))
            .initializer("captured", bytes(DType.INT8, 16, 9))
            .initializer("shifted", bytes(DType.INT8, 4, 1, 3, 3))
            .initializer("moving", bytes(DType.INT8, 16, 9))
            .node("ConvInteger", List.of("x", "conv"), List.of("y1"), convolution(3, 1, 1))
            .node("ConvInteger", List.of("x", "conv", "z"), List.of("y2"), convolution(3, 2, 1))
            .node("ConvInteger", List.of("x", "shown"), List.of("y3"), convolution(3, 1, 1))
            .node(
                "QLinearMatMul",
                List.of("rows", "s", "z", "captured", "s", "zw", "sy", "z"),
                List.of("y4"),
                Attributes.NONE)
            .node(
                "If",
                List.of("condition"),
                List.of("y5"),
                Attributes.NONE
                    .with("then_branch", Attribute.of(branch.name("then").build()))
                    .with("else_branch", Attribute.of(branch.name("else").build())))
            .node(
                "ConvInteger",
                List.of("x", "shifted", "z", "w zero"),
                List.of("y6"),
                convolution(3, 1, 4))
            .node(
                "QLinearMatMul",
                List.of("rows", "s", "z", "moving", "s", "w zero", "sy", "z"),
                List.of("y7"),
                Attributes.NONE)
            .output("y1", ValueType.UNKNOWN)
            .output("y2", ValueType.UNKNOWN)
            .output("y3", ValueType.UNKNOWN)
            .output("y4", ValueType.UNKNOWN)
            .output("y5", ValueType.UNKNOWN)
            .output("y6", ValueType.UNKNOWN)
            .output("y7", ValueType.UNKNOWN)
            .output("shown", ValueType.UNKNOWN)
            .build();
    try (Session session = Session.open(graph, SessionOptions.DEFAULTS.optimize(false))) {
      Map<String, Tensor> constants = session.graph().initializers();
      for (String kept : List.of("conv", "shown", "captured", "shifted", "moving")) {
        assertThat(constants.get(kept).isLoaded()).as(kept).isTrue();
      }
      for (int n = 1; n <= 2; n++) {
        Map<String, Tensor> x = new HashMap<>(images(n));
        x.put("w zero", bytes(DType.INT8));
        x.put("condition", Tensor.scalar(n == 1));
        assertThat(session.run(x)).isEqualTo(ReferenceEvaluator.run(graph, x));
      }
    }
  }

  @Test
  void oneTensorUnderTwoNamesIsPackedForBoth() {
    Tensor w = random(1, 64, 64);
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, 2, 64))
            .initializer("w1", w)
            .initializer("w2", w)
            .node("MatMul", List.of("x", "w1"), List.of("a"), Attributes.NONE)
            .node("MatMul", List.of("a", "w2"), List.of("b"), Attributes.NONE)
            .output("b", ValueType.UNKNOWN)
            .build();
    Map<String, Tensor> x = Map.of("x", random(0.01, 2, 64));
    try (Session session = Session.open(graph, SessionOptions.DEFAULTS.optimize(false))) {
      assertClose(session.run(x), ReferenceEvaluator.run(graph, x));
    }
  }
}
