package dev.sardonyx.optimizer;

import static dev.sardonyx.optimizer.TestGraph.operators;
import static dev.sardonyx.optimizer.TestGraph.rewritten;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.optimizer.Pattern.NodePattern;
import dev.sardonyx.optimizer.rule.CommonSubexpressions;
import dev.sardonyx.optimizer.rule.ConstantFolding;
import dev.sardonyx.optimizer.rule.Identities;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What the driver sees to, whatever rules propose. */
class OptimizerTest {
  private final TestGraph g = new TestGraph();

  /** A rule that puts something in place of every Neg. */
  private record NegBecomes(Function<Match, Outcome> answer) implements Rule {
    @Override
    public List<NodePattern> patterns() {
      return List.of(Pattern.node("Neg", Pattern.any("x")));
    }

    @Override
    public Outcome rewrite(Match m) {
      return answer.apply(m);
    }
  }

  private static Rule negBecomes(String opType) {
    return new NegBecomes(m -> m.rewrite(p -> p.node(opType, Attributes.NONE, m.value("x"))));
  }

  private String refusal(Rule rule) {
    return TestGraph.declined(g.build(g.op("Neg", g.input("x", 2, 3))), rule);
  }

  @Test
  void rewriteThatChangesTheShapeIsRefused() {
    Graph graph = g.build(g.op("Neg", g.input("x", 2, 3, 4)));
    assertThat(TestGraph.declined(graph, negBecomes("Flatten")))
        .contains("is float[2, 3, 4], but the replacement is float[2, 12]");
  }

  @Test
  void rewriteThatChangesTheTypeIsRefused() {
    Attributes to = TestGraph.number("to", DType.INT32.code());
    Rule rule = new NegBecomes(m -> m.rewrite(p -> p.node("Cast", to, m.value("x"))));
    assertThat(refusal(rule)).contains("the replacement is int32[2, 3]");
  }

  @Test
  void rewriteThatChangesValuesIsRefusedInVerifyMode() {
    assertThat(refusal(negBecomes("Abs"))).contains("verification failed: 'Neg0': element");
  }

  @Test
  void ruleThatFailsIsReported() {
    Rule rule = new NegBecomes(m -> Outcome.declined(m.value("no such name")));
    assertThat(refusal(rule)).contains("the rule failed").contains("no such name");
  }

  @Test
  void operatorThatIsNotKnownIsRefused() {
    assertThat(refusal(negBecomes("Nonsense"))).contains("operator Nonsense is not known");
  }

  @Test
  void ruleThatDoesNotEndIsStoppedAndReported() {
    Graph graph = g.build(g.op("Neg", g.input("x", 2)));
    Optimization o = Optimizer.of(List.of(negBecomes("Neg"))).optimize(graph);
    assertThat(o.report().notes())
        .singleElement()
        .asString()
        .contains("rule NegBecomes does not come to an end at Neg");
  }

  @Test
  void deadNodesAndConstantsGo() {
    String x = g.input("x", 3);
    g.op("Abs", g.op("Add", x, g.random(3)));
    Optimization o = Optimizer.of(Level.BASIC).optimize(g.build(g.op("Neg", x)));
    assertThat(operators(o.graph())).isEqualTo("Neg");
    assertThat(o.graph().initializers()).isEmpty();
    assertThat(o.report().deadNodes()).isEqualTo(2);
  }

  @Test
  void levelNoneLeavesTheGraphAlone() {
    Graph graph = g.build(g.op("Identity", g.op("Neg", g.input("x", 3))));
    assertThat(Optimizer.of(Level.NONE).optimize(graph).graph()).isSameAs(graph);
  }

  @Test
  void constantsThatCallersMayReplaceAreNotFolded() {
    Tensor one = Tensor.of(new float[] {1}, 1);
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("w", ValueType.tensor(DType.FLOAT, 1))
            .initializer("w", one)
            .node("Neg", List.of("w"), List.of("y"), Attributes.NONE)
            .output("y", ValueType.UNKNOWN)
            .build();
    assertThat(Optimizer.of(Level.FULL).optimize(graph).graph()).isSameAs(graph);
  }

  private static Graph branch(String output, List<String> inputs, String opType) {
    return new Graph.Builder(StandardOperators.set())
        .node(opType, inputs, List.of(output), Attributes.NONE)
        .output(output, ValueType.UNKNOWN)
        .build();
  }

