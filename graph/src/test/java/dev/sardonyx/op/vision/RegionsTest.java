package dev.sardonyx.op.vision;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.Tensor;
import org.junit.jupiter.api.Test;

final class RegionsTest {
  /** 4×4, row by row 0 to 15. */
  private static final Tensor PICTURE =
      Tensor.of(new float[] {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, 1, 1, 4, 4);

  private static Tensor pooled(float scale, float... region) {
    return OneNode.of("MaxRoiPool")
        .with("pooled_shape", 2, 2)
        .with("spatial_scale", scale)
        .run(PICTURE, Tensor.of(region, 1, 5));
  }

  @Test
  void maxRoiPoolTakesTheLargestOfEveryBin() {
    assertThat(pooled(1, 0, 0, 0, 3, 3).toDoubles()).containsExactly(5, 7, 13, 15);
    assertThat(pooled(0.5f, 0, 0, 0, 6, 6).toDoubles()).containsExactly(5, 7, 13, 15);
  }

  @Test
  void maxRoiPoolWidensBinsToWholeElements() {
    // Three rows and columns in two bins: rows 0 to 1 and 1 to 2.
    assertThat(pooled(1, 0, 0, 0, 2, 2).toDoubles()).containsExactly(5, 6, 9, 10);
  }

  @Test
  void maxRoiPoolGivesZeroOutside() {
    assertThat(pooled(1, 0, 8, 8, 9, 9).toDoubles()).containsExactly(0, 0, 0, 0);
  }

  @Test
  void aRegionOfAnotherBatchIsRefused() {
    assertThatThrownBy(() -> pooled(1, 3, 0, 0, 1, 1))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected batch entries 0 to 0, got 3");
  }

  @Test
  void roiAlignOfOpset10HasNoHalfPixel() {
    Tensor regions = Tensor.of(new float[] {0, 0, 2, 2}, 1, 4);
    Tensor batch = Tensor.vector(0);
    Tensor old = OneNode.of("RoiAlign", 10).with("sampling_ratio", 1).run(PICTURE, regions, batch);
    // The one sample lies at (1, 1); half a pixel less with the newer default.
    assertThat(old.toDoubles()).containsExactly(5);
    assertThat(
            OneNode.of("RoiAlign")
                .with("sampling_ratio", 1)
                .run(PICTURE, regions, batch)
                .toDoubles())
        .containsExactly(2.5);
  }

  @Test
  void gridSampleOfOpset16CallsLinearBilinear() {
    Tensor grid = Tensor.of(new float[] {0, 0}, 1, 1, 1, 2);
    assertThat(OneNode.of("GridSample", 16).with("mode", "bilinear").run(PICTURE, grid).toDoubles())
        .containsExactly(7.5);
    assertThat(OneNode.of("GridSample", 16).run(PICTURE, grid).toDoubles()).containsExactly(7.5);
  }
}
