package dev.sardonyx.optimizer;

import static dev.sardonyx.optimizer.TestGraph.attribute;
import static dev.sardonyx.optimizer.TestGraph.number;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.tensor.DType;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Random graphs of operators that rules look for. */
class OptimizerProperties {
  /** Maps are [n, 4, 5, 5], rows [n, 4]. */
  private static final int CHANNELS = 4;

  @Property(tries = 150)
  void optimizedGraphsGiveEqualOutputsAndAreNotOptimizedFurther(@ForAll long seed) {
    Graph graph = randomGraph(new Random(seed));
    // Verify mode throws if an output differs.
    Optimization once = Optimizer.of(Level.FULL).verifying().optimize(graph);
    if (!once.report().applied().isEmpty()) {
      assertThat(once.report().notes())
          .as(once.report().toString())
          .anyMatch(n -> n.startsWith("whole model: equal"));
    }
    assertThat(once.report().declined())
        .as(once.report().toString())
        .noneMatch(d -> d.reason().contains("verification failed"))
        .noneMatch(d -> d.reason().contains("the rule failed"));
    assertThat(Optimizer.of(Level.FULL).optimize(once.graph()).graph()).isSameAs(once.graph());
    assertThat(once.graph().outputs()).isEqualTo(graph.outputs());
  }

  private static Graph randomGraph(Random random) {
    TestGraph g = new TestGraph();
    List<String> maps = new ArrayList<>(List.of(g.input("maps", -1, CHANNELS, 5, 5)));
    List<String> rows = new ArrayList<>(List.of(g.input("rows", -1, CHANNELS)));
    int nodes = 3 + random.nextInt(18);
    for (int i = 0; i < nodes; i++) {
      if (random.nextBoolean()) {
        maps.add(nextMap(g, any(maps, random), any(maps, random), random));
      } else {
        rows.add(nextRows(g, any(rows, random), any(rows, random), random));
      }
    }
    Set<String> outputs = new LinkedHashSet<>();
    for (int i = 0; i < 1 + random.nextInt(3); i++) {
      String output = any(random.nextBoolean() ? maps : rows, random);
      if (!output.equals("maps") && !output.equals("rows")) {
        outputs.add(output);
      }
    }
    return g.build(outputs.toArray(String[]::new));
  }

  /** Late values more often than early ones, so that chains arise. */
  private static String any(List<String> values, Random random) {
    int back = Math.min(random.nextInt(values.size()), random.nextInt(values.size()));
    return values.get(values.size() - 1 - back);
  }

  private static String nextMap(TestGraph g, String x, String other, Random random) {
    return switch (random.nextInt(15)) {
      case 0 -> g.op("Conv", g.op("Pad", x, g.vector(0, 0, 1, 1, 0, 0, 1, 1)), kernel(g));
      case 1 -> g.op("Conv", attribute("pads", 1, 1, 1, 1), x, kernel(g), g.random(CHANNELS));
      case 2 -> g.op("ConvTranspose", attribute("pads", 1, 1, 1, 1), x, kernel(g));
      case 3 -> normalization(g, x);
      case 4 -> g.op("Mul", x, g.random(CHANNELS, 1, 1));
      case 5 -> g.op("Add", g.random(1, CHANNELS, 1, 1), x);
      case 6 -> g.op("Transpose", attribute("perm", 0, 1, 3, 2), x);
      case 7 -> g.op("Add", x, other);
      case 8 -> g.op("Sub", g.op("Relu", x), g.scalar(0));
      case 9 -> g.op("Reshape", g.op("Reshape", x, g.vector(0, 2, 50)), g.vector(-1, 4, 5, 5));
      case 10 -> g.op("Mul", x, g.op("HardSigmoid", hardSwish(), x));
      case 11 -> g.op("Reshape", x, g.op("Shape", other));
      case 12 -> g.op("Identity", g.op("Tanh", x));
      case 13 -> {
        String pointwise = g.op("Conv", x, g.random(CHANNELS, CHANNELS, 1, 1), g.random(CHANNELS));
        Attributes pool = attribute("kernel_shape", 2, 2).with("strides", Attribute.of(4, 4));
        yield g.op("Expand", g.op("AveragePool", pool, pointwise), g.vector(1, 1, 5, 5));
      }
      default -> g.op("Expand", x, g.vector(1, 1, 1, 5));
    };
  }

  private static Attributes hardSwish() {
    return Attributes.NONE.with("alpha", Attribute.of(1 / 6f));
  }

  private static String kernel(TestGraph g) {
    return g.random(CHANNELS, CHANNELS, 3, 3);
  }

  private static String normalization(TestGraph g, String x) {
    return g.op(
        "BatchNormalization",
        x,
        g.random(CHANNELS),
        g.random(CHANNELS),
        g.random(CHANNELS),
        g.positive(CHANNELS));
  }

  private static String nextRows(TestGraph g, String x, String other, Random random) {
    return switch (random.nextInt(11)) {
      case 0 -> g.op("Gemm", x, g.random(CHANNELS, CHANNELS), g.random(CHANNELS));
      case 1 -> g.op("MatMul", x, g.random(CHANNELS, CHANNELS));
      case 2 -> g.op("Add", x, g.random(CHANNELS));
      case 3 -> g.op("Mul", x, g.scalar(0.5));
      case 4 -> g.op("Mul", g.scalar(1), g.op("Sigmoid", x));
      case 5 -> g.op("Sub", x, other);
      case 6 -> g.op("Dropout", x);
      case 7 -> normalization(g, x);
      case 8 -> {
        String e = g.op("Erf", g.op("Div", x, g.scalar(Math.sqrt(2))));
        yield g.op("Mul", g.op("Mul", x, g.op("Add", e, g.scalar(1))), g.scalar(0.5));
      }
      case 9 -> {
        String d = g.op("Sub", x, g.op("ReduceMean", x, g.vector(-1)));
        String v = g.op("ReduceMean", g.op("Mul", d, d), g.vector(-1));
        String n = g.op("Div", d, g.op("Sqrt", g.op("Add", v, g.scalar(1e-3))));
        yield g.op("Add", g.op("Mul", n, g.random(CHANNELS)), g.random(CHANNELS));
      }
      default ->
          g.op(
              "Cast",
              number("to", DType.FLOAT.code()),
              g.op("Cast", number("to", DType.DOUBLE.code()), x));
    };
  }
}
