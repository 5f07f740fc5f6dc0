package dev.sardonyx.op.recurrent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RecurrentTest {
  private static Tensor t(int[] shape, float... values) {
    return Tensor.of(values, shape);
  }

  private static int[] shape(int... extents) {
    return extents;
  }

  /** Two sequences, (1, 2, 3) and (10, 20, 30). */
  private static final Tensor SEQUENCES = t(shape(3, 2, 1), 1, 10, 2, 20, 3, 30);

  @Test
  void rnnRunsBothWaysWithinTheSequence() {
    Tensor ones = t(shape(2, 1, 1), 1, 1);
    Tensor lengths = Tensor.of(new int[] {3, 2}, 2);
    Tensor y =
        OneNode.of("RNN")
            .with("direction", "bidirectional")
            .with("hidden_size", 1)
            .run(SEQUENCES, ones, ones, null, lengths);
    // Tanh saturates; what counts here is where zeros stand. [T, D, N, H]
    assertThat(y.shape()).containsExactly(3, 2, 2, 1);
    assertThat(y.getDouble(2 * 4 + 1)).isZero();
    assertThat(y.getDouble(2 * 4 + 3)).isZero();
    assertThat(y.getDouble(2 * 4)).isPositive();
    // Backward, the second sequence begins at its step 1 with tanh(20).
    assertThat(y.getDouble(1 * 4 + 3)).isCloseTo(1, within(1e-6));
  }

  @Test
  void reverseIsForwardOnTheReversedSequence() {
    Tensor w = t(shape(1, 1, 1), 0.3f);
    Tensor r = t(shape(1, 1, 1), -0.7f);
    Tensor forward = OneNode.of("RNN").with("hidden_size", 1).run(t(shape(3, 1, 1), 1, 2, 3), w, r);
    Tensor reverse =
        OneNode.of("RNN")
            .with("hidden_size", 1)
            .with("direction", "reverse")
            .run(t(shape(3, 1, 1), 3, 2, 1), w, r);
    for (int i = 0; i < 3; i++) {
      assertThat(reverse.getDouble(2 - i)).isEqualTo(forward.getDouble(i));
    }
    assertThat(forward.getFloat(0)).isEqualTo((float) Math.tanh(0.3f));
    double second = Math.tanh(2 * (double) 0.3f + (double) -0.7f * Math.tanh(0.3f));
    assertThat(forward.getDouble(1)).isCloseTo(second, within(1e-7));
  }

  @Test
  void lstmFollowsItsFormulas() {
    // Gates i, o, f, c with weights 0.1 to 0.4 for x and 0.5 to 0.8 for h; peepholes 1, 2, 3.
    Tensor w = t(shape(1, 4, 1), 0.1f, 0.2f, 0.3f, 0.4f);
    Tensor r = t(shape(1, 4, 1), 0.5f, 0.6f, 0.7f, 0.8f);
    Tensor p = t(shape(1, 3), 1, 2, 3);
    Tensor h0 = t(shape(1, 1, 1), 0.25f);
    Tensor c0 = t(shape(1, 1, 1), -0.5f);
    Tensor y =
        OneNode.of("LSTM")
            .with("hidden_size", 1)
            .run(t(shape(1, 1, 1), 1), w, r, null, null, h0, c0, p);
    double i = sigmoid(0.1 + 0.5 * 0.25 + 1 * -0.5);
    double f = sigmoid(0.3 + 0.7 * 0.25 + 3 * -0.5);
    double c = f * -0.5 + i * Math.tanh(0.4 + 0.8 * 0.25);
    double o = sigmoid(0.2 + 0.6 * 0.25 + 2 * c);
    assertThat(y.getDouble(0)).isCloseTo(o * Math.tanh(c), within(1e-6));
  }

  @Test
  void coupledLstmForgetsWhatItDoesNotTakeIn() {
    Tensor zeros = t(shape(1, 4, 1), 0, 0, 0, 0);
    Tensor c0 = t(shape(1, 1, 1), 2);
    Tensor big = t(shape(1, 8), 50, 50, 50, 0, 0, 0, 0, 0);
    // i = 1, so that f = 0 and the old cell state is gone: C' = tanh(0) = 0.
    Tensor y =
        OneNode.of("LSTM")
            .with("hidden_size", 1)
            .with("input_forget", 1)
            .run(t(shape(1, 1, 1), 1), zeros, zeros, big, null, null, c0);
    assertThat(y.getDouble(0)).isCloseTo(0, within(1e-6));
  }

  @Test
  void gruResetsBeforeOrAfterItsProduct() {
    Tensor x = t(shape(1, 1, 1), 1);
    Tensor w = t(shape(1, 3, 1), 0.1f, 0.2f, 0.3f);
    Tensor r = t(shape(1, 3, 1), 0.4f, 0.5f, 0.6f);
    Tensor b = t(shape(1, 6), 0, 0, 0.05f, 0, 0, 0.7f);
    Tensor h0 = t(shape(1, 1, 1), 0.5f);
    double z = sigmoid(0.1 + 0.4 * 0.5);
    double reset = sigmoid(0.2 + 0.5 * 0.5);
    double before = Math.tanh(0.3 + 0.05 + 0.6 * (reset * 0.5) + 0.7);
    double after = Math.tanh(0.3 + 0.05 + reset * (0.6 * 0.5 + 0.7));
    assertThat(OneNode.of("GRU").with("hidden_size", 1).run(x, w, r, b, null, h0).getDouble(0))
        .isCloseTo((1 - z) * before + z * 0.5, within(1e-6));
    assertThat(
            OneNode.of("GRU")
                .with("hidden_size", 1)
                .with("linear_before_reset", 1)
                .run(x, w, r, b, null, h0)
                .getDouble(0))
        .isCloseTo((1 - z) * after + z * 0.5, within(1e-6));
  }

  @Test
  void batchFirstIsTheSameInAnotherOrder() {
    Tensor w = t(shape(1, 1, 1), 0.05f);
    Tensor r = t(shape(1, 1, 1), 0.5f);
    Tensor time = OneNode.of("RNN").with("hidden_size", 1).run(SEQUENCES, w, r);
    Tensor batch =
        OneNode.of("RNN")
            .with("hidden_size", 1)
            .with("layout", 1)
            .run(t(shape(2, 3, 1), 1, 2, 3, 10, 20, 30), w, r);
    assertThat(batch.shape()).containsExactly(2, 3, 1, 1);
    for (int s = 0; s < 3; s++) {
      for (int n = 0; n < 2; n++) {
        assertThat(batch.getDouble(n * 3 + s)).isEqualTo(time.getDouble(s * 2 + n));
      }
    }
  }

  @Test
  void clipBoundsTheSums() {
    Tensor one = t(shape(1, 1, 1), 1);
    Tensor y = OneNode.of("RNN").with("hidden_size", 1).with("clip", 0.5f).run(SEQUENCES, one, one);
    assertThat(y.toFloats()).containsOnly((float) Math.tanh(0.5));
  }

  @Test
  void activationsHaveTheParametersThatTheSpecificationGives() {
    assertThat(apply(Activation.Function.AFFINE, 2, 1)).isEqualTo(7);
    assertThat(apply(Activation.Function.LEAKYRELU, 2, 0)).isEqualTo(3);
    assertThat(apply(Activation.Function.THRESHOLDEDRELU, 3, 0)).isZero();
    assertThat(apply(Activation.Function.SCALEDTANH, 2, 0.5)).isEqualTo(2 * Math.tanh(1.5));
    assertThat(apply(Activation.Function.HARDSIGMOID, 0.2, 0.1)).isCloseTo(0.7, within(1e-12));
    assertThat(apply(Activation.Function.SOFTSIGN, 0, 0)).isEqualTo(0.75);
    assertThat(apply(Activation.Function.SOFTPLUS, 0, 0))
        .isCloseTo(Math.log(1 + Math.exp(3)), within(1e-12));
  }

  private static double apply(Activation.Function f, double alpha, double beta) {
    return new Activation(f, alpha, beta).apply(3);
  }

  @Test
  void weightsOfAnotherSizeAreRefused() {
    Tensor w = t(shape(1, 2, 1), 1, 1);
    assertThatThrownBy(() -> OneNode.of("LSTM").with("hidden_size", 1).run(SEQUENCES, w, w))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("W: expected shape [1, 4, 1]");
  }

  @Test
  void macsCountBothProductsOfEveryStep() {
    List<int[]> inputs =
        List.of(new int[] {10, 2, 8}, new int[] {1, 4 * 16, 8}, new int[] {1, 4 * 16, 16});
    assertThat(Recurrence.macs(inputs)).isEqualTo(10 * 2 * 4 * 16 * (8 + 16));
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }
}
