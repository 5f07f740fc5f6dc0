package dev.sardonyx.op.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import org.junit.jupiter.api.Test;

final class NormalizationTest {
  private static Tensor floats(int[] shape, float... values) {
    return Tensor.of(values, shape);
  }

  private static Tensor vector(float... values) {
    return Tensor.of(values, values.length);
  }

  @Test
  void batchNormalizationOfOldVersionsMeansTheSame() {
    Tensor x = floats(new int[] {1, 2, 2}, 1, 2, 3, 4);
    Tensor[] inputs = {x, vector(2, 1), vector(0, 1), vector(1, 2), vector(4, 1)};
    for (int opset : new int[] {6, 7, 9, 14, 15}) {
      assertThat(
              OneNode.of("BatchNormalization", opset).with("epsilon", 0f).run(inputs).toDoubles())
          .containsExactly(0, 1, 2, 3);
    }
    assertThatThrownBy(() -> OneNode.of("BatchNormalization", 7).with("spatial", 0).run(inputs))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("attribute spatial: expected 1");
  }

  @Test
  void groupNormalizationOfVersion18ScalesGroups() {
    Tensor x = floats(new int[] {1, 4, 1}, -1, 1, -2, 2);
    OneNode old = OneNode.of("GroupNormalization", 18).with("num_groups", 2).with("epsilon", 0f);
    assertThat(old.run(x, vector(1, 10), vector(0, 5)).toDoubles()).containsExactly(-1, 1, -5, 15);
    OneNode now = OneNode.of("GroupNormalization").with("num_groups", 2).with("epsilon", 0f);
    assertThat(now.run(x, vector(1, 1, 10, 20), vector(0, 0, 5, 5)).toDoubles())
        .containsExactly(-1, 1, -5, 25);
  }

  @Test
  void skipLayerNormalizationIsLayerNormalizationOfTheSum() {
    Tensor x = floats(new int[] {2, 3}, 1, 2, 4, -1, 0, 2);
    Tensor skip = floats(new int[] {1, 3}, 3, 1, 1);
    Tensor gamma = vector(1, 2, 3);
    Tensor beta = vector(0.5f, 0, -1);
    Tensor bias = vector(0, 0, 2);
    Tensor sum = floats(new int[] {2, 3}, 4, 3, 7, 2, 1, 5);
    Tensor expected = OneNode.of("LayerNormalization").with("epsilon", 1e-5f).run(sum, gamma, beta);
    assertThat(
            OneNode.microsoft("SkipLayerNormalization")
                .with("epsilon", 1e-5f)
                .run(x, skip, gamma, beta, bias))
        .isEqualTo(expected);
    Tensor simplified =
        OneNode.microsoft("SkipSimplifiedLayerNormalization")
            .with("epsilon", 1e-5f)
            .run(x, skip, gamma, bias);
    Tensor rms = OneNode.of("RMSNormalization").with("epsilon", 1e-5f).run(sum, gamma);
    for (int i = 0; i < rms.size(); i++) {
      assertThat(simplified.getDouble(i)).isCloseTo(rms.getDouble(i), within(1e-6));
    }
  }

  @Test
  void embeddingsAreSummedThenNormalized() {
    Tensor ids = Tensor.of(new int[] {1, 0}, 1, 2);
    Tensor words = floats(new int[] {2, 2}, 0, 2, 4, 4);
    Tensor positions = floats(new int[] {2, 2}, 1, 0, 0, 0);
    Tensor y =
        OneNode.microsoft("EmbedLayerNormalization")
            .with("epsilon", 0f)
            .run(ids, null, words, positions, null, vector(1, 3), vector(0, 0));
    // Sums (5, 4) and (0, 2).
    assertThat(y.toDoubles()).containsExactly(1, -3, -1, 3);
  }

  @Test
  void aZeroVectorStaysZeroUnderLpNormalization() {
    Tensor x = floats(new int[] {2, 2}, 0, 0, 3, -4);
    assertThat(OneNode.of("LpNormalization").run(x).toFloats()).containsExactly(0, 0, 0.6f, -0.8f);
  }

  @Test
  void halfPrecisionIsRoundedOnce() {
    Tensor x = floats(new int[] {1, 2, 2}, 1, 2, 3, 5).convert(DType.FLOAT16);
    Tensor ones = vector(1, 1).convert(DType.FLOAT16);
    Tensor zeros = vector(0, 0).convert(DType.FLOAT16);
    Tensor y = OneNode.of("InstanceNormalization").with("epsilon", 0f).run(x, ones, zeros);
    assertThat(y.dtype()).isEqualTo(DType.FLOAT16);
    assertThat(y.toDoubles()).containsExactly(-1, 1, -1, 1);
  }
}
