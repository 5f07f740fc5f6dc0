package dev.sardonyx.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.Accuracy;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.optimizer.Level;
import dev.sardonyx.optimizer.Optimizer;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.Lowering;
import dev.sardonyx.runtime.plan.Program;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Results are the same, bit for bit, for any number of threads and both kernel providers. */
class SameBitsTest {
  @Test
  void ofSentences() {
    assertSameBits(
        OnnxReader.read(RealModels.bytes(RealModels.MINILM)), RealModels.tokens(1, 16, 16));
  }

  @Test
  void ofLinesOfText() {
    assertSameBits(
        OnnxReader.read(RealModels.bytes(RealModels.RECOGNITION)), RealModels.picture(48, 320, 5));
  }

  @ParameterizedTest
  @ValueSource(strings = {"lenet5", "net1", "resnet-tiny", "encoder-tiny", "lstm-tiny"})
  void ofFixtures(String name) {
    RealModels.Fixture fixture = RealModels.fixture(name);
    fixture.data().forEach(d -> assertSameBits(fixture.graph(), d.inputs()));
  }

  @Test
  void ofSqueezedAndExcitedImages() {
    Random random = new Random(1);
    Graph.Builder b = new Graph.Builder(StandardOperators.set());
    Tensor x = random(random, 2, 24, 13, 11);
    b.input("x", ValueType.tensor(DType.FLOAT, x.shape()));
    b.initializer("v", random(random, 56, 24, 1, 1));
    b.initializer("w", random(random, 56, 56, 1, 1));
    b.initializer("u", random(random, 37, 56, 1, 1));
    b.node("Conv", List.of("x", "v"), List.of("image"), Attributes.NONE);
    b.node("GlobalAveragePool", List.of("image"), List.of("mean"), Attributes.NONE);
    b.node("Conv", List.of("mean", "w"), List.of("sum"), Attributes.NONE);
    b.node("Sigmoid", List.of("sum"), List.of("scale"), Attributes.NONE);
    b.node("Mul", List.of("image", "scale"), List.of("scaled"), Attributes.NONE);
    b.node("Conv", List.of("scaled", "u"), List.of("y"), Attributes.NONE);
    assertSameBits(b.output("y", ValueType.UNKNOWN).build(), Map.of("x", x));
  }

  private static Tensor random(Random random, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }

  private static void assertSameBits(Graph model, Map<String, ? extends Value> inputs) {
    Graph graph = Lowering.lower(Optimizer.of(Level.FULL).optimize(model).graph());
    Kernels vector = Kernels.vector().orElseThrow();
    List<Value> expected = run(graph, inputs, vector, 1);
    for (int threads = 1; threads <= 4; threads++) {
      assertSameBits(run(graph, inputs, vector, threads), expected);
      assertSameBits(run(graph, inputs, Kernels.portable(), threads), expected);
    }
  }

  private static List<Value> run(
      Graph graph, Map<String, ? extends Value> inputs, Kernels kernels, int threads) {
    Workers workers = new Workers(threads);
    try {
      Program program = new Program(graph, kernels, workers, Accuracy.NORMAL);
      Value[] given = program.inputNames().stream().map(inputs::get).toArray(Value[]::new);
      boolean[] wanted = new boolean[graph.outputs().size()];
      Arrays.fill(wanted, true);
      return List.of(program.run(given, wanted, null));
    } finally {
      workers.close();
    }
  }

  private static void assertSameBits(List<Value> actual, List<Value> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int o = 0; o < expected.size(); o++) {
      Tensor a = (Tensor) actual.get(o);
      Tensor e = (Tensor) expected.get(o);
      assertThat(a.shape()).isEqualTo(e.shape());
      for (int i = 0; i < e.size(); i++) {
        assertThat(Float.floatToIntBits(a.getFloat(i)))
            .isEqualTo(Float.floatToIntBits(e.getFloat(i)));
      }
    }
  }
}
