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
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class QuantizedLinearLoweringTest {
  private static final int TRIES = 60;

  private Graph.Builder builder;

  private static Tensor floats(Random random, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }

  private static Tensor bytes(Random random, DType dtype, int range, int... shape) {
    Tensor t = Tensor.zeros(dtype, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setLong(i, random.nextInt(range));
    }
    return t;
  }

  private void node(String opType, List<String> inputs, String... outputs) {
    Attributes attributes =
        opType.equals("Cast")
            ? Attributes.NONE.with("to", Attribute.of((long) DType.FLOAT.code()))
            : Attributes.NONE;
    builder.node(opType, inputs, List.of(outputs), attributes);
  }

  /** X → DynamicQuantizeLinear → MatMulInteger → Cast → Mul, as quantizers write it. */
  private void product(Random random, Tensor x, Tensor w, Tensor zero) {
    int n = w.dim(1);
    builder = new Graph.Builder(StandardOperators.set());
    builder.input("x", ValueType.tensor(DType.FLOAT, x.shape()));
    builder.initializer("w", w);
    builder.initializer("wScale", random.nextBoolean() ? floats(random) : floats(random, n));
    node("DynamicQuantizeLinear", List.of("x"), "q", "s", "z");
    if (zero == null) {
      node("MatMulInteger", List.of("q", "w", "z"), "p");
    } else {
      builder.initializer("wZero", zero);
      node("MatMulInteger", List.of("q", "w", "z", "wZero"), "p");
    }
    node("Cast", List.of("p"), "c");
    boolean first = random.nextBoolean();
    node("Mul", first ? List.of("s", "wScale") : List.of("wScale", "s"), "ss");
    node("Mul", first ? List.of("c", "ss") : List.of("ss", "c"), "scaled");
  }

  /** Lowers to the expected nodes, and every way to compute it gives the reference's bits. */
  private void check(String output, Tensor x, String... expected) {
    Graph graph = builder.output(output, ValueType.UNKNOWN).build();
    Graph lowered = Lowering.lower(graph);
    assertThat(lowered.nodes()).extracting(n -> n.opType()).containsExactly(expected);
    Tensor reference = (Tensor) ReferenceEvaluator.run(graph, Map.of("x", x)).get(output);
    Tensor evaluated = (Tensor) ReferenceEvaluator.run(lowered, Map.of("x", x)).get(output);
    assertThat(evaluated.shape()).isEqualTo(reference.shape());
    assertEqual(evaluated, reference);
    for (Kernels kernels : List.of(Kernels.portable(), Kernels.vector().orElseThrow())) {
      for (int threads = 1; threads <= 3; threads++) {
        try (Workers workers = new Workers(threads)) {
          Program program = new Program(lowered, kernels, workers, Accuracy.NORMAL);
          for (int run = 0; run < 2; run++) {
            Value[] y = program.run(new Value[] {x}, new boolean[] {true}, null);
            assertEqual((Tensor) y[0], reference);
          }
        }
      }
    }
  }

  /** Zeros may differ by sign: an integer sum of zero has none. */
  private static void assertEqual(Tensor actual, Tensor expected) {
    for (int i = 0; i < expected.size(); i++) {
      float a = (float) actual.getDouble(i);
      float e = (float) expected.getDouble(i);
      assertThat(a == e).as("element %d: %s for %s", i, a, e).isTrue();
    }
  }

  @Property(tries = TRIES)
  void productsWithEpilogueAreExact(@ForAll Random random) {
    int k = 1 + random.nextInt(random.nextInt(5) == 0 ? 900 : 60);
    int n = 1 + random.nextInt(random.nextInt(5) == 0 ? 300 : 70);
    DType type = random.nextBoolean() ? DType.INT8 : DType.UINT8;
    Tensor zero =
        random.nextInt(3) == 0
            ? null
            : random.nextBoolean() ? bytes(random, type, 256) : bytes(random, type, 256, n);
    Tensor x = floats(random, 1 + random.nextInt(3), 1 + random.nextInt(40), k);
    product(random, x, bytes(random, type, 256, k, n), zero);
    builder.initializer("bias", floats(random, n));
    node("Add", List.of("scaled", "bias"), "biased");
    boolean relu = random.nextBoolean();
    if (relu) {
      node("Relu", List.of("biased"), "y");
    }
    check(relu ? "y" : "biased", x, "DynamicQuantize", "QuantizedLinear");
  }

  /** More than three blocks of k: a float32 chain would round. */
  @Example
  void sumsBeyondWhatFloatsHoldAreRoundedOnce() {
    Random random = new Random(1);
    Tensor x = floats(random, 5, 1000);
    Tensor w = Tensor.zeros(DType.UINT8, 1000, 37);
    for (int i = 0; i < w.size(); i++) {
      w.setLong(i, 255 - random.nextInt(2));
    }
    for (int i = 0; i < x.size(); i++) {
      x.setDouble(i, 1 + random.nextInt(9) * 1e-2);
    }
    product(random, x, w, null);
    check("scaled", x, "DynamicQuantize", "QuantizedLinear");
  }

  @Example
  void integersThatOthersUseStay() {
    Random random = new Random(2);
    Tensor x = floats(random, 4, 6);
    product(random, x, bytes(random, DType.INT8, 256, 6, 5), null);
    node("Cast", List.of("p"), "again");
    node("Add", List.of("scaled", "again"), "y");
    check("y", x, "DynamicQuantizeLinear", "MatMulInteger", "Cast", "Mul", "Cast", "Pointwise");
  }
}
