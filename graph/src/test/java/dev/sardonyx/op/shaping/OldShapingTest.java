package dev.sardonyx.op.shaping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Old versions, whose attributes are inputs now, and inputs that do not fit. */
final class OldShapingTest {
  private static final Tensor X = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);

  @Test
  void attributesBecomeInputs() {
    assertThat(OneNode.of("Reshape", 1).with("shape", 3, -1).run(X)).isEqualTo(X.reshape(3, 2));
    assertThat(OneNode.of("Unsqueeze", 11).with("axes", 0, -1).run(X))
        .isEqualTo(X.reshape(1, 2, 3, 1));
    assertThat(OneNode.of("Squeeze", 11).with("axes", 0, -1).run(X.reshape(1, 6, 1)))
        .isEqualTo(X.reshape(6));
    assertThat(OneNode.of("Slice", 9).with("starts", 0, -2).with("ends", 1, 1000).run(X))
        .isEqualTo(Tensor.of(new float[] {2, 3}, 1, 2));
    assertThat(OneNode.of("Split", 11).with("split", new long[] {2}).run(X)).isEqualTo(X);
    assertThat(OneNode.of("Split", 2).with("axis", 1).run(X)).isEqualTo(X);
  }

  @Test
  void padTookItsValueFromAnAttribute() {
    Tensor expected = Tensor.of(new float[] {9, 1, 2, 3, 9, 4, 5, 6}, 2, 4);
    assertThat(OneNode.of("Pad", 2).with("pads", 0, 1, 0, 0).with("value", 9f).run(X))
        .isEqualTo(expected);
    assertThat(OneNode.of("Pad", 1).with("paddings", 0, 1, 0, 0).with("value", 9f).run(X))
        .isEqualTo(expected);
  }

  @Test
  void concatOfTheFirstOpsetJoinsAlongAxis1() {
    Tensor y = Tensor.of(new float[] {7, 8}, 2, 1);
    assertThat(OneNode.of("Concat", 1).run(X, y))
        .isEqualTo(Tensor.of(new float[] {1, 2, 3, 7, 4, 5, 6, 8}, 2, 4));
  }

  @Test
  void scatterIsScatterElements() {
    Tensor indices = Tensor.of(new long[] {1, 0}, 1, 2);
    Tensor updates = Tensor.of(new float[] {-1, -2}, 1, 2);
    Tensor expected = Tensor.of(new float[] {1, -2, 3, -1, 5, 6}, 2, 3);
    assertThat(OneNode.of("Scatter", 9).run(X, indices, updates)).isEqualTo(expected);
    assertThat(OneNode.of("ScatterElements").run(X, indices, updates)).isEqualTo(expected);
  }

  @Test
  void tensorsThatDoNotFitAreRefused() {
    assertThatThrownBy(() -> OneNode.of("Gather").run(X, Tensor.vector(2)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("indices: expected -2 to 1, got 2");
    assertThatThrownBy(() -> OneNode.of("Tile").run(X, Tensor.vector(1 << 20, 1 << 20)))
        .isInstanceOf(ModelException.class);
    assertThatThrownBy(() -> OneNode.of("Expand").run(X, Tensor.vector(2, 4)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected shapes that broadcast");
    assertThatThrownBy(() -> OneNode.of("Pad").run(X, Tensor.vector(0, -4, 0, 0)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected to take away no more than there is");
  }
}
