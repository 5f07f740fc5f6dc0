package dev.sardonyx.op.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What is known of values that come out of subgraphs. */
final class BranchTypesTest {
  private static final ValueType X =
      ValueType.tensor(DType.FLOAT, Shape.of(Dim.of(2), Dim.symbol("n")));

  private static Graph.Builder builder() {
    return new Graph.Builder(StandardOperators.set());
  }

  /** A subgraph of one node that reads outer value x. */
  private static Graph branch(String opType, Attributes attributes) {
    return builder()
        .node(opType, List.of("x"), List.of("out"), attributes)
        .output("out", ValueType.UNKNOWN)
        .build();
  }

  private static Graph choice(Graph whenTrue, Graph whenFalse) {
    return builder()
        .input("x", X)
        .input("cond", ValueType.tensor(DType.BOOL))
        .node(
            "If",
            List.of("cond"),
            List.of("y"),
            Attributes.NONE
                .with("then_branch", Attribute.of(whenTrue))
                .with("else_branch", Attribute.of(whenFalse)))
        .output("y", ValueType.UNKNOWN)
        .build();
  }

  @Test
  void extentsThatBranchesAgreeInAreKnown() {
    Graph same = branch("Identity", Attributes.NONE);
    assertThat(Inference.of(choice(same, same)).type("y")).isEqualTo(X);

    Graph twice =
        builder()
            .node(
                "Concat",
                List.of("x", "x"),
                List.of("out"),
                Attributes.NONE.with("axis", Attribute.of(1)))
            .output("out", ValueType.UNKNOWN)
            .build();
    TensorType y = (TensorType) Inference.of(choice(same, twice)).type("y");
    assertThat(y.shape().dim(0)).isEqualTo(Dim.of(2));
    assertThat(y.shape().dim(1)).isNotIn(Dim.symbol("n"), Dim.symbol("n").times(2));
  }

  @Test
  void ranksThatDifferAreUnknown() {
    Graph flat = branch("Size", Attributes.NONE);
    Graph shape = branch("Shape", Attributes.NONE);
    assertThat(Inference.of(choice(flat, shape)).type("y"))
        .isEqualTo(ValueType.tensor(DType.INT64, Shape.UNKNOWN));
  }

  @Test
  void aBranchThatCannotWorkIsNeverTaken() {
    Graph squeeze =
        builder()
            .initializer("axes", Tensor.vector(0))
            .node("Squeeze", List.of("x", "axes"), List.of("out"), Attributes.NONE)
            .output("out", ValueType.UNKNOWN)
            .build();
    Graph graph = choice(squeeze, branch("Identity", Attributes.NONE));
    assertThat(Inference.of(graph).type("y")).isEqualTo(X);
  }

  @Test
  void aLoopsStateMayGrow() {
    Graph body =
        builder()
            .input("i", ValueType.tensor(DType.INT64))
            .input("going", ValueType.tensor(DType.BOOL))
            .input("s", ValueType.UNKNOWN)
            .node("Identity", List.of("going"), List.of("goOn"), Attributes.NONE)
            .node(
                "Concat",
                List.of("s", "s"),
                List.of("twice"),
                Attributes.NONE.with("axis", Attribute.of(1)))
            .output("goOn", ValueType.UNKNOWN)
            .output("twice", ValueType.UNKNOWN)
            .output("i", ValueType.UNKNOWN)
            .build();
    Graph graph =
        builder()
            .input("x", X)
            .initializer("count", Tensor.scalar(3L))
            .node(
                "Loop",
                List.of("count", "", "x"),
                List.of("last", "steps"),
                Attributes.NONE.with("body", Attribute.of(body)))
            .output("last", ValueType.UNKNOWN)
            .output("steps", ValueType.UNKNOWN)
            .build();
    Inference types = Inference.of(graph);
    TensorType last = (TensorType) types.type("last");
    assertThat(last.shape().dim(0)).isEqualTo(Dim.of(2));
    assertThat(last.shape().dim(1).isKnown()).isFalse();
    assertThat(last.shape().dim(1)).isNotEqualTo(Dim.symbol("n"));
    assertThat(types.type("steps")).isEqualTo(ValueType.tensor(DType.INT64, 3));

    var out = ReferenceEvaluator.run(graph, Map.of("x", Tensor.of(new float[] {1, 2}, 2, 1)));
    assertThat(out.get("last"))
        .isEqualTo(Tensor.of(new float[] {1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2}, 2, 8));
    assertThat(out.get("steps")).isEqualTo(Tensor.vector(0, 1, 2));
  }
}
