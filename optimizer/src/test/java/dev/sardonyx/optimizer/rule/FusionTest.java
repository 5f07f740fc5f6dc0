package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.TestGraph.declined;
import static dev.sardonyx.optimizer.TestGraph.operators;
import static dev.sardonyx.optimizer.TestGraph.rewritten;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelInfo;
import dev.sardonyx.optimizer.TestGraph;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that find operators in their decompositions. */
class FusionTest {
  private final TestGraph g = new TestGraph();

  private Graph normalization(String x, boolean pow, String scale, String bias, long... axes) {
    String d = g.op("Sub", x, g.op("ReduceMean", x, g.vector(axes)));
    String square = pow ? g.op("Pow", d, g.scalar(2)) : g.op("Mul", d, d);
    String variance = g.op("ReduceMean", square, g.vector(axes));
    String deviation = g.op("Sqrt", g.op("Add", g.scalar(1e-5), variance));
    return g.build(g.op("Add", bias, g.op("Mul", g.op("Div", d, deviation), scale)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void layerNormalizationIsFound(boolean pow) {
    Graph before = normalization(g.input("x", -1, 4, 6), pow, g.random(6), g.random(1, 1, 6), -1);
    Graph after = rewritten(before, new FuseLayerNormalization());
    assertThat(operators(after)).isEqualTo("LayerNormalization");
  }

  @Test
  void layerNormalizationOverSeveralAxesIsFound() {
    Graph before = normalization(g.input("x", 2, 4, 6), true, g.random(4, 6), g.random(4, 6), 2, 1);
    Graph after = rewritten(before, new FuseLayerNormalization());
    assertThat(after.nodes().get(0).attributes().getLong("axis", 0)).isEqualTo(-2);
  }

  @Test
  void normalizationOverOtherAxesIsDeclined() {
    Graph graph = normalization(g.input("x", 2, 4, 6), true, g.random(6), g.random(6), 1);
    assertThat(declined(graph, new FuseLayerNormalization())).contains("last axes");
  }

  @Test
  void scaleOfAnotherShapeIsDeclined() {
    Graph graph = normalization(g.input("x", 2, 4, 6), true, g.random(1), g.random(6), -1);
    assertThat(declined(graph, new FuseLayerNormalization())).contains("do not have the shape");
  }

  @Test
  void layerNormalizationOfDoublesIsDeclined() {
    String x = g.input("x", DType.DOUBLE, 2, 3);
    String d = g.op("Sub", x, g.op("ReduceMean", x, g.vector(-1)));
    String two = g.constant(Tensor.of(new double[] {2}));
    String epsilon = g.constant(Tensor.of(new double[] {1e-5}));
    String v = g.op("ReduceMean", g.op("Pow", d, two), g.vector(-1));
    String n = g.op("Div", d, g.op("Sqrt", g.op("Add", v, epsilon)));
    String c = g.constant(Tensor.of(new double[] {1, 2, 3}, 3));
    Graph graph = g.build(g.op("Add", g.op("Mul", n, c), c));
    assertThat(declined(graph, new FuseLayerNormalization())).contains("x is double");
  }

  @Test
  void opsetRisesToThatOfTheFusedOperator() {
    Graph before = normalization(g.input("x", 2, 6), true, g.random(6), g.random(6), -1);
    before = before.toBuilder().info(ModelInfo.NONE.withOpset("", 13)).build();
    Graph after = rewritten(before, new FuseLayerNormalization());
    assertThat(after.info().opsets()).containsEntry("", 17);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4, 5})
  void geluIsFoundInEveryOrder(int order) {
    String x = g.input("x", -1, 7);
    String argument =
        order % 2 == 0
            ? g.op("Div", x, g.scalar(Math.sqrt(2)))
            : g.op("Mul", g.scalar(Math.sqrt(0.5)), x);
    String cdf = g.op("Add", g.op("Erf", argument), g.scalar(1));
    String y =
        switch (order) {
          case 0 -> g.op("Mul", g.op("Mul", x, cdf), g.scalar(0.5));
          case 1 -> g.op("Mul", g.op("Mul", x, g.scalar(0.5)), cdf);
          case 2 -> g.op("Mul", x, g.op("Mul", g.scalar(0.5), cdf));
          case 3 -> g.op("Mul", g.scalar(0.5), g.op("Mul", cdf, x));
          case 4 -> g.op("Mul", cdf, g.op("Mul", g.scalar(0.5), x));
          default -> g.op("Div", g.op("Mul", x, cdf), g.scalar(2));
        };
    assertThat(operators(rewritten(g.build(y), new FuseGelu()))).isEqualTo("Gelu");
  }

  @Test
  void productOfOneValueAndTheErrorFunctionOfAnotherIsNoGelu() {
    String x = g.input("x", 3);
    String e = g.op("Erf", g.op("Div", g.input("z", 3), g.scalar(Math.sqrt(2))));
    String y = g.op("Mul", g.op("Mul", x, g.op("Add", e, g.scalar(1))), g.scalar(0.5));
    assertThat(declined(g.build(y), new FuseGelu())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 4})
  void hardSwishIsFound(int form) {
    String x = g.input("x", -1, 5);
    Attributes sixth = Attributes.NONE.with("alpha", Attribute.of(0.166667f));
    String gate = g.op("Clip", g.op("Add", x, g.scalar(3)), g.scalar(0), g.scalar(6));
    String y =
        switch (form) {
          case 0 -> g.op("Mul", x, g.op("HardSigmoid", sixth, x));
          case 1 -> g.op("Div", g.op("Mul", x, gate), g.scalar(6));
          case 2 -> g.op("Mul", g.op("Div", gate, g.scalar(6)), x);
          case 3 -> g.op("Mul", g.op("Mul", gate, x), g.scalar(1 / 6.0));
          default -> g.op("Mul", gate, g.op("Mul", g.scalar(1 / 6.0), x));
        };
    assertThat(operators(rewritten(g.build(y), new FuseHardSwish()))).isEqualTo("HardSwish");
  }

  @Test
  void hardSigmoidOfAnotherSlopeStays() {
    String x = g.input("x", 5);
    Graph graph = g.build(g.op("Mul", x, g.op("HardSigmoid", x)));
    assertThat(declined(graph, new FuseHardSwish())).isEmpty();
  }
}
