package dev.sardonyx.runtime.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EinsumLoweringTest {
  private static final Map<Character, Integer> EXTENTS =
      Map.of('a', 2, 'b', 3, 'c', 4, 'd', 5, 'e', 6, 'f', 1);

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "abcd,abed->abce; Transpose MatMul",
        "abc,acd->abd; MatMul",
        "ab,bc->ac; MatMul",
        "ab,bc; MatMul",
        "abcd,aecd->acbe; Transpose Transpose MatMul",
        "abcd,aecd->aceb; Transpose Transpose MatMul",
        "abce,acfe->abf; Reshape Transpose Reshape MatMul",
        "...bc,...cd->...bd; MatMul",
        "...bc,cd->...bd; MatMul",
        "bcd,d->bc; Reshape MatMul Reshape",
        "ab,ab->a; Reshape Reshape MatMul Reshape",
        "a,a->; Reshape MatMul Reshape",
        "abc->ca; ReduceSum Transpose",
        "abc->cab; Transpose",
        "abc->b; ReduceSum",
        "abc->; ReduceSum",
        "abc->abc; Identity",
        "aa->a; Einsum",
        "ab,cb->a; Einsum",
        "a,b->ab; Einsum",
        "ab,bc,cd->ad; Einsum"
      })
  void productsAndSumsBecomeJustThat(String equation, String expected) {
    Model m = new Model(new Random(1));
    String[] inputs = equation.split("->", 2)[0].split(",", -1);
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = m.input(whole(new Random(i), extents(inputs[i], EXTENTS)));
    }
    m.check(m.node("Einsum", equation(equation), inputs), expected.split(" "));
  }

  @Test
  void constantsAreArrangedBeforehand() {
    Model m = new Model(new Random(1));
    String heads =
        m.node("Einsum", equation("abc,cde->abde"), m.input(2, 3, 4), m.constant(4, 5, 6));
    m.check(heads, "Linear", "Reshape");
    m = new Model(new Random(1));
    String joined =
        m.node("Einsum", equation("abde,ecd->abc"), m.input(2, 3, 4, 5), m.constant(5, 6, 4));
    m.check(joined, "Reshape", "Linear");
  }

  @Property(tries = 20)
  void attentionIsFound(@ForAll Random random) {
    Model m = new Model(random);
    int s = 1 + random.nextInt(30);
    int l = 1 + random.nextInt(30);
    boolean headsFirst = random.nextBoolean();
    String q = headsFirst ? m.input(2, 3, s, 8) : m.input(2, s, 3, 8);
    String k = headsFirst ? m.input(2, 3, l, 8) : m.input(2, l, 3, 8);
    String v = headsFirst ? m.input(2, 3, l, 7) : m.input(2, l, 3, 7);
    // Either operand may come first.
    String scores =
        random.nextBoolean()
            ? m.node("Einsum", equation(headsFirst ? "bnqh,bnkh->bnqk" : "bqnh,bknh->bnqk"), q, k)
            : m.node("Einsum", equation(headsFirst ? "bnkh,bnqh->bnqk" : "bknh,bqnh->bnqk"), k, q);
    scores = m.node("Add", m.node("Mul", scores, m.scalar(0.3f)), m.input(2, 1, 1, l));
    String y =
        m.node(
            "Einsum",
            equation(headsFirst ? "bnqk,bnkh->bqnh" : "bnqk,bknh->bqnh"),
            m.node("Softmax", scores),
            v);
    m.check(y, "ScaledDotProductAttention");
  }

  /** Whole numbers, whose sums are exact in any order. */
  @Property(tries = 200)
  void anyProductOfMatricesIsTheSame(@ForAll Random random) {
    List<Character> letters = new ArrayList<>(List.of('p', 'q', 'r', 's', 't', 'u', 'v', 'w'));
    Collections.shuffle(letters, random);
    Map<Character, Integer> extents = new HashMap<>();
    letters.forEach(label -> extents.put(label, 1 + random.nextInt(6)));
    String batch = take(letters, random.nextInt(3));
    String rows = take(letters, random.nextInt(3));
    String columns = take(letters, random.nextInt(3));
    String summed = take(letters, 1 + random.nextInt(2));
    String x = shuffled(random, batch + rows + summed);
    String y = shuffled(random, batch + columns + summed);
    int[] xShape = extents(x, extents);
    int[] yShape = extents(y, extents);
    String equation = x + "," + y + "->" + shuffled(random, batch + rows + columns);
    Graph.Builder b = new Graph.Builder(StandardOperators.set());
    Map<String, Tensor> inputs = new HashMap<>();
    inputs.put("x", whole(random, xShape));
    inputs.put("y", whole(random, yShape));
    for (String name : List.of("x", "y")) {
      Tensor t = inputs.get(name);
      if (random.nextInt(3) == 0) {
        b.initializer(name, inputs.remove(name));
      } else {
        b.input(name, ValueType.tensor(DType.FLOAT, t.shape()));
      }
    }
    b.node("Einsum", List.of("x", "y"), List.of("z"), equation(equation));
    checkExact(b.output("z", ValueType.UNKNOWN).build(), inputs);
  }

  @Test
  void batchesBroadcast() {
    Graph.Builder b = new Graph.Builder(StandardOperators.set());
    Random random = new Random(3);
    Map<String, Tensor> inputs =
        Map.of("x", whole(random, 1, 2, 3, 4), "y", whole(random, 5, 1, 4, 6));
    inputs.forEach((name, t) -> b.input(name, ValueType.tensor(DType.FLOAT, t.shape())));
    b.node("Einsum", List.of("x", "y"), List.of("z"), equation("...ij,...jk->...ki"));
    checkExact(b.output("z", ValueType.UNKNOWN).build(), inputs);
  }

  @Test
  void extentsNeedNotBeKnown() {
    Random random = new Random(4);
    Map<String, Tensor> inputs =
        Map.of("x", whole(random, 2, 3, 5, 4), "y", whole(random, 2, 3, 7, 4));
    Shape x = Shape.of(Dim.symbol("b"), Dim.of(3), Dim.symbol("s"), Dim.of(4));
    Shape y = Shape.of(Dim.symbol("b"), Dim.of(3), Dim.symbol("l"), Dim.of(4));
    for (String equation : List.of("bnqd,bnkd->bnqk", "bnqd,bnkd->bqnk", "bnqd,bnkd->bqk")) {
      Graph graph =
          new Graph.Builder(StandardOperators.set())
              .input("x", ValueType.tensor(DType.FLOAT, x))
              .input("y", ValueType.tensor(DType.FLOAT, y))
              .node("Einsum", List.of("x", "y"), List.of("z"), equation(equation))
              .output("z", ValueType.UNKNOWN)
              .build();
      checkExact(graph, inputs);
    }
  }

  private static void checkExact(Graph graph, Map<String, Tensor> inputs) {
    assertThat(Lowering.lower(graph).nodes()).extracting(n -> n.opType()).doesNotContain("Einsum");
    Tensor expected = (Tensor) ReferenceEvaluator.run(graph, inputs).get("z");
    try (Session session = Session.open(graph, SessionOptions.DEFAULTS.optimize(false))) {
      Tensor actual = (Tensor) session.run(inputs).get("z");
      assertThat(actual.shape()).isEqualTo(expected.shape());
      for (int i = 0; i < actual.size(); i++) {
        assertThat(actual.getFloat(i) == expected.getFloat(i)).isTrue();
      }
    }
  }

  private static Attributes equation(String equation) {
    return Attributes.NONE.with("equation", Attribute.of(equation));
  }

  private static int[] extents(String labels, Map<Character, Integer> extents) {
    return labels.replace("...", "a").chars().map(label -> extents.get((char) label)).toArray();
  }

  private static String take(List<Character> letters, int count) {
    StringBuilder taken = new StringBuilder();
    for (int i = 0; i < count; i++) {
      taken.append(letters.remove(0));
    }
    return taken.toString();
  }

  private static String shuffled(Random random, String labels) {
    List<Character> order = new ArrayList<>();
    labels.chars().forEach(label -> order.add((char) label));
    Collections.shuffle(order, random);
    return take(order, labels.length());
  }

  private static Tensor whole(Random random, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextInt(19) - 9);
    }
    return t;
  }
}
