package dev.sardonyx.runtime.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.Session;
import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.io.OnnxWriter;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class Float16WideningTest {
  private final Random random = new Random(5);

  /** Numbers that {@code dtype} holds exactly. */
  private Tensor random(DType dtype, double scale, int... shape) {
    Tensor t = Tensor.zeros(dtype, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, scale * random.nextGaussian());
    }
    return t;
  }

  private static Attributes to(DType dtype) {
    return Attributes.NONE.with("to", Attribute.of(dtype.code()));
  }

  /** A network of one type, its weights given in that type or converted to it. */
  private static Graph net(DType dtype, Map<String, Tensor> weights) {
    Graph.Builder b = new Graph.Builder(StandardOperators.set());
    weights.forEach((name, w) -> b.initializer(name, w.convert(dtype)));
    return b.input("x", ValueType.tensor(dtype, 2, 3, 9, 9))
        .input("n", ValueType.tensor(DType.FLOAT, 2, 40))
        .node(
            "Conv",
            List.of("x", "filters", "bias"),
            List.of("c"),
            Attributes.NONE.with("pads", Attribute.of(1L, 1L, 1L, 1L)))
        .node("Relu", List.of("c"), List.of("r"), Attributes.NONE)
        .node("GlobalAveragePool", List.of("r"), List.of("p"), Attributes.NONE)
        .node("Flatten", List.of("p"), List.of("f"), Attributes.NONE)
        .node("MatMul", List.of("f", "dense"), List.of("d"), Attributes.NONE)
        .node("Cast", List.of("d"), List.of("wide"), to(DType.FLOAT))
        .node("Add", List.of("wide", "n"), List.of("sum"), Attributes.NONE)
        .node("Cast", List.of("sum"), List.of("y"), to(dtype))
        .output("y", ValueType.tensor(dtype, 2, 40))
        .output("r", ValueType.tensor(dtype, 2, 280, 9, 9))
        .output("sum", ValueType.tensor(DType.FLOAT, 2, 40))
        .output("x", ValueType.tensor(dtype, 2, 3, 9, 9))
        .build();
  }

  private static void assertClose(Map<String, Value> got, Map<String, Value> expected, DType as) {
    expected.forEach(
        (name, value) -> {
          Tensor want = (Tensor) value;
          Tensor have = (Tensor) got.get(name);
          assertThat(have.shape()).isEqualTo(want.shape());
          assertThat(have.dtype()).isEqualTo(name.equals("sum") ? DType.FLOAT : as);
          // One unit in the last place where two float32 results lie on both sides of a tie.
          double ulp = have.dtype() == DType.FLOAT ? 1e-5 : as == DType.FLOAT16 ? 1e-3 : 8e-3;
          for (int i = 0; i < want.size(); i++) {
            double w = want.getDouble(i);
            assertThat(have.getDouble(i) - w)
                .isBetween(-ulp * (1 + Math.abs(w)), ulp * (1 + Math.abs(w)));
          }
        });
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT16", "BFLOAT16"})
  void computesInFloat32WhatIsGivenAndWantedIn16Bits(DType dtype, @TempDir Path folder)
      throws IOException {
    Map<String, Tensor> weights =
        Map.of(
            "filters", random(dtype, 0.3, 280, 3, 3, 3),
            "bias", random(dtype, 1, 280),
            "dense", random(dtype, 0.1, 280, 40));
    Tensor x = random(dtype, 1, 2, 3, 9, 9);
    Tensor n = random(DType.FLOAT, 1, 2, 40);
    Graph graph = net(dtype, weights);
    Path file = folder.resolve("net.onnx");
    OnnxWriter.write(graph, file);
    Map<String, Value> exact =
        ReferenceEvaluator.run(
            net(DType.FLOAT, weights), Map.of("x", x.convert(DType.FLOAT), "n", n));
    try (Session fromGraph = Session.open(graph);
        Session fromFile = Session.open(file)) {
      Map<String, Value> result = fromGraph.run(Map.of("x", x, "n", n));
      assertClose(result, exact, dtype);
      assertThat(fromFile.run(Map.of("x", x, "n", n))).isEqualTo(result);
      assertThat(fromGraph.graph().nodes().stream().filter(node -> node.is("Cast"))).hasSize(3);
    }
  }

  @Test
  void castsOfWeightsAloneAreLeftOut() {
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, 5, 64))
            .initializer("w", random(DType.FLOAT16, 0.1, 64, 70))
            .node("Cast", List.of("w"), List.of("wide"), to(DType.FLOAT))
            .node("MatMul", List.of("x", "wide"), List.of("y"), Attributes.NONE)
            .output("y", ValueType.UNKNOWN)
            .build();
    Map<String, Tensor> x = Map.of("x", random(DType.FLOAT, 1, 5, 64));
    try (Session session = Session.open(graph)) {
      assertThat(session.graph().nodes()).hasSize(1);
      assertClose(session.run(x), ReferenceEvaluator.run(graph, x), DType.FLOAT);
    }
  }

  @Test
  void modelsInWhichTheWidthMattersStayAsTheyAre() {
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT16, 3))
            .node("BitCast", List.of("x"), List.of("y"), to(DType.INT16))
            .output("y", ValueType.UNKNOWN)
            .build();
    assertThat(Float16Widening.apply(graph)).isSameAs(graph);
  }
}
