package dev.sardonyx.runtime.lowering;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class AttentionLoweringTest {
  private static final int TRIES = 60;

  /** A graph in the making, and what it is fed. */
  private static final class Model {
    private final Graph.Builder builder = new Graph.Builder(StandardOperators.set());
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final Random random;
    private int names;

    Model(Random random) {
      this.random = random;
    }

    String input(int... shape) {
      Tensor t = Tensor.zeros(DType.FLOAT, shape);
      for (int i = 0; i < t.size(); i++) {
        t.setDouble(i, random.nextGaussian());
      }
      return input(t);
    }

    String input(Tensor t) {
      String name = "x" + names++;
      inputs.put(name, t);
      builder.input(name, ValueType.tensor(t.dtype(), t.shape()));
      return name;
    }

    String scalar(float value) {
      String name = "c" + names++;
      builder.initializer(name, Tensor.scalar(value));
      return name;
    }

    String node(String opType, String... in) {
      return node(opType, Attributes.NONE, in);
    }

    String node(String opType, Attributes attributes, String... in) {
      String name = "v" + names++;
      builder.node(opType, List.of(in), List.of(name), attributes);
      return name;
    }

    String transpose(String x, long... perm) {
      return node("Transpose", Attributes.NONE.with("perm", Attribute.of(perm)), x);
    }

    /** Lowers to {@code expected} nodes, and agrees with the reference, whoever computes it. */
    void check(String output, String... expected) {
      Graph graph = builder.output(output, ValueType.UNKNOWN).build();
      Graph lowered = Lowering.lower(graph);
      assertThat(lowered.nodes()).extracting(n -> n.opType()).containsExactly(expected);
      Tensor reference = (Tensor) ReferenceEvaluator.run(graph, inputs).get(output);
      Tensor evaluated = (Tensor) ReferenceEvaluator.run(lowered, inputs).get(output);
      assertClose(evaluated, reference);
      List<Tensor> results = new ArrayList<>();
      for (Kernels kernels : List.of(Kernels.portable(), Kernels.vector().orElseThrow())) {
        for (int threads = 1; threads <= 3; threads++) {
          results.add(run(lowered, kernels, threads));
        }
      }
      assertClose(results.get(0), reference);
      for (Tensor result : results) {
        assertThat(result.toFloats()).isEqualTo(results.get(0).toFloats());
      }
    }

    private Tensor run(Graph graph, Kernels kernels, int threads) {
      try (Workers workers = new Workers(threads)) {
        Value[] in = inputs.values().toArray(new Value[0]);
        Program program = new Program(graph, kernels, workers, Accuracy.NORMAL);
        return (Tensor) program.run(in, new boolean[] {true}, null)[0];
      }
    }
  }

  private static void assertClose(Tensor actual, Tensor expected) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    for (int i = 0; i < expected.size(); i++) {
      double e = expected.getDouble(i);
      double a = actual.getDouble(i);
      assertThat(Math.abs(a - e) <= 1e-5 + 1e-5 * Math.abs(e))
          .as("element %d: %s for %s", i, a, e)
          .isTrue();
    }
  }

  private static int between(Random random, int from, int to) {
    return from + random.nextInt(to - from + 1);
  }

  /** Batch, sequence, heads and size as PyTorch's BERT has them. */
  @Property(tries = TRIES)
  void headsOfABatchReadAndWriteTheSequence(@ForAll Random random) {
    Model m = new Model(random);
    int n = between(random, 1, 3);
    int s = between(random, 1, 40);
    int l = random.nextInt(4) == 0 ? between(random, 200, 300) : between(random, 1, 70);
    int h = between(random, 1, 4);
    int d = between(random, 1, 40);
    String q = m.transpose(m.input(n, s, h, d), 0, 2, 1, 3);
    String k = m.transpose(m.input(n, l, h, d), 0, 2, 3, 1);
    String v = m.transpose(m.input(n, l, h, between(random, 1, 70)), 0, 2, 1, 3);
    String scores = m.node("Div", m.node("MatMul", q, k), m.scalar((float) Math.sqrt(d)));
    int form = random.nextInt(5);
    if (form < 4) {
      int[][] shapes = {{n, 1, 1, l}, {1, 1, s, l}, {l}, {n, h, s, l}};
      String mask = m.input(shapes[form]);
      scores = random.nextBoolean() ? m.node("Add", scores, mask) : m.node("Add", mask, scores);
    }
    String y = m.transpose(m.node("MatMul", m.node("Softmax", scores), v), 0, 2, 1, 3);
    m.check(y, "ScaledDotProductAttention");
  }

  /** Heads and batches in one dimension, as in PyTorch's nn.MultiheadAttention. */
  @Property(tries = TRIES)
  void batchesOfHeadsReadAndWriteTheSequence(@ForAll Random random) {
    Model m = new Model(random);
    int s = between(random, 1, 60);
    int b = between(random, 1, 5);
    int d = between(random, 1, 70);
    String q = m.transpose(m.input(s, b, d), 1, 0, 2);
    String k = m.transpose(m.input(s, b, d), 1, 2, 0);
    String v = m.transpose(m.input(s, b, d), 1, 0, 2);
    String scores = m.node("MatMul", m.node("Div", q, m.scalar(3)), k);
    String y = m.transpose(m.node("MatMul", m.node("Softmax", scores), v), 1, 0, 2);
    m.check(y, "ScaledDotProductAttention");
  }

  /** As PyTorch's scaled_dot_product_attention is exported: half the scale on either side. */
  @Property(tries = TRIES)
  void scaledQueriesAndKeysNeedNoTransposes(@ForAll Random random) {
    Model m = new Model(random);
    int s = between(random, 1, 50);
    int d = between(random, 1, 20);
    String q = m.node("Mul", m.input(2, 3, s, d), m.scalar(0.6f));
    String k = m.node("Mul", m.transpose(m.input(2, 3, s, d), 0, 1, 3, 2), m.scalar(0.6f));
    String y = m.node("MatMul", m.node("Softmax", m.node("MatMul", q, k)), m.input(2, 3, s, d));
    m.check(y, "ScaledDotProductAttention");
  }

  @Example
  void maskedPositionsTakeNoPart() {
    Model m = new Model(new Random(1));
    Tensor mask = Tensor.zeros(DType.FLOAT, 1, 17);
    mask.setDouble(3, Double.NEGATIVE_INFINITY);
    mask.setDouble(16, -3.4028234663852886e38);
    String scores = m.node("MatMul", m.input(5, 8), m.input(8, 17));
    scores = m.node("Add", scores, m.input(mask));
    String y = m.node("MatMul", m.node("Softmax", scores), m.input(17, 9));
    m.check(y, "ScaledDotProductAttention");
  }

  @Example
  void aTransposeThatWouldScatterRowsStays() {
    Model m = new Model(new Random(2));
    String q = m.transpose(m.input(8, 5), 1, 0);
    String weights = m.node("Softmax", m.node("MatMul", q, m.input(8, 7)));
    String y = m.transpose(m.node("MatMul", weights, m.input(7, 6)), 1, 0);
    m.check(y, "Transpose", "ScaledDotProductAttention", "Transpose");
  }

  @Example
  void weightsThatOthersUseStay() {
    Model m = new Model(new Random(3));
    String weights = m.node("Softmax", m.node("MatMul", m.input(5, 8), m.input(8, 7)));
    String y = m.node("Add", m.node("MatMul", weights, m.input(7, 7)), m.node("Neg", m.input(7)));
    String z = m.node("Concat", Attributes.NONE.with("axis", Attribute.of(0)), y, weights);
    m.check(z, "MatMul", "Softmax", "MatMul", "Neg", "Add", "Concat");
  }

  @Example
  void broadcastBatchesAndNegativeScalesStay() {
    Model m = new Model(new Random(4));
    String one = m.node("Softmax", m.node("MatMul", m.input(2, 5, 8), m.input(1, 8, 7)));
    m.check(m.node("MatMul", one, m.input(2, 7, 3)), "MatMul", "Softmax", "MatMul");
    m = new Model(new Random(5));
    String scores = m.node("Mul", m.node("MatMul", m.input(5, 8), m.input(8, 7)), m.scalar(-1));
    String y = m.node("MatMul", m.node("Softmax", scores), m.input(7, 3));
    m.check(y, "MatMul", "Mul", "Softmax", "MatMul");
  }
}
