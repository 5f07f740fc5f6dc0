package dev.sardonyx.op.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.Tensor;
import org.junit.jupiter.api.Test;

final class PoolTest {
  private static final Tensor X = Tensor.of(new float[] {3, -4, 0, 0, 5, 12}, 1, 3, 2, 1);

  @Test
  void globalLpPoolIsTheNormOfAChannel() {
    assertThat(OneNode.of("GlobalLpPool").run(X).toDoubles()).containsExactly(5, 0, 13);
    assertThat(OneNode.of("GlobalLpPool").with("p", 1).run(X).toDoubles())
        .containsExactly(7, 0, 17);
    // Version 1 has a float.
    assertThat(OneNode.of("GlobalLpPool", 1).with("p", 3f).run(X).getDouble(0))
        .isCloseTo(Math.cbrt(27 + 64), within(1e-6));
  }

  @Test
  void globalPoolsKeepTheRank() {
    assertThat(OneNode.of("GlobalAveragePool").run(X).shape()).containsExactly(1, 3, 1, 1);
    assertThat(OneNode.of("GlobalMaxPool").run(X).toDoubles()).containsExactly(3, 0, 12);
  }

  @Test
  void aMaximumNeverComesFromThePadding() {
    Tensor negative = Tensor.of(new float[] {-3, -2, -1}, 1, 1, 3);
    assertThat(
            OneNode.of("MaxPool")
                .with("kernel_shape", new long[] {3})
                .with("pads", 1, 1)
                .run(negative)
                .toDoubles())
        .containsExactly(-2, -1, -1);
  }

  @Test
  void nanIsTheMaximum() {
    Tensor x = Tensor.of(new float[] {1, Float.NaN, 3, 4}, 1, 1, 4);
    assertThat(OneNode.of("MaxPool").with("kernel_shape", new long[] {2}).run(x).toDoubles())
        .containsExactly(Double.NaN, Double.NaN, 4);
    assertThat(OneNode.of("GlobalMaxPool").run(x).toDoubles()).containsExactly(Double.NaN);
  }

  @Test
  void whatReachesBeyondTheEndPaddingIsNotAveraged() {
    Tensor x = Tensor.of(new float[] {2, 4, 6, 8}, 1, 1, 4);
    OneNode pool =
        OneNode.of("AveragePool")
            .with("kernel_shape", new long[] {3})
            .with("strides", new long[] {3})
            .with("pads", 1, 0)
            .with("ceil_mode", 1);
    // Windows {pad, 2, 4} and {6, 8, beyond}.
    assertThat(pool.run(x).toDoubles()).containsExactly(3, 7);
    OneNode padded =
        OneNode.of("AveragePool")
            .with("kernel_shape", new long[] {3})
            .with("strides", new long[] {3})
            .with("pads", 1, 0)
            .with("ceil_mode", 1)
            .with("count_include_pad", 1);
    assertThat(padded.run(x).toDoubles()).containsExactly(2, 7);
  }
}
