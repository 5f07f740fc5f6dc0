package dev.sardonyx.op.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import org.junit.jupiter.api.Test;

final class CastTest {
  private static Tensor cast(Tensor x, DType to) {
    return OneNode.of("Cast").with("to", to.code()).run(x);
  }

  @Test
  void floatsAreTruncatedTowardsZero() {
    Tensor x = Tensor.of(new float[] {-1.9f, -0.5f, 0.5f, 1.9f, Float.NaN}, 5);
    assertThat(cast(x, DType.INT32).toLongs()).containsExactly(-1, 0, 0, 1, 0);
  }

  @Test
  void integersKeepTheLowBits() {
    Tensor x = Tensor.vector(300, -1, 128);
    assertThat(cast(x, DType.UINT8).toLongs()).containsExactly(44, 255, 128);
    assertThat(cast(x, DType.INT8).toLongs()).containsExactly(44, -1, -128);
    assertThat(cast(x, DType.INT4).toLongs()).containsExactly(-4, -1, 0);
    assertThat(cast(x, DType.UINT2).toLongs()).containsExactly(0, 3, 0);
  }

  @Test
  void whatIsNotZeroIsTrue() {
    Tensor x = Tensor.of(new double[] {0, -0.0, 0.1, Double.NaN}, 4);
    assertThat(cast(x, DType.BOOL).toLongs()).containsExactly(0, 0, 1, 1);
  }

  @Test
  void longsAreRoundedToFloatsOnce() {
    // One above the middle between two floats, which a double does not tell from the middle.
    long x = (1L << 60) + (1L << 36) + 1;
    assertThat(cast(Tensor.vector(x), DType.FLOAT).getFloat(0)).isEqualTo((float) x);
    assertThat((float) (double) x).isNotEqualTo((float) x);
  }

  @Test
  void unsignedLongsAreNotNegative() {
    Tensor x = Tensor.wrap(DType.UINT64, new long[] {-1}, 1);
    assertThat(cast(x, DType.DOUBLE).getDouble(0)).isEqualTo(0x1p64);
    assertThat(cast(x, DType.STRING).getString(0)).isEqualTo("18446744073709551615");
  }

  @Test
  void numbersBecomeTheShortestDecimal() {
    Tensor x =
        Tensor.of(
            new float[] {
              0.1f,
              1,
              -2.5e-5f,
              (float) 1e16,
              123456.79f,
              Float.MIN_VALUE,
              -0f,
              Float.NaN,
              Float.NEGATIVE_INFINITY
            },
            9);
    assertThat(cast(x, DType.STRING).stringArray())
        .containsExactly(
            "0.1", "1.0", "-2.5e-05", "1e+16", "123456.79", "1e-45", "-0.0", "nan", "-inf");
    assertThat(cast(Tensor.of(new double[] {0.1, 1 / 3.0}, 2), DType.STRING).stringArray())
        .containsExactly("0.1", "0.3333333333333333");
    assertThat(cast(cast(x, DType.FLOAT16), DType.STRING).getString(0)).isEqualTo("0.1");
    assertThat(cast(Tensor.vector(-7), DType.STRING).getString(0)).isEqualTo("-7");
    assertThat(cast(Tensor.scalar(true), DType.STRING).getString(0)).isEqualTo("True");
  }

  @Test
  void stringsAreReadAsNumbers() {
    Tensor x = Tensor.of(new String[] {"3.14", "1e-5", "1E8", "+INF", "-inf", "nAn", "-7"}, 7);
    assertThat(cast(x, DType.DOUBLE).toDoubles())
        .containsExactly(
            3.14, 1e-5, 1e8, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY, Double.NaN, -7);
    Tensor integers = Tensor.of(new String[] {"-9223372036854775808", "100.5"}, 2);
    assertThat(cast(integers, DType.INT64).toLongs()).containsExactly(Long.MIN_VALUE, 100);
    Tensor truths = Tensor.of(new String[] {"True", "false", "0", "2"}, 4);
    assertThat(cast(truths, DType.BOOL).toLongs()).containsExactly(1, 0, 0, 1);
  }

  @Test
  void aStringThatIsNoNumberIsToldSo() {
    assertThatThrownBy(() -> cast(Tensor.of(new String[] {"one"}, 1), DType.FLOAT))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected strings that are numbers, got \"one\"");
  }

  @Test
  void aHugeExponentCostsNothing() {
    Tensor x = Tensor.of(new String[] {"1e999999999", "1e-999999999"}, 2);
    assertThat(cast(x, DType.INT64).toLongs()).containsExactly(Long.MAX_VALUE, 0);
    assertThat(cast(x, DType.FLOAT).toDoubles()).containsExactly(Double.POSITIVE_INFINITY, 0);
  }

  @Test
  void e8m0RoundsAsAsked() {
    Tensor x = Tensor.of(new float[] {1, 1.25f, 1.5f, 1.75f, 0.3f}, 5);
    assertThat(e8m0(x, "up")).containsExactly(1, 2, 2, 2, 0.5);
    assertThat(e8m0(x, "down")).containsExactly(1, 1, 1, 1, 0.25);
    assertThat(e8m0(x, "nearest")).containsExactly(1, 1, 2, 2, 0.25);
  }

  private static double[] e8m0(Tensor x, String mode) {
    return OneNode.of("Cast")
        .with("to", DType.FLOAT8E8M0.code())
        .with("round_mode", mode)
        .run(x)
        .toDoubles();
  }

  @Test
  void belowVersion6TheTypeIsAName() {
    Tensor x = Tensor.of(new float[] {2.7f}, 1);
    assertThat(OneNode.of("Cast", 5).with("to", "INT64").run(x)).isEqualTo(Tensor.vector(2));
  }
}
