package dev.sardonyx.optimizer.rule;

import static dev.sardonyx.optimizer.TestGraph.declined;
import static dev.sardonyx.optimizer.TestGraph.operators;
import static dev.sardonyx.optimizer.TestGraph.rewritten;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.optimizer.TestGraph;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Branches that are known to be taken. */
class InlineBranchTest {
  private final TestGraph g = new TestGraph();
  private final String x = g.input("x", 2, 3);
  private final Graph negated = branch().node("Neg", List.of("x"), List.of("r"), NONE).build();
  private final Graph rooted = branch().node("Sqrt", List.of("x"), List.of("r"), NONE).build();
  private static final Attributes NONE = Attributes.NONE;

  private static Graph.Builder branch() {
    return new Graph.Builder(StandardOperators.set()).output("r", ValueType.UNKNOWN);
  }

  private static Attributes branches(Graph whenTrue, Graph whenFalse) {
    return NONE.with("then_branch", Attribute.of(whenTrue))
        .with("else_branch", Attribute.of(whenFalse));
  }

  private String truth(boolean value) {
    Tensor t = Tensor.zeros(DType.BOOL);
    t.setLong(0, value ? 1 : 0);
    return g.constant(t);
  }

  @Test
  void theBranchThatIsTakenStandsInLine() {
    String y = g.op("If", branches(negated, rooted), truth(true));
    String z = g.op("If", branches(rooted, negated), truth(true));
    Graph after = rewritten(g.build(g.op("Add", y, z)), new InlineBranch());
    assertThat(operators(after)).isEqualTo("Neg Sqrt Add");
  }

  @Test
  void subgraphsOfTheBranchReadItsValuesUnderTheirNewNames() {
    Graph inner = branch().node("Abs", List.of("a"), List.of("r"), NONE).build();
    Graph outer =
        new Graph.Builder(StandardOperators.set())
            .output("i", ValueType.UNKNOWN)
            .node("Neg", List.of("x"), List.of("a"), NONE)
            .node("If", List.of("condition"), List.of("i"), branches(inner, negated))
            .build();
    g.input("condition", DType.BOOL);
    String y = g.op("If", branches(outer, negated), truth(true));
    Graph after = rewritten(g.build(g.op("Add", y, x)), new InlineBranch());
    assertThat(operators(after)).isEqualTo("Neg If Add");
  }

  @Test
  void branchesWithAConditionThatIsNotKnownStay() {
    String condition = g.input("condition", DType.BOOL);
    String y = g.op("If", branches(negated, rooted), condition);
    assertThat(declined(g.build(y), new InlineBranch())).isEmpty();
  }
}