  private String either(String condition, Graph thenBranch, Graph elseBranch) {
    Attributes a =
        Attributes.NONE
            .with("then_branch", Attribute.of(thenBranch))
            .with("else_branch", Attribute.of(elseBranch));
    return g.op("If", a, condition);
  }

  @Test
  void subgraphsReadWhatReplacesTheirCaptures() {
    String x = g.input("x", 2, 3);
    String condition = g.input("condition", DType.BOOL);
    String copy = g.op("Identity", g.op("Abs", x));
    String y = either(condition, branch("a", List.of(copy), "Neg"), branch("b", List.of(x), "Abs"));
    Graph after = rewritten(g.build(y), new Identities());
    assertThat(operators(after)).isEqualTo("Abs If");
    assertThat(after.nodes().get(1).uses()).contains("Abs0").doesNotContain(copy);
  }

  @Test
  void subgraphsAreRewrittenWithTheConstantsAroundThem() {
    String condition = g.input("condition", DType.BOOL);
    String c = g.random(3);
    String y = either(condition, branch("a", List.of(c), "Neg"), branch("b", List.of(c), "Abs"));
    Graph after = rewritten(g.build(y), new ConstantFolding());
    assertThat(after.nodes().get(0).subgraphs()).allMatch(b -> b.nodes().isEmpty());
    assertThat(after.initializers()).isEmpty();
  }

  @Test
  void subgraphOutputsThatPassOuterValuesOnStay() {
    String x = g.input("x", 3);
    String condition = g.input("condition", DType.BOOL);
    Graph graph =
        g.build(
            either(condition, branch("a", List.of(x), "Identity"), branch("b", List.of(x), "Abs")));
    assertThat(Optimizer.of(Level.FULL).optimize(graph).graph()).isSameAs(graph);
  }

  @Test
  void optimizingTwiceChangesNothing() {
    String x = g.input("x", -1, 4);
    String a = g.op("Add", g.op("MatMul", x, g.random(4, 4)), g.random(4));
    String b = g.op("Mul", g.op("Identity", a), g.scalar(2));
    Graph once = Optimizer.of(Level.FULL).optimize(g.build(g.op("Relu", b))).graph();
    assertThat(operators(once)).isEqualTo("Gemm Relu");
    assertThat(Optimizer.of(Level.FULL).optimize(once).graph()).isSameAs(once);
  }

  @Test
  void reportSaysWhatWasDoneAndHowBigTheModelIs() {
    String x = g.input("x", -1, 4);
    String a = g.op("Add", g.op("MatMul", x, g.random(4, 5)), g.random(5));
    Report report = Optimizer.of(Level.FULL).optimize(g.build(a)).report();
    assertThat(report.before().operators()).containsEntry("MatMul", 1).containsEntry("Add", 1);
    assertThat(report.after())
        .isEqualTo(new Report.Size(1, Map.of("Gemm", 1), 20, "n1=1", 25, 100));
    assertThat(report.applied())
        .containsExactly(
            new Report.Applied(
                "MatMulAddToGemm", "Add 'Add3'", List.of("Add", "MatMul"), List.of("Gemm")));
    assertThat(report.toString()).contains("MatMulAddToGemm").contains("nodes");
  }

  @Test
  void repeatedUseOfAPatternNameWantsTheSameValue() {
    String x = g.input("x", 3);
    String z = g.input("z", 3);
    Graph same = g.build(g.op("Mul", g.op("Neg", x), x), g.op("Mul", g.op("Neg", x), z));
    Optimization o = Optimizer.of(List.of(new SquareOfNeg())).optimize(same);
    assertThat(o.report().applied()).hasSize(1);
  }

  /** -x · x, for its pattern. */
  private static final class SquareOfNeg implements Rule {
    @Override
    public List<NodePattern> patterns() {
      Pattern x = Pattern.any("x");
      return List.of(Pattern.node("Mul", x, Pattern.node("Neg", x)).commutative());
    }

    @Override
    public Outcome rewrite(Match m) {
      return m.rewrite(
          p ->
              p.node(
                  "Neg",
                  Attributes.NONE,
                  p.node("Mul", Attributes.NONE, m.value("x"), m.value("x"))));
    }
  }

  @Test
  void commonSubexpressionsOfRandomNumbersStay() {
    String x = g.input("x", 3);
    Graph graph = g.build(g.op("RandomNormalLike", x), g.op("RandomNormalLike", x));
    assertThat(Optimizer.of(List.of(new CommonSubexpressions())).optimize(graph).graph())
        .isSameAs(graph);
  }
}
