package dev.sardonyx.runtime.lowering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import java.util.List;
import org.junit.jupiter.api.Test;

class UsesTest {
  @Test
  void knowsTheOnlyUserOfAValueThatNobodyElseSees() {
    Graph graph =
        new Graph.Builder(StandardOperators.set())
            .input("x", ValueType.UNKNOWN)
            .node("Abs", List.of("x"), List.of("a"), Attributes.NONE)
            .node("Mul", List.of("a", "a"), List.of("square"), Attributes.NONE)
            .node("Add", List.of("square", "x"), List.of("y"), Attributes.NONE)
            .node("Neg", List.of("y"), List.of("z"), Attributes.NONE)
            .output("y", ValueType.UNKNOWN)
            .output("z", ValueType.UNKNOWN)
            .build();

    Uses uses = new Uses(graph);

    assertThat(uses.producer("square").opType()).isEqualTo("Mul");
    assertThat(uses.producer("x")).isNull();
    assertThat(uses.onlyUser("a").opType()).isEqualTo("Mul");
    assertThat(uses.onlyUser("square").opType()).isEqualTo("Add");
    assertThat(uses.onlyUser("x")).as("used twice").isNull();
    assertThat(uses.onlyUser("y")).as("used and an output").isNull();
    assertThat(uses.onlyUser("z")).as("not used").isNull();
  }
}
