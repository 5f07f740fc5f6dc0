package dev.sardonyx.op.vision;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Upsample and the first versions of Resize, which are read as the newest one. */
final class OldResizeTest {
  private static final Tensor X = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 2, 2);
  private static final Tensor TWICE = Tensor.of(new float[] {1, 1, 1, 2}, 4);

  @Test
  void upsampleRepeatsTheNearest() {
    assertThat(OneNode.of("Upsample", 9).run(X, TWICE).toDoubles())
        .containsExactly(1, 1, 2, 2, 3, 3, 4, 4);
    assertThat(
            OneNode.of("Upsample", 1)
                .with("height_scale", 1f)
                .with("width_scale", 2f)
                .run(X)
                .toDoubles())
        .containsExactly(1, 1, 2, 2, 3, 3, 4, 4);
  }

  @Test
  void linearUpsampleIsAsymmetric() {
    // Positions 0, 0.5, 1, 1.5; the last one is held at the edge.
    assertThat(OneNode.of("Upsample", 9).with("mode", "linear").run(X, TWICE).toDoubles())
        .containsExactly(1, 1.5, 2, 2, 3, 3.5, 4, 4);
    assertThat(OneNode.of("Resize", 10).with("mode", "linear").run(X, TWICE).toDoubles())
        .containsExactly(1, 1.5, 2, 2, 3, 3.5, 4, 4);
  }

  @Test
  void halfPixelForNearestNeighboursIsStillRead() {
    Tensor x = Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, 1, 1, 1, 8);
    Tensor none = Tensor.of(new float[0], 0);
    Tensor quarter = Tensor.of(new float[] {1, 1, 1, 0.25f}, 4);
    // floor((x + 0.5) · 4) = 2, 6
    assertThat(
            OneNode.of("Resize", 11)
                .with("coordinate_transformation_mode", "tf_half_pixel_for_nn")
                .with("nearest_mode", "floor")
                .run(x, none, quarter)
                .toDoubles())
        .containsExactly(2, 6);
    Tensor three = Tensor.of(new float[] {1, 1, 1, 3 / 8f}, 4);
    // (x + 0.5) · 8/3 = 1.33, 4, 6.67, rounded
    assertThat(
            OneNode.of("Resize", 11)
                .with("coordinate_transformation_mode", "tf_half_pixel_for_nn")
                .run(x, none, three)
                .toDoubles())
        .containsExactly(1, 4, 7);
  }
}
