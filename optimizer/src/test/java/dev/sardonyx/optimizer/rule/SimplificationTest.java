package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.TestGraph.attribute;
import static dev.sardonyx.optimizer.TestGraph.declined;
import static dev.sardonyx.optimizer.TestGraph.number;
import static dev.sardonyx.optimizer.TestGraph.operators;
import static dev.sardonyx.optimizer.TestGraph.rewritten;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.optimizer.TestGraph;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rules that leave every bit of the results the same. */
class SimplificationTest {
  private final TestGraph g = new TestGraph();
  private final String x = g.input("x", -1, 3, 4);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Identity",
        "Dropout",
        "Cast",
        "Transpose",
        "Reshape",
        "Pad",
        "Add",
        "AddLeft",
        "Sub",
        "Mul",
        "Div",
        "Pow",
        "Concat",
        "Max",
        "Slice",
        "Tile",
        "CastLike"
      })
  void operatorsThatGiveBackTheirInputGo(String kind) {
    String a = g.op("Neg", x);
    String y =
        switch (kind) {
          case "Cast" -> g.op(kind, number("to", DType.FLOAT.code()), a);
          case "Transpose" -> g.op(kind, attribute("perm", 0, 1, 2), a);
          case "Reshape" -> g.op(kind, a, g.vector(0, 3, 4));
          case "Pad" -> g.op(kind, a, g.vector(0, 0, 0, 0, 0, 0));
          case "Add", "Sub" -> g.op(kind, a, g.scalar(0));
          case "AddLeft" -> g.op("Add", g.constant(Tensor.zeros(DType.FLOAT, 3, 1)), a);
          case "Mul", "Div", "Pow" -> g.op(kind, a, g.scalar(1));
          case "Concat" -> g.op(kind, number("axis", 1), a);
          case "Slice" -> g.op(kind, a, g.vector(0), g.vector(99), g.vector(1));
          case "Tile" -> g.op(kind, a, g.vector(1, 1, 1));
          case "CastLike" -> g.op(kind, a, g.scalar(3));
          default -> g.op(kind, a);
        };
    Graph after = rewritten(g.build(g.op("Abs", y)), new Identities());
    assertThat(operators(after)).isEqualTo("Neg Abs");
  }

  @Test
  void outputsKeepTheirNamesWhenAnIdentityGoes() {
    String y = g.op("Identity", g.op("Neg", x));
    Graph after = rewritten(g.build(y), new Identities());
    assertThat(operators(after)).isEqualTo("Neg");
    assertThat(after.nodes().get(0).outputs()).containsExactly(y);
  }

  @Test
  void identityBetweenInputAndOutputStays() {
    assertThat(declined(g.build(g.op("Identity", x)), new Identities()))
        .contains("gives an output of the graph its name");
  }

  @Test
  void additionOfZeroThatBroadcastsStays() {
    String y = g.op("Add", x, g.constant(Tensor.zeros(DType.FLOAT, 2, 1, 1, 1)));
    assertThat(declined(g.build(y), new Identities())).isEmpty();
  }

  @Test
  void dropoutWhoseMaskIsUsedStays() {
    List<String> y = g.op2("Dropout", Attributes.NONE, g.op("Neg", x));
    assertThat(declined(g.build(y.get(0), y.get(1)), new Identities())).contains("is used");
  }

  @Test
  void reverseSliceOfTheSameShapeStays() {
    String y = g.op("Slice", x, g.vector(-1), g.vector(-99), g.vector(1), g.vector(-1));
    assertThat(declined(g.build(y), new Identities())).isEmpty();
  }

  @Test
  void constantsAreComputedNow() {
    String c = g.op("Reshape", g.op("Neg", g.random(12)), g.vector(3, 4));
    Graph after = rewritten(g.build(g.op("Add", x, c)), new ConstantFolding());
    assertThat(operators(after)).isEqualTo("Add");
    assertThat(after.initializers()).hasSize(1);
  }

  @Test
  void constantsThatWouldGrowAreNotComputed() {
    String c = g.op("Expand", g.scalar(1), g.vector(1000, 1000));
    assertThat(declined(g.build(c), new ConstantFolding()))
        .contains("bigger than what it is made of");
  }

  @Test
  void quantizedWeightsStayQuantized() {
    String weights = g.constant(Tensor.wrap(DType.INT8, new byte[] {1, 2, 3}, 3));
    String w = g.op("DequantizeLinear", weights, g.scalar(0.5));
    assertThat(declined(g.build(w), new ConstantFolding())).contains("constant is smaller");
  }

  @Test
  void knownExtentsBecomeConstants() {
    String n = g.op("Gather", g.op("Shape", x), g.vector(1));
    String y = g.op("Reshape", g.random(12), g.op("Concat", number("axis", 0), n, g.vector(-1)));
    Graph after = rewritten(g.build(y), new KnownExtents(), new ConstantFolding());
    assertThat(after.nodes()).isEmpty();
    assertThat(after.initializers()).containsOnlyKeys(y);
  }

  @Test
  void shapesWithOneUnknownExtentBecomeConstants() {
    String n = g.op("Gather", g.op("Shape", x), g.vector(0));
    String target = g.op("Concat", number("axis", 0), n, g.vector(12));
    Graph after = rewritten(g.build(g.op("Reshape", x, target)), new FixedReshape());
    assertThat(operators(after)).isEqualTo("Reshape");
    assertThat(after.initializers().get(after.nodes().get(0).input(1)).toLongs())
        .containsExactly(0, 12);
  }

  @Test
  void shapesWithTwoUnknownExtentsStay() {
    String z = g.input("z", -2, -3, 1);
    Graph graph = g.build(g.op("Reshape", g.input("w", -2, -3), g.op("Shape", z)));
    assertThat(rewritten(graph, new FixedReshape()).nodes()).hasSize(1);
    TestGraph h = new TestGraph();
    String other = h.op("Reshape", h.input("w", -4), h.op("Shape", h.input("z", -2, -3)));
    assertThat(declined(h.build(other), new FixedReshape())).contains("more than one extent");
  }

  @Test
  void transposesThatUndoEachOtherGo() {
    String t = g.op("Transpose", attribute("perm", 2, 0, 1), x);
    String u = g.op("Neg", g.op("Transpose", attribute("perm", 1, 2, 0), t));
    Graph after = rewritten(g.build(u), new MergeTransposes(), new Identities());
    assertThat(operators(after)).isEqualTo("Neg");
  }

  @Test
  void transposesMerge() {
    String t = g.op("Transpose", attribute("perm", 0, 2, 1), g.op("Transpose", x));
    Graph after = rewritten(g.build(t), new MergeTransposes());
    assertThat(after.nodes()).hasSize(1);
    assertThat(after.nodes().get(0).attributes().getInts("perm")).containsExactly(2, 0, 1);
  }

  @Test
  void chainsOfReshapesMerge() {
    String flat = g.op("Flatten", g.op("Reshape", x, g.vector(-1, 2, 6)));
    Graph after = rewritten(g.build(g.op("Unsqueeze", flat, g.vector(1))), new MergeReshapes());
    assertThat(operators(after)).isEqualTo("Reshape");
  }

  @Test
  void losslessCastsMerge() {
    String wide = g.op("Cast", number("to", DType.INT64.code()), g.input("b", DType.INT8, 5));
    String y = g.op("Cast", number("to", DType.FLOAT.code()), wide);
    assertThat(operators(rewritten(g.build(y), new MergeCasts()))).isEqualTo("Cast");
  }

  @Test
  void castsThatLoseDigitsStay() {
    String narrow = g.op("Cast", number("to", DType.INT32.code()), x);
    Graph graph = g.build(g.op("Cast", number("to", DType.FLOAT.code()), narrow));
    assertThat(declined(graph, new MergeCasts())).contains("may change values");
  }

  @Test
  void equalComputationsAndConstantsAreShared() {
    String a = g.op("Mul", x, g.constant(Tensor.of(new float[] {1, 2, 3, 4}, 4)));
    String b = g.op("Mul", x, g.constant(Tensor.of(new float[] {1, 2, 3, 4}, 4)));
    Graph graph = g.build(g.op("Sub", a, b));
    Graph after = rewritten(graph, new IdenticalConstants(), new CommonSubexpressions());
    assertThat(operators(after)).isEqualTo("Mul Sub");
    assertThat(after.initializers()).hasSize(1);
  }

  @Test
  void twoOutputsOfOneComputationKeepTheirNames() {
    String a = g.op("Neg", x);
    String b = g.op("Neg", x);
    Graph after = rewritten(g.build(a, b), new CommonSubexpressions());
    assertThat(operators(after)).isEqualTo("Neg Identity");
    assertThat(after.outputs()).extracting("name").containsExactly(a, b);
  }
}
