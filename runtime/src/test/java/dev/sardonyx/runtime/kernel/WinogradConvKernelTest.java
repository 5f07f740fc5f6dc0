package dev.sardonyx.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.Accuracy;
import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** 3×3 convolutions of many sizes, most of which are computed by Winograd's algorithm. */
class WinogradConvKernelTest {
  /** The error as a share of the largest output. */
  private static final double TOLERANCE = 5e-6;

  @Property(tries = 40)
  void convolvesAsTheReferenceDoesAndWithTheSameBitsForAnyNumberOfThreads(@ForAll Random random) {
    int images = 1 + random.nextInt(3);
    int inputs = 16 + random.nextInt(random.nextInt(5) == 0 ? 150 : 30);
    int outputs = 16 + random.nextInt(random.nextInt(5) == 0 ? 150 : 30);
    int height = 2 + random.nextInt(26);
    int width = 2 + random.nextInt(26);
    check(random, images, inputs, outputs, height, width);
  }

  @Test
  void threadsThatShareOutputChannelsGiveTheSameBits() {
    check(new Random(3), 1, 40, 210, 15, 14);
  }

  private static void check(
      Random random, int images, int inputs, int outputs, int height, int width) {
    long[] pads = random.longs(4, 0, 3).toArray();
    if (height + pads[0] + pads[2] < 3 || width + pads[1] + pads[3] < 3) {
      return;
    }
    Tensor x = random(random, images, inputs, height, width);
    Tensor residual =
        random(
            random,
            images,
            outputs,
            (int) (height + pads[0] + pads[2] - 2),
            (int) (width + pads[1] + pads[3] - 2));
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, x.shape()))
            .input("r", ValueType.tensor(DType.FLOAT, residual.shape()))
            .initializer("w", random(random, outputs, inputs, 3, 3))
            .initializer("b", random(random, outputs))
            .output("z", ValueType.UNKNOWN)
            .node(
                "Conv",
                List.of("x", "w", "b"),
                List.of("y"),
                Attributes.NONE.with("pads", Attribute.of(pads)))
            .node("Add", List.of("y", "r"), List.of("s"), Attributes.NONE)
            .node("Relu", List.of("s"), List.of("z"), Attributes.NONE)
            .build();
    Map<String, Tensor> given = Map.of("x", x, "r", residual);
    double[] expected = ((Tensor) ReferenceEvaluator.run(graph, given).get("z")).toDoubles();
    double largest = 0;
    for (double e : expected) {
      largest = Math.max(largest, e);
    }
    float[] first = null;
    for (int threads = 1; threads <= 3; threads++) {
      float[] actual;
      try (Session session = Session.open(graph, SessionOptions.DEFAULTS.threads(threads))) {
        actual = ((Tensor) session.run(given).get("z")).toFloats();
      }
      for (int i = 0; i < expected.length; i++) {
        assertThat(Math.abs(actual[i] - expected[i]))
            .as("%d threads, element %d", threads, i)
            .isLessThanOrEqualTo(TOLERANCE * largest);
      }
      first = first == null ? actual : first;
      assertThat(actual).as("%d threads", threads).isEqualTo(first);
    }
  }

  @Test
  void strictAccuracyRoundsLess() {
    Random random = new Random(7);
    Tensor x = random(random, 1, 64, 24, 24);
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, x.shape()))
            .initializer("w", random(random, 32, 64, 3, 3))
            .output("y", ValueType.UNKNOWN)
            .node("Conv", List.of("x", "w"), List.of("y"), Attributes.NONE)
            .build();
    double[] expected =
        ((Tensor) ReferenceEvaluator.run(graph, Map.of("x", x)).get("y")).toDoubles();
    double normal = error(graph, x, Accuracy.NORMAL, expected);
    double strict = error(graph, x, Accuracy.STRICT, expected);
    assertThat(strict).isLessThan(0.7 * normal);
  }

  /** The root of the mean of squared errors. */
  private static double error(Graph graph, Tensor x, Accuracy accuracy, double... expected) {
    SessionOptions options = SessionOptions.DEFAULTS.accuracy(accuracy);
    float[] actual;
    try (Session session = Session.open(graph, options)) {
      actual = ((Tensor) session.run(Map.of("x", x)).get("y")).toFloats();
    }
    double sum = 0;
    for (int i = 0; i < actual.length; i++) {
      sum += (actual[i] - expected[i]) * (actual[i] - expected[i]);
    }
    return Math.sqrt(sum / actual.length);
  }

  private static Tensor random(Random random, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }
}
