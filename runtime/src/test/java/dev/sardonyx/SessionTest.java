package dev.sardonyx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.runtime.NodeTime;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class SessionTest {
  private final Random random = new Random(7);

  private Tensor randomTensor(int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }

  private static Tensor scaled(double by, Tensor t) {
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, by * t.getDouble(i));
    }
    return t;
  }

  /** x [n, 3, h, w] → convolutions with a shortcut → pool → dense layer → softmax. */
  private Graph smallNet() {
    Dim n = Dim.symbol("n");
    return new Graph.Builder(StandardOperators.set())
        .input("x", ValueType.tensor(DType.FLOAT, Shape.of(n, Dim.of(3), Dim.of(12), Dim.of(12))))
        .initializer("w1", randomTensor(8, 3, 3, 3))
        .initializer("b1", randomTensor(8))
        .initializer("w2", randomTensor(8, 4, 3, 3))
        .initializer("w3", randomTensor(8, 1, 3, 3))
        .initializer("scale", randomTensor(1, 8, 1, 1))
        .initializer("dense", scaled(0.001, randomTensor(8 * 6 * 6, 10)))
        .initializer("bias", randomTensor(10))
        .node("Conv", List.of("x", "w1", "b1"), List.of("c1"), pads())
        .node("Relu", List.of("c1"), List.of("r1"), Attributes.NONE)
        .node("Conv", List.of("r1", "w2"), List.of("c2"), pads().with("group", Attribute.of(2L)))
        .node("Conv", List.of("c2", "w3"), List.of("c3"), pads().with("group", Attribute.of(8L)))
        .node("Mul", List.of("c3", "scale"), List.of("m"), Attributes.NONE)
        .node("Add", List.of("m", "r1"), List.of("sum"), Attributes.NONE)
        .node(
            "MaxPool",
            List.of("sum"),
            List.of("p"),
            Attributes.NONE
                .with("kernel_shape", Attribute.of(2L, 2L))
                .with("strides", Attribute.of(2L, 2L)))
        .node("Flatten", List.of("p"), List.of("f"), Attributes.NONE)
        .node("Gemm", List.of("f", "dense", "bias"), List.of("scores"), Attributes.NONE)
        .node("Softmax", List.of("scores"), List.of("y"), Attributes.NONE)
        .output("y", ValueType.tensor(DType.FLOAT, Shape.of(n, Dim.of(10))))
        .output("sum", ValueType.UNKNOWN)
        .build();
  }

  private static Attributes pads() {
    return Attributes.NONE.with("pads", Attribute.of(1L, 1L, 1L, 1L));
  }

  private static void assertClose(Value actual, Value expected) {
    Tensor a = (Tensor) actual;
    Tensor e = (Tensor) expected;
    assertThat(a.shape()).isEqualTo(e.shape());
    assertThat(a.dtype()).isEqualTo(e.dtype());
    double largest = 0;
    for (int i = 0; i < e.size(); i++) {
      largest = Math.max(largest, Math.abs(e.getDouble(i)));
    }
    // Sums of large terms that cancel are as exact as the terms are.
    for (int i = 0; i < a.size(); i++) {
      assertThat(a.getDouble(i)).isCloseTo(e.getDouble(i), Offset.offset(1e-6 * largest));
    }
  }

  @Test
  void computesWhatTheReferenceComputes() {
    Graph graph = smallNet();
    for (boolean optimize : new boolean[] {false, true}) {
      try (Session session = Session.open(graph, SessionOptions.DEFAULTS.optimize(optimize))) {
        for (int n : new int[] {1, 3, 1}) {
          Map<String, Tensor> inputs = Map.of("x", randomTensor(n, 3, 12, 12));
          Map<String, Value> expected = ReferenceEvaluator.run(graph, inputs);
          Map<String, Value> actual = session.run(inputs);
          assertThat(actual.keySet()).containsExactly("y", "sum");
          assertClose(actual.get("y"), expected.get("y"));
          assertClose(actual.get("sum"), expected.get("sum"));
        }
      }
    }
  }

  @Test
  void givesTheSameBitsForAnyNumberOfThreads() {
    Graph graph = smallNet();
    Map<String, Tensor> inputs = Map.of("x", randomTensor(2, 3, 12, 12));
    Map<String, Value> expected = null;
    for (int threads = 1; threads <= 4; threads++) {
      try (Session session = Session.open(graph, SessionOptions.DEFAULTS.threads(threads))) {
        Map<String, Value> actual = session.run(inputs);
        expected = expected == null ? actual : expected;
        assertThat(actual).isEqualTo(expected);
      }
    }
  }

  @Test
  void servesManyThreadsAtOnce() throws Exception {
    Graph graph = smallNet();
    ExecutorService pool = Executors.newFixedThreadPool(4);
    try (Session session = Session.open(graph, SessionOptions.DEFAULTS.threads(2))) {
      List<Map<String, Tensor>> inputs = new ArrayList<>();
      List<Map<String, Value>> expected = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        inputs.add(Map.of("x", randomTensor(1 + i % 3, 3, 12, 12)));
        expected.add(session.run(inputs.get(i)));
      }
      List<Future<Map<String, Value>>> results = new ArrayList<>();
      for (int round = 0; round < 20; round++) {
        for (Map<String, Tensor> input : inputs) {
          results.add(pool.submit(() -> session.run(input)));
        }
      }
      for (int i = 0; i < results.size(); i++) {
        assertThat(results.get(i).get()).isEqualTo(expected.get(i % 8));
      }
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void anotherSessionSharesTheWeightsAndOutlivesTheFirst() throws Exception {
    Session first = Session.open(smallNet(), SessionOptions.DEFAULTS.threads(2));
    Map<String, Tensor> one = Map.of("x", randomTensor(1, 3, 12, 12));
    Map<String, Tensor> three = Map.of("x", randomTensor(3, 3, 12, 12));
    Map<String, Value> ofOne = first.run(one);
    Map<String, Value> ofThree = first.run(three);
    Session second = first.withThreads(1);
    assertThat(second.graph()).isSameAs(first.graph());
    assertThat(second.run(one)).isEqualTo(ofOne);
    first.close();
    assertThat(second.run(three)).isEqualTo(ofThree);
    second.close();
    assertThatThrownBy(() -> second.withThreads(1)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void computesOnlyTheOutputsAskedFor() {
    try (Session session = Session.open(smallNet())) {
      Map<String, Tensor> inputs = Map.of("x", randomTensor(1, 3, 12, 12));
      Map<String, Value> all = session.run(inputs);
      assertThat(session.run(inputs, Set.of("sum"))).isEqualTo(Map.of("sum", all.get("sum")));
    }
  }

  @Test
  void writesIntoTensorsOfTheCaller() {
    try (Session session = Session.open(smallNet())) {
      Map<String, Tensor> inputs = Map.of("x", randomTensor(1, 3, 12, 12));
      Tensor y = Tensor.zeros(DType.FLOAT, 1, 10);
      Map<String, Value> outputs = session.run(inputs, Map.of("y", y));
      assertThat(outputs.get("y")).isSameAs(y);
      assertThat(y).isEqualTo(session.run(inputs).get("y"));
      Tensor wrong = Tensor.zeros(DType.FLOAT, 10);
      assertThatThrownBy(() -> session.run(inputs, Map.of("y", wrong)))
          .isInstanceOf(ModelException.class)
          .hasMessage("output 'y': expected a tensor of float[1, 10] to write to, got float[10]");
      assertThat(session.run(inputs).get("y")).isEqualTo(y);
    }
  }

  @Test
  void outputsAreNotOverwrittenByTheNextRun() {
    try (Session session = Session.open(smallNet())) {
      Map<String, Tensor> first = Map.of("x", randomTensor(1, 3, 12, 12));
      Tensor y = (Tensor) session.run(first).get("y");
      Tensor before = y.copy();
      session.run(Map.of("x", randomTensor(1, 3, 12, 12)));
      assertThat(y).isEqualTo(before);
    }
  }

  @Test
  void keepsEvaluatedValuesThatAreViewsOfOverwrittenOnes() {
    // The cast yields its input, whose memory Neg takes over.
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, Shape.of(Dim.symbol("n"))))
            .node("Relu", List.of("x"), List.of("r"), Attributes.NONE)
            .node("Cast", List.of("r"), List.of("c"), Attributes.NONE.with("to", Attribute.of(1L)))
            .node("SequenceConstruct", List.of("r"), List.of("s"), Attributes.NONE)
            .node("Neg", List.of("x"), List.of("n"), Attributes.NONE)
            .node("Add", List.of("n", "c"), List.of("y"), Attributes.NONE)
            .output("y", ValueType.UNKNOWN)
            .output("s", ValueType.UNKNOWN)
            .build();
    Map<String, Tensor> inputs = Map.of("x", randomTensor(100));
    try (Session session = Session.open(graph, SessionOptions.DEFAULTS.optimize(false))) {
      assertThat(session.run(inputs)).isEqualTo(ReferenceEvaluator.run(graph, inputs));
    }
  }

  @Test
  void tellsWhatEachNodeTakes() {
    try (Session session = Session.open(smallNet())) {
      List<NodeTime> times = session.profile(Map.of("x", randomTensor(2, 3, 12, 12)));
      assertThat(times).allMatch(t -> t.nanos() >= 0);
      NodeTime softmax =
          times.stream().filter(t -> t.node().is("Softmax")).findFirst().orElseThrow();
      assertThat(softmax.inputs()).containsExactly(ValueType.tensor(DType.FLOAT, Shape.of(2, 10)));
      assertThat(softmax.outputs()).isEqualTo(softmax.inputs());
    }
  }

  @Test
  void refusesOddInputsOfNodesInsteadOfFailing() {
    Tensor w = randomTensor(3, 3, 3, 3);
    List<List<String>> nodes =
        List.of(
            List.of("Relu", "c", "c"), // one input too many
            List.of("Conv", "c", "w", "c"), // a bias that is an image
            List.of("Add", "c", "ints"));
    for (List<String> node : nodes) {
      Graph graph =
          new Graph.Builder(StandardOperators.set())
              .input("x", ValueType.tensor(DType.FLOAT, Shape.of(1, 3, 8, 8)))
              .initializer("w", w)
              .initializer("ints", Tensor.vector(1, 2, 3))
              .node("Conv", List.of("x", "w"), List.of("c"), pads())
              .node(node.get(0), node.subList(1, node.size()), List.of("y"), Attributes.NONE)
              .output("y", ValueType.UNKNOWN)
              .build();
      for (boolean optimize : new boolean[] {false, true}) {
        SessionOptions options = SessionOptions.DEFAULTS.threads(1).optimize(optimize);
        try (Session session = Session.open(graph, options)) {
          session.run(Map.of("x", randomTensor(1, 3, 8, 8)));
        } catch (ModelException e) {
          assertThat(e.getMessage()).contains(node.get(0));
        }
      }
    }
  }

  @Test
  void saysWhatWasExpectedOfAnInput() {
    try (Session session = Session.open(smallNet())) {
      assertThatThrownBy(() -> session.run(Map.of()))
          .isInstanceOf(ModelException.class)
          .hasMessage("input 'x': expected float[n, 3, 12, 12], but none was given");
      assertThatThrownBy(() -> session.run(Map.of("x", randomTensor(1, 3, 12))))
          .isInstanceOf(ModelException.class)
          .hasMessage("input 'x': expected float[n, 3, 12, 12], got float[1, 3, 12]");
      assertThatThrownBy(() -> session.run(Map.of("x", Tensor.vector(1))))
          .isInstanceOf(ModelException.class)
          .hasMessage("input 'x': expected float[n, 3, 12, 12], got int64[1]");
      Map<String, Tensor> two = Map.of("x", randomTensor(1, 3, 12, 12), "z", randomTensor(1));
      assertThatThrownBy(() -> session.run(two))
          .isInstanceOf(ModelException.class)
          .hasMessage("input 'z': expected one of [x]");
      assertThatThrownBy(() -> session.run(Map.of("x", randomTensor(1, 3, 12, 12)), Set.of("w")))
          .isInstanceOf(ModelException.class)
          .hasMessage("output 'w': expected one of [y, sum]");
    }
  }
}
