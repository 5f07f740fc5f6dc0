package dev.sardonyx.runtime.lowering;

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
import org.junit.jupiter.api.Test;

class ChannelsLastTest {
  @Property(tries = 60)
  void shufflesSlicesAndSplitsStayChannelsLast(@ForAll Random random) {
    int groups = between(random, 1, 4);
    int channels = 2 * groups * between(random, 1, 5);
    int[] shape = {between(random, 1, 2), between(random, 1, 4), between(random, 1, 6), 5};
    Graph.Builder b = graph(random, shape, channels);
    b.initializer("apart", Tensor.vector(0, groups, channels / groups, shape[2], shape[3]));
    b.initializer("together", Tensor.vector(shape[0], -1, shape[2], shape[3]));
    b.node("Reshape", List.of("c", "apart"), List.of("r"), Attributes.NONE);
    b.node("Transpose", List.of("r"), List.of("t"), ints("perm", 0, 2, 1, 3, 4));
    b.node("Reshape", List.of("t", "together"), List.of("s"), Attributes.NONE);
    int first = between(random, 0, channels - 1);
    b.initializer("starts", Tensor.vector(first, 1));
    b.initializer("ends", Tensor.vector(channels, 9));
    b.initializer("axes", Tensor.vector(random.nextBoolean() ? 1 : -3, 3));
    b.node("Slice", List.of("s", "starts", "ends", "axes"), List.of("part"), Attributes.NONE);
    b.node("Relu", List.of("part"), List.of("y"), Attributes.NONE);
    b.initializer("sizes", Tensor.vector(channels / 2, channels - channels / 2));
    b.node(
        "Split",
        List.of("s", "sizes"),
        List.of("left", "right"),
        Attributes.NONE.with("axis", Attribute.of(random.nextBoolean() ? 1 : -3)));
    b.node("Mul", List.of("left", "right"), List.of("z"), Attributes.NONE);
    b.output("y", ValueType.UNKNOWN);
    b.output("z", ValueType.UNKNOWN);
    Graph graph = b.build();
    // In, within the shuffle, and out twice.
    assertThat(Lowering.lower(graph).nodes().stream().filter(n -> n.is("Transpose"))).hasSize(4);
    check(graph, random(random, shape));
  }

  @Test
  void slopesAreMovedToTheLastDimensionAndArePartOfTheConvolution() {
    Model m = new Model(new Random(7));
    String x = m.node("Conv", m.input(1, 3, 8, 8), m.constant(8, 3, 3, 3));
    String y = m.node("Conv", m.node("PRelu", x, m.constant(8, 1, 1)), m.constant(4, 8, 3, 3));
    m.check(y, "ChannelsLastConv", "ChannelsLastConv", "Transpose");
    m = new Model(new Random(7));
    x = m.node("Conv", m.input(1, 3, 8, 8), m.constant(8, 3, 3, 3));
    m.check(m.node("PRelu", x, m.constant(1)), "ChannelsLastConv", "Transpose");
  }

  @Test
  void aConvolutionOfFewChannelsReadsThemFirstUnlessTheyAreThereLast() {
    Model m = new Model(new Random(7));
    m.check(m.node("Conv", m.input(1, 8, 9), m.constant(5, 8, 3)), "ChannelsLastConv", "Transpose");
    m = new Model(new Random(7));
    m.check(
        m.node("Conv", m.input(1, 9, 9, 9), m.constant(5, 9, 3, 3)),
        "Transpose",
        "ChannelsLastConv",
        "Transpose");
    m = new Model(new Random(7));
    Attributes window = Attributes.NONE.with("kernel_shape", Attribute.of(2L, 2L));
    String x = m.input(1, 3, 9, 9);
    String p = m.node("MaxPool", window, x);
    String y = m.node("Conv", p, m.constant(5, 3, 2, 2));
    String z = m.node("Conv", x, m.constant(5, 3, 3, 3));
    m.check(
        m.node("Add", y, z),
        "Transpose",
        "ChannelsLastPool",
        "ChannelsLastConv",
        "ChannelsLastConv",
        "Transpose");
  }

  @Test
  void aPointwiseConvolutionThatStandsAloneReadsItsImageAsItIs() {
    for (int images = 1; images <= 2; images++) {
      Model m = new Model(new Random(7));
      String x = m.input(images, 300, 24, 23);
      m.check(m.node("Conv", x, m.constant(9, 300, 1, 1), m.constant(9)), "Conv");
    }
    Model m = new Model(new Random(7));
    m.check(m.node("Conv", m.input(1, 5, 150), m.constant(70, 5, 1)), "Conv");
  }

  @Test
  void aPointwiseConvolutionStaysChannelsLastBesideOthersAndForFewPixels() {
    Model m = new Model(new Random(7));
    String x = m.node("Conv", m.input(1, 3, 16, 16), m.constant(8, 3, 3, 3));
    String y = m.node("Conv", x, m.constant(4, 8, 1, 1));
    m.check(y, "ChannelsLastConv", "ChannelsLastConv", "Transpose");
    m = new Model(new Random(7));
    y = m.node("Conv", m.input(1, 8, 5, 5), m.constant(4, 8, 1, 1));
    m.check(y, "Transpose", "ChannelsLastConv", "Transpose");
  }

