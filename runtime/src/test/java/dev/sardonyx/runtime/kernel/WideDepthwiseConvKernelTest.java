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
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Depthwise convolutions with seven taps in a row and any padding, in one band or several. */
class WideDepthwiseConvKernelTest {
  /** The error as a share of the largest output. */
  private static final double TOLERANCE = 5e-6;

  @Property(tries = 60)
  void convolvesAsTheReferenceDoesAndWithTheSameBitsForAnyNumberOfThreads(@ForAll Random random) {
    int images = 1 + random.nextInt(2);
    int channels = 2 + random.nextInt(random.nextInt(3) == 0 ? 400 : 40);
    int height = 1 + random.nextInt(24);
    int width = 1 + random.nextInt(24);
    int tapRows = 1 + random.nextInt(7);
    long[] pads = {
      random.nextInt(tapRows), random.nextInt(7), random.nextInt(tapRows), random.nextInt(7)
    };
    int outHeight = height + (int) (pads[0] + pads[2]) - tapRows + 1;
    int outWidth = width + (int) (pads[1] + pads[3]) - 6;
    Assume.that(outHeight > 0 && outWidth > 0);
    Tensor x = random(random, images, channels, height, width);
    Tensor residual = random(random, images, channels, outHeight, outWidth);
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, x.shape()))
            .input("r", ValueType.tensor(DType.FLOAT, residual.shape()))
            .initializer("w", random(random, channels, 1, tapRows, 7))
            .initializer("b", random(random, channels))
            .output("z", ValueType.UNKNOWN)
            .node(
                "Conv",
                List.of("x", "w", "b"),
                List.of("y"),
                Attributes.NONE
                    .with("pads", Attribute.of(pads))
                    .with("group", Attribute.of((long) channels)))
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
