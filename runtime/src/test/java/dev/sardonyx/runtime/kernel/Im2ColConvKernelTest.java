package dev.sardonyx.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;

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

/** Convolutions with many channels and strides, whose threads share pixels or output channels. */
class Im2ColConvKernelTest {
  /** The error as a share of the largest output. */
  private static final double TOLERANCE = 5e-6;

  @Property(tries = 20)
  void convolvesAsTheReferenceDoesAndWithTheSameBitsForAnyNumberOfThreads(@ForAll Random random) {
    int images = 1 + random.nextInt(2);
    int inputs = 1 + random.nextInt(450);
    int outputs = 1 + random.nextInt(700);
    int size = 1 + random.nextInt(10);
    int kernel = 1 + 2 * random.nextInt(2);
    int stride = 1 + random.nextInt(2);
    int pad = kernel / 2;
    int outSize = (size + 2 * pad - kernel) / stride + 1;
    Tensor x = random(random, images, inputs, size, size);
    Tensor residual = random(random, images, outputs, outSize, outSize);
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, x.shape()))
            .input("r", ValueType.tensor(DType.FLOAT, residual.shape()))
            .initializer("w", random(random, outputs, inputs, kernel, kernel))
            .initializer("b", random(random, outputs))
            .output("z", ValueType.UNKNOWN)
            .node(
                "Conv",
                List.of("x", "w", "b"),
                List.of("y"),
                Attributes.NONE
                    .with("pads", Attribute.of(new long[] {pad, pad, pad, pad}))
                    .with("strides", Attribute.of(new long[] {stride, stride})))
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
