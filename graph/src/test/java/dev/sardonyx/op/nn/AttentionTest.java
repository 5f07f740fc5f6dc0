package dev.sardonyx.op.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

final class AttentionTest {
  /** All keys are alike, so that Y is the mean of the values that take part. */
  private static final Tensor Q = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 4, 1);

  private static final Tensor K = Tensor.of(new float[] {1, 1, 1, 1}, 1, 1, 4, 1);
  private static final Tensor V = Tensor.of(new float[] {1, 3, 5, 11}, 1, 1, 4, 1);

  @Test
  void causalQueriesSeeUpToTheirOwnPosition() {
    assertThat(OneNode.of("Attention").run(Q, K, V).toFloats()).containsExactly(5, 5, 5, 5);
    assertThat(OneNode.of("Attention").with("is_causal", 1).run(Q, K, V).toFloats())
        .containsExactly(1, 2, 3, 5);
  }

  @Test
  void windowsLimitTheDistance() {
    assertThat(
            OneNode.of("Attention")
                .with("is_causal", 1)
                .with("left_window_size", 1)
                .run(Q, K, V)
                .toFloats())
        .containsExactly(1, 2, 4, 8);
    assertThat(
            OneNode.of("Attention")
                .with("left_window_size", 0)
                .with("right_window_size", 1)
                .run(Q, K, V)
                .toFloats())
        .containsExactly(2, 4, 8, 11);
  }

  @Test
  void aShortMaskLeavesOutTheEnd() {
    Tensor mask = Tensor.of(new boolean[] {true, true}, 1, 2);
    assertThat(OneNode.of("Attention").run(Q, K, V, mask).toFloats()).containsExactly(2, 2, 2, 2);
  }

  @Test
  void aQueryThatSeesNothingYieldsZero() {
    Tensor mask = Tensor.of(new boolean[] {false, false, false, false}, 1, 4);
    assertThat(OneNode.of("Attention").run(Q, K, V, mask).toFloats()).containsExactly(0, 0, 0, 0);
  }

  @Test
  void headsOfFlatInputsLieSideBySide() {
    // Two query heads share one key head; with scale 0 both average the values.
    Tensor q = Tensor.of(new float[] {1, 2, 3, 4}, 1, 2, 2);
    Tensor k = Tensor.of(new float[] {1, 2}, 1, 2, 1);
    Tensor v = Tensor.of(new float[] {10, 20}, 1, 2, 1);
    OneNode node =
        OneNode.of("Attention").with("q_num_heads", 2).with("kv_num_heads", 1).with("scale", 0f);
    assertThat(node.run(q, k, v).toFloats()).containsExactly(15, 15, 15, 15);
  }

  @Test
  void macsCountScoresAndSums() {
    Attention attention =
        new Attention(false, 0, 0, Float.NaN, 0, Attention.OutputMode.SCALED, -1, -1);
    var inputs = List.of(new int[] {2, 4, 5, 8}, new int[] {2, 4, 7, 8}, new int[] {2, 4, 7, 3});
    assertThat(attention.macs(inputs, List.of(new int[] {2, 4, 5, 3})))
        .isEqualTo(2 * 4 * 5 * 7 * (8 + 3));
  }

  @Test
  void rotationByARightAngleExchangesThePairs() {
    Tensor x = Tensor.of(new float[] {1, 2, 3, 4}, 1, 1, 1, 4);
    Tensor cos = Tensor.of(new float[] {0, 0}, 1, 1, 2);
    Tensor sin = Tensor.of(new float[] {1, 1}, 1, 1, 2);
    assertThat(OneNode.of("RotaryEmbedding").run(x, cos, sin).toFloats())
        .containsExactly(-3, -4, 1, 2);
    assertThat(OneNode.of("RotaryEmbedding").with("interleaved", 1).run(x, cos, sin).toFloats())
        .containsExactly(-2, 1, -4, 3);
  }

  @Test
  void linearAttentionRecallsWhatItWrote() {
    // Keys (1, 0) then (0, 1); the query of step 2 asks for the first.
    Tensor k = Tensor.of(new float[] {1, 0, 0, 1}, 1, 2, 2);
    Tensor q = Tensor.of(new float[] {1, 0, 1, 0}, 1, 2, 2);
    Tensor v = Tensor.of(new float[] {7, 9}, 1, 2, 1);
    OneNode node =
        OneNode.of("LinearAttention")
            .with("q_num_heads", 1)
            .with("kv_num_heads", 1)
            .with("scale", 1f)
            .with("update_rule", "gated");
    Tensor decay = Tensor.of(new float[] {0, (float) Math.log(0.5)}, 1, 2, 1);
    Tensor y = node.run(q, k, v, null, decay);
    assertThat(y.getDouble(0)).isEqualTo(7);
    assertThat(y.getDouble(1)).isCloseTo(3.5, within(1e-6));
  }
}
