package dev.sardonyx.op.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ConvTest {
  private static Tensor of(int[] shape, double... values) {
    return Tensor.of(values, shape);
  }

  private static int[] shape(int... extents) {
    return extents;
  }

  private static Tensor random(long seed, int... shape) {
    Tensor t = Tensor.zeros(DType.DOUBLE, shape);
    Random random = new Random(seed);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }

  @Test
  void groupsSeeTheirOwnChannelsOnly() {
    Tensor x = of(shape(1, 2, 3), 1, 2, 3, 10, 20, 30);
    Tensor w = of(shape(2, 1, 2), 1, 1, 1, -1);
    Tensor bias = of(shape(2), 0.5, 0);
    assertThat(OneNode.of("Conv").with("group", 2).run(x, w, bias).toDoubles())
        .containsExactly(3.5, 5.5, -10, -10);
  }

  @Test
  void dilationAndStrideSkipInputs() {
    Tensor x = of(shape(1, 1, 7), 1, 2, 3, 4, 5, 6, 7);
    Tensor w = of(shape(1, 1, 2), 1, 100);
    Tensor y =
        OneNode.of("Conv")
            .with("dilations", new long[] {3})
            .with("strides", new long[] {2})
            .with("pads", 1, 0)
            .run(x, w);
    assertThat(y.toDoubles()).containsExactly(300, 502, 704);
  }

  @Test
  void threeDimensionsAreConvolvedAlike() {
    Tensor y = OneNode.of("Conv").run(random(1, 1, 2, 3, 3, 3), random(2, 1, 2, 3, 3, 3));
    double dot = 0;
    double[] x = random(1, 1, 2, 3, 3, 3).toDoubles();
    double[] w = random(2, 1, 2, 3, 3, 3).toDoubles();
    for (int i = 0; i < x.length; i++) {
      dot += x[i] * w[i];
    }
    assertThat(y.shape()).containsExactly(1, 1, 1, 1, 1);
    assertThat(y.getDouble(0)).isCloseTo(dot, within(1e-12));
  }

  /** ⟨Conv(x, w), y⟩ = ⟨x, ConvTranspose(y, w)⟩ defines the transpose. */
  @Test
  void convTransposeIsTheAdjointOfConv() {
    Tensor x = random(3, 2, 4, 9, 8);
    Tensor w = random(4, 6, 2, 3, 2);
    Tensor conv = settings(OneNode.of("Conv")).run(x, w);
    Tensor y = random(5, conv.shape());
    // 9 and 8 are covered with a rest of 0 and 1 that output_padding gives back.
    Tensor back = settings(OneNode.of("ConvTranspose")).with("output_padding", 0, 1).run(y, w);
    assertThat(back.shape()).containsExactly(2, 4, 9, 8);
    assertThat(dot(conv, y)).isCloseTo(dot(x, back), within(1e-9));
  }

  private static OneNode settings(OneNode node) {
    return node.with("group", 2)
        .with("strides", 2, 3)
        .with("pads", 1, 0, 1, 1)
        .with("dilations", 1, 1);
  }

  private static double dot(Tensor a, Tensor b) {
    double sum = 0;
    for (int i = 0; i < a.size(); i++) {
      sum += a.getDouble(i) * b.getDouble(i);
    }
    return sum;
  }

  @Test
  void aLargerOutputShapeIsFilledWithTheBias() {
    Tensor x = of(shape(1, 1, 2), 1, 2);
    Tensor w = of(shape(1, 1, 2), 1, 1);
    Tensor y =
        OneNode.of("ConvTranspose")
            .with("output_shape", new long[] {4})
            .run(x, w, of(shape(1), 10));
    assertThat(y.toDoubles()).containsExactly(11, 13, 12, 10);
  }

  @Test
  void weightsForOtherChannelsAreRefused() {
    assertThatThrownBy(() -> OneNode.of("Conv").run(random(1, 1, 3, 4), random(1, 2, 2, 2)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("got X [1, 3, 4], W [2, 2, 2], group 1");
  }

  @Test
  void integersAreConvolvedWithoutTheirZeroPoints() {
    Tensor x = Tensor.wrap(DType.UINT8, new byte[] {3, 4, 5}, 1, 1, 3);
    Tensor w = Tensor.wrap(DType.INT8, new byte[] {1, -1, 2, 2}, 2, 1, 2);
    Tensor xZero = Tensor.wrap(DType.UINT8, new byte[] {2});
    Tensor wZero = Tensor.wrap(DType.INT8, new byte[] {0, 1}, 2);
    assertThat(OneNode.of("ConvInteger").run(x, w, xZero, wZero).toLongs())
        .containsExactly(-1, -1, 3, 5);
  }

  @Test
  void fusedConvAddsAndActivates() {
    Tensor x = of(shape(1, 1, 3), 1, 2, 3);
    Tensor w = of(shape(1, 1, 1), 2);
    Tensor z = of(shape(1, 1, 3), 0, -10, 0);
    assertThat(
            OneNode.microsoft("FusedConv")
                .with("activation", "Relu")
                .run(x, w, null, z)
                .toDoubles())
        .containsExactly(2, 0, 6);
    assertThat(OneNode.microsoft("FusedConv").run(x, w).toDoubles()).containsExactly(2, 4, 6);
  }

  @Test
  void macsAreThoseOfTheTextbook() {
    Conv depthwise = new Conv(Window.parse(Attributes.NONE), 32);
    List<int[]> inputs = Arrays.asList(shape(1, 32, 10, 10), shape(32, 1, 3, 3), null);
    assertThat(depthwise.macs(inputs, List.of(shape(1, 32, 8, 8)))).isEqualTo(32 * 64 * 9);
    List<int[]> dense = List.of(shape(2, 16, 10, 10), shape(32, 16, 3, 3));
    assertThat(depthwise.macs(dense, List.of(shape(2, 32, 8, 8)))).isEqualTo(2L * 32 * 64 * 9 * 16);
  }
}
