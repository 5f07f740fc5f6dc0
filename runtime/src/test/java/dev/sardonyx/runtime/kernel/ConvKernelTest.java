package dev.sardonyx.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
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

/** 1×1 convolutions that stand alone. */
class ConvKernelTest {
  /** The error as a share of the largest output. */
  private static final double TOLERANCE = 5e-6;

  @Property(tries = 20)
  void convolvesAsTheReferenceDoesAndWithTheSameBitsForAnyNumberOfThreads(@ForAll Random random) {
    int inputs = (1 + random.nextInt(75)) * (random.nextBoolean() ? 4 : 3);
    int outputs = 1 + random.nextInt(400);
    int height = 1 + random.nextInt(12);
    int width = 1 + random.nextInt(12);
    check(random, 1 + random.nextInt(2), inputs, outputs, height, width, random.nextBoolean());
  }

  @Test
  void convolvesAnImageThatIsTooLargeForOneStrip() {
    check(new Random(1), 2, 700, 50, 29, 41, true);
  }

  private static void check(
      Random random, int images, int inputs, int outputs, int height, int width, boolean bias) {
    Tensor x = random(random, images, inputs, height, width);
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, x.shape()))
            .initializer("w", random(random, outputs, inputs, 1, 1))
            .initializer("b", random(random, outputs))
            .output("y", ValueType.UNKNOWN)
            .node(
                "Conv",
                bias ? List.of("x", "w", "b") : List.of("x", "w"),
                List.of("y"),
                Attributes.NONE)
            .build();
    Map<String, Tensor> given = Map.of("x", x);
    double[] expected = ((Tensor) ReferenceEvaluator.run(graph, given).get("y")).toDoubles();
    double largest = 0;
    for (double e : expected) {
      largest = Math.max(largest, Math.abs(e));
    }
    float[] first = null;
    for (int threads = 1; threads <= 4; threads++) {
      float[] actual;
      try (Session session = Session.open(graph, SessionOptions.DEFAULTS.threads(threads))) {
        actual = ((Tensor) session.run(given).get("y")).toFloats();
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

  private static Tensor random(Random random, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }
}
