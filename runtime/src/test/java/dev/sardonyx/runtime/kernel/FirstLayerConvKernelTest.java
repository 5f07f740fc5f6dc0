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
import org.junit.jupiter.api.Test;

/** Convolutions of images with few channels, whose sums have odd lengths. */
class FirstLayerConvKernelTest {
  /** The error as a share of the largest output. */
  private static final double TOLERANCE = 5e-6;

  @Test
  void convolvesAsTheReferenceDoesAndWithTheSameBitsForAnyNumberOfThreads() {
    check(image());
  }

  @Test
  void aPixelThatIsNoNumberChangesNothingBehindTheWindowsThatReadIt() {
    Tensor x = image();
    x.setDouble(2 * 11 * 23 + 5 * 23 + 12, Double.POSITIVE_INFINITY);
    check(x);
  }

  @Test
  void windowsOfAllKindsSeeTheSameChannelsFirstAndLast() {
    Random random = new Random(3);
    for (int round = 0; round < 60; round++) {
      int channels = 1 + random.nextInt(8);
      Tensor x = random(random, 1 + random.nextInt(2), channels, 9, 10 + random.nextInt(20));
      Tensor w =
          random(
              random,
              1 + random.nextInt(40),
              channels,
              1 + random.nextInt(3),
              2 + random.nextInt(3));
      Attributes window =
          Attributes.NONE
              .with("strides", sizes(random, 1, 4, 2))
              .with("dilations", sizes(random, 1, 2, 2))
              .with("pads", sizes(random, 0, 5, 4));
      for (boolean last : new boolean[] {false, true}) {
        Graph.Builder graph =
            new Graph.Builder(StandardOperators.set())
                .input("x", ValueType.tensor(DType.FLOAT, x.shape()))
                .initializer("w", w)
                .output("z", ValueType.UNKNOWN);
        if (last) {
          Attributes one = Attributes.NONE.with("kernel_shape", Attribute.of(new long[] {1, 1}));
          graph.node("MaxPool", List.of("x"), List.of("p"), one);
        }
        graph
            .node("Conv", List.of(last ? "p" : "x", "w"), List.of("y"), window)
            .node("Relu", List.of("y"), List.of("z"), Attributes.NONE);
        check(graph.build(), x);
      }
    }
  }

  @Test
  void neighbouringPixelsOfFewOutputChannelsAreMultipliedTogether() {
    Random random = new Random(4);
    for (int round = 0; round < 60; round++) {
      int channels = 1 + random.nextInt(3);
      int outputs = 1 + random.nextInt(8);
      Tensor x = random(random, 2, channels, 9, 20 + random.nextInt(60));
      check(narrow(random, x, outputs), x);
    }
  }

  @Test
  void aPixelThatIsNoNumberIsSeenByNoNeighbour() {
    Random random = new Random(5);
    for (double value : new double[] {Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      for (int outputs = 1; outputs <= 8; outputs++) {
        Tensor x = random(random, 2, 2, 9, 48);
        x.setDouble(random.nextInt(x.size()), value);
        check(narrow(random, x, outputs), x);
      }
    }
  }

  /** A convolution with few outputs, bias and slopes, and rows of all kinds of lengths. */
  private static Graph narrow(Random random, Tensor x, int outputs) {
    int height = 1 + random.nextInt(3);
    int width = 1 + random.nextInt(5);
    Tensor w = random(random, outputs, x.dim(1), height, width);
    for (int i = 0; i < w.size(); i++) {
      // Infinity times these is never NaN.
      w.setDouble(i, Math.abs(w.getDouble(i)));
    }
    return new Graph.Builder(StandardOperators.set())
        .input("x", ValueType.tensor(DType.FLOAT, x.shape()))
        .initializer("w", w)
        .initializer("b", random(random, outputs))
        .initializer("slopes", random(random, outputs, 1, 1))
        .output("z", ValueType.UNKNOWN)
        .node(
            "Conv",
            List.of("x", "w", "b"),
            List.of("y"),
            Attributes.NONE
                .with("strides", sizes(random, 1, 2, 2))
                .with("pads", sizes(random, 0, 3, 4)))
        .node("PRelu", List.of("y", "slopes"), List.of("z"), Attributes.NONE)
        .build();
  }

  private static Attribute sizes(Random random, int least, int most, int count) {
    return Attribute.of(random.longs(count, least, most + 1).toArray());
  }

  private static Tensor image() {
    return random(new Random(1), 1, 3, 11, 23);
  }

  private static void check(Tensor x) {
    Random random = new Random(2);
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, x.shape()))
            .initializer("w", random(random, 40, 3, 3, 3))
            .initializer("b", random(random, 40))
            .output("z", ValueType.UNKNOWN)
            .node(
                "Conv",
                List.of("x", "w", "b"),
                List.of("y"),
                Attributes.NONE.with("strides", Attribute.of(new long[] {1, 2})))
            .node("Relu", List.of("y"), List.of("z"), Attributes.NONE)
            .build();
    check(graph, x);
  }

  private static void check(Graph graph, Tensor x) {
    double[] expected =
        ((Tensor) ReferenceEvaluator.run(graph, Map.of("x", x)).get("z")).toDoubles();
    double largest = 0;
    for (double e : expected) {
      largest = Double.isInfinite(e) ? largest : Math.max(largest, Math.abs(e));
    }
    float[] first = null;
    for (int threads = 1; threads <= 3; threads++) {
      float[] actual;
      try (Session session = Session.open(graph, SessionOptions.DEFAULTS.threads(threads))) {
        actual = ((Tensor) session.run(Map.of("x", x)).get("z")).toFloats();
      }
      for (int i = 0; i < expected.length; i++) {
        if (Double.isInfinite(expected[i])) {
          assertThat((double) actual[i]).as("element %d", i).isEqualTo(expected[i]);
        } else {
          assertThat(Math.abs(actual[i] - expected[i]))
              .as("%d threads, element %d", threads, i)
              .isLessThanOrEqualTo(TOLERANCE * largest);
        }
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
