package dev.sardonyx.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

class InferenceTest {
  @Test
  void whatFollowsAGraphHasTheTypesThatItWouldBeGivenAlone() {
    Graph before =
        start()
            .node("Shape", List.of("x"), List.of("shape"), Attributes.NONE)
            .node("Relu", List.of("x"), List.of("positive"), Attributes.NONE)
            .node("Reshape", List.of("positive", "flat"), List.of("y"), Attributes.NONE)
            .build();
    Graph after =
        start()
            .initializer("row", Tensor.zeros(DType.FLOAT, 4))
            .node("Shape", List.of("x"), List.of("shape"), Attributes.NONE)
            .node("Relu", List.of("x"), List.of("positive"), Attributes.NONE)
            .node("Add", List.of("positive", "row"), List.of("sum"), Attributes.NONE)
            .node("Reshape", List.of("sum", "flat"), List.of("y"), Attributes.NONE)
            .build();

    Inference followed = Inference.of(before).following(after);

    Inference alone = Inference.of(after);
    for (String value : List.of("x", "flat", "row", "shape", "positive", "sum", "y")) {
      assertThat(followed.type(value)).as(value).isEqualTo(alone.type(value));
      assertThat(followed.extents(value)).as(value).isEqualTo(alone.extents(value));
      assertThat(followed.constant(value)).as(value).isSameAs(alone.constant(value));
    }
  }

  @Test
  void whatFollowsAGraphKnowsNothingOfValuesThatAreGone() {
    Graph before = start().node("Relu", List.of("x"), List.of("positive"), Attributes.NONE).build();
    Graph after = start().node("Abs", List.of("x"), List.of("y"), Attributes.NONE).build();

    assertThat(Inference.of(before).following(after).type("positive")).isEqualTo(ValueType.UNKNOWN);
  }

  private static Graph.Builder start() {
    return new Graph.Builder(StandardOperators.set())
        .input("x", ValueType.tensor(DType.FLOAT, Shape.of(Dim.symbol("n"), Dim.of(4))))
        .initializer("flat", Tensor.vector(-1L));
  }
}
