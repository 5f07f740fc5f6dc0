package dev.sardonyx.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.Accuracy;
import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.plan.Program;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** RNN, GRU and LSTM against the reference, and their bits for each provider and thread count. */
class RecurrentKernelTest {
  private static final String[] DIRECTIONS = {"forward", "reverse", "bidirectional"};
  private static final List<String> ACTIVATIONS =
      List.of("Tanh", "Sigmoid", "HardSigmoid", "Softsign", "Relu", "LeakyRelu", "Elu", "Softplus");

  /** So many of these have values between -1 and 1. */
  private static final int BOUNDED = 4;

  @Property(tries = 150)
  void agreesWithTheReferenceForAnyShapesAndAttributes(@ForAll Random random) {
    for (String opType : new String[] {"RNN", "GRU", "LSTM"}) {
      Map<String, Tensor> fed = new LinkedHashMap<>();
      Graph graph =
          graph(
              random,
              opType,
              1 + random.nextInt(7),
              1 + random.nextInt(3),
              random.nextInt(90),
              fed);
      Map<String, Value> expected = ReferenceEvaluator.run(graph, fed);
      Value[] actual = run(graph, fed, Kernels.best(), 1 + random.nextInt(2));
      for (int i = 0; i < actual.length; i++) {
        assertClose((Tensor) actual[i], (Tensor) expected.get(graph.outputs().get(i).name()));
      }
    }
  }

  @Test
  void givesTheSameBitsForAnyProviderAndNumberOfThreads() {
    Random random = new Random(7);
    for (int i = 0; i < 8; i++) {
      for (String opType : new String[] {"RNN", "GRU", "LSTM"}) {
        Map<String, Tensor> fed = new LinkedHashMap<>();
        Graph graph =
            graph(random, opType, 12, 1 + random.nextInt(2), 100 + random.nextInt(200), fed);
        Value[] expected = run(graph, fed, Kernels.portable(), 1);
        for (int threads = 1; threads <= 4; threads++) {
          assertSame(run(graph, fed, Kernels.portable(), threads), expected);
          if (Kernels.vector().isPresent()) {
            assertSame(run(graph, fed, Kernels.vector().get(), threads), expected);
          }
        }
      }
    }
  }

  /** One node with random attributes, some inputs left out. */
  private static Graph graph(
      Random random, String opType, int time, int batch, int moreHidden, Map<String, Tensor> fed) {
    int gates = opType.equals("LSTM") ? 4 : opType.equals("GRU") ? 3 : 1;
    int hidden = 1 + moreHidden;
    int features = 1 + random.nextInt(20);
    String direction = DIRECTIONS[random.nextInt(3)];
    int d = direction.equals("bidirectional") ? 2 : 1;
    boolean batchFirst = random.nextInt(3) == 0;
    Attributes attributes =
        attributes(random, opType, time, hidden, d).with("direction", Attribute.of(direction));
    if (batchFirst) {
      attributes = attributes.with("layout", Attribute.of(1L));
    }
    Graph.Builder b = new Graph.Builder(StandardOperators.set());
    fed.put(
        "x",
        batchFirst ? random(random, batch, time, features) : random(random, time, batch, features));
    b.initializer("w", random(random, d, gates * hidden, features));
    b.initializer("r", random(random, d, gates * hidden, hidden));
    List<String> inputs = new ArrayList<>(List.of("x", "w", "r"));
    inputs.add(random.nextInt(4) == 0 ? "" : "b");
    b.initializer("b", random(random, d, 2 * gates * hidden));
    inputs.add(random.nextInt(3) == 0 ? "lengths" : "");
    fed.put("lengths", lengths(random, batch, time));
    int[] state = batchFirst ? new int[] {batch, d, hidden} : new int[] {d, batch, hidden};
    inputs.add(random.nextBoolean() ? "" : "h");
    fed.put("h", random(random, state));
    if (gates == 4) {
      inputs.add(random.nextBoolean() ? "" : "c");
      fed.put("c", random(random, state));
      inputs.add(random.nextInt(3) == 0 ? "p" : "");
      b.initializer("p", random(random, d, 3 * hidden));
    }
    fed.keySet().removeIf(name -> !inputs.contains(name));
    fed.forEach((name, t) -> b.input(name, ValueType.tensor(t.dtype(), t.shape())));
    List<String> outputs = new ArrayList<>();
    for (String name : gates == 4 ? List.of("y", "yh", "yc") : List.of("y", "yh")) {
      boolean wanted = name.equals("yh") || random.nextInt(4) > 0;
      outputs.add(wanted ? name : "");
      if (wanted) {
        b.output(name, ValueType.UNKNOWN);
      }
    }
    return b.node(opType, inputs, outputs, attributes).build();
  }

  private static Attributes attributes(
      Random random, String opType, int time, int hidden, int directions) {
    Attributes a = Attributes.NONE.with("hidden_size", Attribute.of((long) hidden));
    boolean clips = random.nextInt(3) == 0;
    if (clips) {
      a = a.with("clip", Attribute.of(0.5f));
    }
    if (opType.equals("GRU") && random.nextBoolean()) {
      a = a.with("linear_before_reset", Attribute.of(1L));
    }
    if (opType.equals("LSTM") && random.nextInt(3) == 0) {
      a = a.with("input_forget", Attribute.of(1L));
    }
    if (random.nextInt(3) == 0) {
      int count = (opType.equals("LSTM") ? 3 : opType.equals("GRU") ? 2 : 1) * directions;
      // Without bounds states may be squared by every step, and their rounding errors with them.
      List<String> all = clips || time <= 2 ? ACTIVATIONS : ACTIVATIONS.subList(0, BOUNDED);
      List<String> names = random.ints(count, 0, all.size()).mapToObj(all::get).toList();
      a =
          a.with("activations", new Attribute.StringsValue(names))
              .with("activation_alpha", new Attribute.FloatsValue(List.of(0.3f, 0.1f)));
    }
    return a;
  }

  private static Tensor lengths(Random random, int batch, int time) {
    Tensor t = Tensor.zeros(DType.INT32, batch);
    for (int n = 0; n < batch; n++) {
      t.setLong(n, random.nextInt(time + 1));
    }
    return t;
  }

  /** Small enough for sums that saturate nothing. */
  private static Tensor random(Random random, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    double scale = 1 / Math.sqrt(shape[shape.length - 1]);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, scale * random.nextGaussian());
    }
    return t;
  }

  private static Value[] run(Graph graph, Map<String, Tensor> fed, Kernels kernels, int threads) {
    try (Workers workers = new Workers(threads)) {
      Program program = new Program(graph, kernels, workers, Accuracy.NORMAL);
      Value[] inputs = program.inputNames().stream().map(fed::get).toArray(Value[]::new);
      boolean[] wanted = new boolean[graph.outputs().size()];
      Arrays.fill(wanted, true);
      return program.run(inputs, wanted, null);
    }
  }

  private static void assertSame(Value[] actual, Value... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(((Tensor) actual[i]).toFloats()).isEqualTo(((Tensor) expected[i]).toFloats());
    }
  }

  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    for (int i = 0; i < actual.size(); i++) {
      double e = expected.getDouble(i);
      double a = actual.getDouble(i);
      assertThat(a).as("element %d", i).isCloseTo(e, within(1e-5 + 1e-5 * Math.abs(e)));
    }
  }
}