  @Test
  void aMeanOverAllPixelsStaysChannelsLast() {
    for (int keepDims = 0; keepDims <= 1; keepDims++) {
      Model m = new Model(new Random(7));
      String x = m.node("Conv", m.input(2, 3, 4, 5), m.constant(8, 3, 1, 1));
      String axes = m.constant(Tensor.vector(-1, 2));
      Attributes keep = Attributes.NONE.with("keepdims", Attribute.of(keepDims));
      m.check(
          m.node("ReduceMean", keep, x, axes),
          "Transpose",
          "ChannelsLastConv",
          "ChannelsLastMean",
          keepDims == 1 ? "Transpose" : "Reshape");
    }
  }

  @Property(tries = 20)
  void blocksOfSpaceAndDepthStayChannelsLast(@ForAll Random random) {
    Model m = new Model(random);
    int b = between(random, 1, 3);
    int channels = between(random, 1, 4) * b * b;
    int[] shape = {between(random, 1, 2), 3, between(random, 1, 6), between(random, 1, 6)};
    String x = m.node("Conv", m.input(shape), m.constant(channels, 3, 1, 1));
    Attributes block = Attributes.NONE.with("blocksize", Attribute.of(b));
    Attributes mode = block.with("mode", Attribute.of(random.nextBoolean() ? "DCR" : "CRD"));
    String y = m.node("Relu", m.node("DepthToSpace", mode, x));
    y = m.node("SpaceToDepth", block, m.node("Conv", y, m.constant(2, channels / b / b, 1, 1)));
    m.check(
        y,
        "Transpose",
        "ChannelsLastConv",
        "ChannelsLastBlocks",
        "Relu",
        "ChannelsLastConv",
        "ChannelsLastBlocks",
        "Transpose");
  }

  @Property(tries = 20)
  void quantizationStaysChannelsLast(@ForAll Random random) {
    int[] shape = {between(random, 1, 2), 3, 4, 5};
    int channels = between(random, 2, 5);
    // Whole numbers and scales that are powers of two: no rounding error moves a level.
    Graph.Builder b =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, shape))
            .initializer("w", whole(random, channels, 3, 1, 1))
            .initializer("v", whole(random, 2, channels, 3, 3))
            .node("Conv", List.of("x", "w"), List.of("c"), Attributes.NONE);
    Tensor scale = Tensor.zeros(DType.FLOAT, channels);
    for (int i = 0; i < channels; i++) {
      scale.setDouble(i, Math.scalb(1.0, between(random, -2, 2)));
    }
    b.initializer("scale", scale);
    b.initializer("zero", Tensor.zeros(DType.INT8, channels));
    Attributes axis = Attributes.NONE.with("axis", Attribute.of(random.nextBoolean() ? 1 : -3));
    b.node("QuantizeLinear", List.of("c", "scale", "zero"), List.of("q"), axis);
    b.node("DequantizeLinear", List.of("q", "scale", "zero"), List.of("d"), axis);
    b.node("Conv", List.of("d", "v"), List.of("y"), Attributes.NONE);
    b.output("y", ValueType.UNKNOWN);
    Graph graph = b.build();
    assertThat(Lowering.lower(graph).nodes().stream().filter(n -> n.is("Transpose"))).hasSize(2);
    check(graph, whole(random, shape));
  }

  @Test
  void newNamesAreNoneThatTheModelHas() {
    Random random = new Random(1);
    int[] shape = {1, 2, 3, 4};
    Graph.Builder b = graph(random, shape, 3);
    b.node("Relu", List.of("c"), List.of("c/last"), Attributes.NONE);
    b.node("Neg", List.of("c"), List.of("x/last"), Attributes.NONE);
    b.node("Add", List.of("c/last", "x/last"), List.of("y"), Attributes.NONE);
    b.output("y", ValueType.UNKNOWN);
    check(b.build(), random(random, shape));
  }

  /** A graph that has computed c of some channels by a convolution. */
  private static Graph.Builder graph(Random random, int[] shape, int channels) {
    return new Graph.Builder(StandardOperators.set())
        .input("x", ValueType.tensor(DType.FLOAT, shape))
        .initializer("w", random(random, channels, shape[1], 1, 1))
        .node("Conv", List.of("x", "w"), List.of("c"), Attributes.NONE);
  }

  private static void check(Graph graph, Tensor x) {
    Map<String, ?> expected = ReferenceEvaluator.run(graph, Map.of("x", x));
    for (int threads = 1; threads <= 2; threads++) {
      SessionOptions options = SessionOptions.DEFAULTS.threads(threads).optimize(false);
      try (Session session = Session.open(graph, options)) {
        session
            .run(Map.of("x", x))
            .forEach((name, value) -> checkClose((Tensor) value, (Tensor) expected.get(name)));
      }
    }
  }

  private static void checkClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    for (int i = 0; i < actual.size(); i++) {
      double e = expected.getDouble(i);
      assertThat(Math.abs(actual.getDouble(i) - e)).isLessThanOrEqualTo(2e-5 * (1 + Math.abs(e)));
    }
  }

  private static Attributes ints(String name, long... values) {
    return Attributes.NONE.with(name, Attribute.of(values));
  }

  private static Tensor random(Random random, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }

  private static Tensor whole(Random random, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, between(random, -9, 9));
    }
    return t;
  }

  private static int between(Random random, int from, int to) {
    return from + random.nextInt(to - from + 1);
  }
}
