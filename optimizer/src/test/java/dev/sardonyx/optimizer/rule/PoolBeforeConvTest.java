package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.TestGraph.attribute;
import static dev.sardonyx.optimizer.TestGraph.declined;
import static dev.sardonyx.optimizer.TestGraph.number;
import static dev.sardonyx.optimizer.TestGraph.operators;
import static dev.sardonyx.optimizer.TestGraph.rewritten;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.optimizer.TestGraph;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PoolBeforeConvTest {
  private static final Attributes HALVES = pool(2, 2);
  private final TestGraph g = new TestGraph();

  private static Attributes pool(long kernel, long stride) {
    return attribute("kernel_shape", kernel, kernel).with("strides", Attribute.of(stride, stride));
  }

  private String convolution(Attributes attributes, int kernel, boolean bias) {
    int inputs = attributes.getLong("group", 1) == 2 ? 2 : 4;
    String w = g.random(6, inputs, kernel, kernel);
    return g.op("Conv", attributes, g.input("x", 2, 4, 7, 9), w, bias ? g.random(6) : "");
  }

  private Graph pooled(Attributes pool, Attributes conv, int kernel, boolean bias) {
    return g.build(g.op("AveragePool", pool, convolution(conv, kernel, bias)));
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, 0, 0, 0, 1, true",
    "2, 2, 0, 0, 0, 2, false",
    "3, 2, 1, 0, 0, 1, true",
    "3, 2, 1, 0, 1, 1, false",
    "2, 2, 0, 1, 0, 1, true",
    "2, 3, 0, 1, 1, 1, false"
  })
  void averagesComeFirst(
      long kernel, long stride, long pad, long ceilMode, long includePad, long group, boolean b) {
    Attributes pool =
        pool(kernel, stride)
            .with("pads", Attribute.of(pad, pad, pad, pad))
            .with("ceil_mode", Attribute.of(ceilMode))
            .with("count_include_pad", Attribute.of(includePad));
    Graph after = rewritten(pooled(pool, number("group", group), 1, b), new PoolBeforeConv());
    assertThat(operators(after)).isEqualTo("AveragePool Conv");
  }

  @Test
  void averagesOfWholeImagesComeFirst() {
    Graph graph = g.build(g.op("GlobalAveragePool", convolution(Attributes.NONE, 1, true)));
    assertThat(operators(rewritten(graph, new PoolBeforeConv())))
        .isEqualTo("GlobalAveragePool Conv");
  }

  @ParameterizedTest
  @CsvSource({"1, 0, NOTSET", "0, 1, NOTSET", "0, 0, SAME_UPPER"})
  void biasIsNotAveragedWithZeros(long pad, long ceilMode, String autoPad) {
    Attributes pool =
        pool(3, 2)
            .with("ceil_mode", Attribute.of(ceilMode))
            .with("auto_pad", Attribute.of(autoPad))
            .with("count_include_pad", Attribute.of(1L));
    if (pad > 0) {
      pool = pool.with("pads", Attribute.of(pad, pad, pad, pad));
    }
    assertThat(declined(pooled(pool, Attributes.NONE, 1, true), new PoolBeforeConv()))
        .contains("count zeros");
  }

  @Test
  void averagesThatAreNotFewerStayWhereTheyAre() {
    Graph graph = pooled(pool(3, 1), Attributes.NONE, 1, true);
    assertThat(declined(graph, new PoolBeforeConv())).isEmpty();
  }

  @Test
  void convolutionsThatSeeSeveralPixelsOrSkipSomeStayWhereTheyAre() {
    Graph wide = pooled(HALVES, Attributes.NONE, 3, true);
    assertThat(declined(wide, new PoolBeforeConv())).isEmpty();
    for (Attributes a :
        new Attributes[] {attribute("strides", 2, 1), attribute("pads", 0, 1, 0, 0)}) {
      Graph graph = new PoolBeforeConvTest().pooled(HALVES, a, 1, false);
      assertThat(declined(graph, new PoolBeforeConv())).isEmpty();
    }
  }
}
