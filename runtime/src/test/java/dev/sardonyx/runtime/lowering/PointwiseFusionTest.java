package dev.sardonyx.runtime.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class PointwiseFusionTest {
  private static final String[] BINARY = {"Add", "Sub", "Mul", "Max", "Min"};
  private static final String[] UNARY = {"Relu", "Sigmoid", "HardSwish", "Tanh", "Abs", "Neg"};

  @Property(tries = 100)
  void chainsGiveTheBitsOfTheirOperatorsOneByOne(@ForAll Random random) {
    int[] shape = {
      between(random, 1, 3), between(random, 1, 8), between(random, 1, 9), between(random, 1, 70)
    };
    if (random.nextInt(6) == 0) {
      shape[3] = between(random, 2000, 5000);
    }
    Map<String, Tensor> inputs = new HashMap<>();
    Graph.Builder chain = new Graph.Builder(StandardOperators.set());
    Graph.Builder alone = new Graph.Builder(StandardOperators.set());
    input("x", random(random, shape), inputs, chain, alone);
    int steps = between(random, 2, 6);
    String value = "x";
    for (int i = 0; i < steps; i++) {
      String op = random.nextBoolean() ? UNARY[random.nextInt(6)] : BINARY[random.nextInt(5)];
      List<String> operands = new ArrayList<>(List.of(value));
      if (List.of(BINARY).contains(op)) {
        operands.add(random.nextInt(2), "o" + i);
        Tensor other = random(random, operand(random, shape));
        if (random.nextBoolean()) {
          input("o" + i, other, inputs, chain, alone);
        } else {
          chain.initializer("o" + i, other);
          alone.initializer("o" + i, other);
        }
      }
      value = "y" + i;
      chain.node(op, operands, List.of(value), Attributes.NONE);
      alone.node(op, operands, List.of(value), Attributes.NONE);
      alone.output(value, ValueType.UNKNOWN);
    }
    chain.output(value, ValueType.UNKNOWN);
    Graph whole = chain.build();
    assertThat(Lowering.lower(whole).nodes()).extracting(Node::opType).containsOnly("Pointwise");
    Tensor lowered = (Tensor) ReferenceEvaluator.run(Lowering.lower(whole), inputs).get(value);
    Tensor reference = (Tensor) ReferenceEvaluator.run(whole, inputs).get(value);
    for (int i = 0; i < reference.size(); i++) {
      double expected = reference.getDouble(i);
      assertThat(Math.abs(lowered.getDouble(i) - expected))
          .isLessThanOrEqualTo(1e-4 + 1e-4 * Math.abs(expected));
    }
    float[] expected = run(alone.build(), inputs, value, 1);
    for (int threads = 1; threads <= 3; threads++) {
      assertThat(run(whole, inputs, value, threads)).isEqualTo(expected);
    }
  }

  @Test
  void aProductWithTheOwnSigmoidIsSwish() {
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, 2, 3))
            .node("Sigmoid", List.of("x"), List.of("s"), Attributes.NONE)
            .node("Mul", List.of("s", "x"), List.of("y"), Attributes.NONE)
            .output("y", ValueType.UNKNOWN)
            .build();
    assertThat(Lowering.lower(graph).nodes()).extracting(Node::opType).containsExactly("Swish");
  }

  @Test
  void aProductWithTheSigmoidOfAMultipleIsSwishWithAlpha() {
    Model m = new Model(new Random(3));
    String x = m.node("MatMul", m.input(5, 8), m.constant(8, 20));
    String sigmoid = m.node("Sigmoid", m.node("Mul", m.scalar(1.702f), x));
    m.check(m.node("Mul", x, sigmoid), "Linear");
    m = new Model(new Random(4));
    x = m.input(5, 8);
    m.check(m.node("Mul", m.node("Sigmoid", m.node("Mul", x, m.constant(1))), x), "Swish");
  }

  @Test
  void theSigmoidOfAMultipleThatIsUsedOtherwiseOrIsLargerStays() {
    Model m = new Model(new Random(5));
    String x = m.input(5, 8);
    String multiple = m.node("Mul", x, m.scalar(1.702f));
    String y = m.node("Mul", m.node("Sigmoid", multiple), x);
    m.check(m.node("Add", m.node("Abs", y), multiple), "Mul", "Pointwise");
    m = new Model(new Random(6));
    x = m.input(5, 8);
    multiple = m.node("Mul", x, m.constant(1, 1, 1));
    m.check(m.node("Mul", m.node("Sigmoid", multiple), x), "Mul", "Pointwise");
  }

  @Test
  void valuesUsedTwiceStay() {
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.tensor(DType.FLOAT, 2, 3))
            .node("Relu", List.of("x"), List.of("r"), Attributes.NONE)
            .node("Add", List.of("r", "r"), List.of("y"), Attributes.NONE)
            .output("y", ValueType.UNKNOWN)
            .build();
    assertThat(Lowering.lower(graph).nodes())
        .extracting(Node::opType)
        .containsExactly("Relu", "Add");
  }

  private static void input(
      String name, Tensor value, Map<String, Tensor> inputs, Graph.Builder... graphs) {
    inputs.put(name, value);
    for (Graph.Builder b : graphs) {
      b.input(name, ValueType.tensor(DType.FLOAT, value.shape()));
    }
  }

  private static float[] run(Graph graph, Map<String, Tensor> inputs, String y, int threads) {
    SessionOptions options = SessionOptions.DEFAULTS.threads(threads).optimize(false);
    try (Session session = Session.open(graph, options)) {
      return ((Tensor) session.run(inputs).get(y)).toFloats();
    }
  }

  /** A shape that the rule takes as the other operand. */
  private static int[] operand(Random random, int... s) {
    return switch (random.nextInt(6)) {
      case 0 -> new int[] {};
      case 1 -> new int[] {s[3]};
      case 2 -> new int[] {s[0], 1, 1, s[3]};
      case 3 -> new int[] {s[1], s[2], s[3]};
      case 4 -> new int[] {1, s[1], 1, s[3]};
      default -> s;
    };
  }

  private static Tensor random(Random random, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }

  private static int between(Random random, int from, int to) {
    return from + random.nextInt(to - from + 1);
  }
}
