package dev.sardonyx.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.op.StandardOperators;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class NodeTest {
  @Test
  void usesItsInputsEachOnceAndNoOmittedOne() {
    assertThat(node("a", "b").uses()).containsExactly("a", "b");
    assertThat(node("a", "", "b").uses()).containsExactly("a", "b");
    assertThat(node("a", "b", "a").uses()).containsExactly("a", "b");
    assertThat(node().uses()).isEmpty();
  }

  @Test
  void usesManyInputs() {
    String[] names = IntStream.range(0, 100).mapToObj(i -> "v" + i % 50).toArray(String[]::new);

    assertThat(node(names).uses()).hasSize(50).startsWith("v0", "v1").endsWith("v49");
  }

  @Test
  void usesWhatItsSubgraphsCapture() {
    Node node = ifNode(branch("x", "a"), branch("b", "y"));

    assertThat(node.subgraphs()).hasSize(2);
    assertThat(node.uses()).containsExactly("condition", "x", "a", "b", "y");
  }

  @Test
  void aGraphCapturesWhatItNeitherComputesNorHas() {
    Graph inner =
        new Graph.Builder(StandardOperators.set())
            .input("own", ValueType.UNKNOWN)
            .node("Add", List.of("own", "outer"), List.of("sum"), Attributes.NONE)
            .node("Add", List.of("sum", "other"), List.of("y"), Attributes.NONE)
            .output("y", ValueType.UNKNOWN)
            .output("passed", ValueType.UNKNOWN)
            .build();

    assertThat(inner.captures()).containsExactly("outer", "other", "passed");
  }

  private static Node node(String... inputs) {
    return new Node(
        "",
        "",
        "Sum",
        List.of(inputs),
        List.of("out"),
        Attributes.NONE,
        new UnknownOperator("", "Sum", Attributes.NONE));
  }

  private static Node ifNode(Graph then, Graph otherwise) {
    Attributes branches =
        new Attributes(Map.of("then_branch", Attribute.of(then), "unrelated", Attribute.of(1)))
            .with("else_branch", Attribute.of(otherwise));
    return new Node(
        "",
        "",
        "If",
        List.of("condition"),
        List.of("out"),
        branches,
        new UnknownOperator("", "If", branches));
  }

  private static Graph branch(String a, String b) {
    return new Graph.Builder(StandardOperators.set())
        .node("Add", List.of(a, b), List.of("y of " + a), Attributes.NONE)
        .output("y of " + a, ValueType.UNKNOWN)
        .build();
  }
}
