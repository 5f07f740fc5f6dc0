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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Products with constant weights, whatever threads share of them. */
class LinearKernelTest {
  /** The error as a share of the largest output. */
  private static final double TOLERANCE = 1e-6;

  @ParameterizedTest(name = "{0} rows, {1} columns")
  @CsvSource({
    "1, 300", // few rows: columns are shared
    "20, 1000",
    "99, 300", // fewer rows than columns
    "100, 1111",
    "99, 110", // fewer rows, but too few panels for two threads
    "250, 70", // fewer columns
    "513, 500",
  })
  void multipliesAsTheReferenceDoesAndWithTheSameBitsForAnyNumberOfThreads(int rows, int columns) {
    int k = 150;
    Random random = new Random(5);
    Tensor x = random(random, rows, k);
    Tensor residual = random(random, rows, columns);
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, x.shape()))
            .input("r", ValueType.tensor(DType.FLOAT, residual.shape()))
            .initializer("w", random(random, k, columns))
            .initializer("b", random(random, columns))
            .output("z", ValueType.UNKNOWN)
            .node("Gemm", List.of("x", "w", "b"), List.of("y"), Attributes.NONE)
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
    for (int threads = 1; threads <= 4; threads++) {
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

  private static Tensor random(Random random, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }
}
