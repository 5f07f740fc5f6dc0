package dev.sardonyx.op.math;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.op.OneNode;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class ArithmeticTest {
  private static Tensor unsigned(long... values) {
    return Tensor.wrap(DType.UINT64, values, values.length);
  }

  private static Tensor bytes(DType dtype, int... values) {
    Tensor t = Tensor.zeros(dtype, values.length);
    for (int i = 0; i < values.length; i++) {
      t.setLong(i, values[i]);
    }
    return t;
  }

  @Test
  void integersWrapAround() {
    assertThat(OneNode.of("Add").run(bytes(DType.UINT8, 200), bytes(DType.UINT8, 100)).getLong(0))
        .isEqualTo(44);
    assertThat(OneNode.of("Mul").run(bytes(DType.INT8, 100), bytes(DType.INT8, 3)).getLong(0))
        .isEqualTo(44);
    assertThat(OneNode.of("Sub").run(bytes(DType.UINT16, 1), bytes(DType.UINT16, 2)).getLong(0))
        .isEqualTo(65535);
    assertThat(OneNode.of("Abs").run(Tensor.vector(Long.MIN_VALUE)).getLong(0))
        .isEqualTo(Long.MIN_VALUE);
  }

  @Property(tries = 200)
  void unsigned64DividesAndComparesAsUnsigned(@ForAll long a, @ForAll long b) {
    BigInteger x = new BigInteger(Long.toUnsignedString(a));
    BigInteger y = new BigInteger(Long.toUnsignedString(b));
    if (b != 0) {
      assertThat(OneNode.of("Div").run(unsigned(a), unsigned(b)).getLong(0))
          .isEqualTo(x.divide(y).longValue());
      assertThat(OneNode.of("Mod").run(unsigned(a), unsigned(b)).getLong(0))
          .isEqualTo(x.mod(y).longValue());
    }
    assertThat(OneNode.of("Less").run(unsigned(a), unsigned(b)).getBoolean(0))
        .isEqualTo(x.compareTo(y) < 0);
    assertThat(OneNode.of("GreaterOrEqual").run(unsigned(a), unsigned(b)).getBoolean(0))
        .isEqualTo(x.compareTo(y) >= 0);
    assertThat(OneNode.of("Max").run(unsigned(a), unsigned(b)).getLong(0))
        .isEqualTo(x.max(y).longValue());
    assertThat(OneNode.of("Clip").run(unsigned(a), null, unsigned(b).reshape()).getLong(0))
        .isEqualTo(x.min(y).longValue());
    assertThat(OneNode.of("Sign").run(unsigned(a)).getLong(0)).isEqualTo(x.signum());
    assertThat(OneNode.of("Abs").run(unsigned(a)).getLong(0)).isEqualTo(a);
    assertThat(OneNode.of("ReduceMin").run(unsigned(a, b)).getLong(0))
        .isEqualTo(x.min(y).longValue());
    assertThat(OneNode.of("ArgMax").run(unsigned(a, b)).getLong(0))
        .isEqualTo(x.compareTo(y) >= 0 ? 0 : 1);
  }

  @Test
  void divisionTruncatesAndRefusesZero() {
    assertThat(OneNode.of("Div").run(Tensor.vector(-7, 7), Tensor.vector(2, -2)).toLongs())
        .containsExactly(-3, -3);
    assertThatThrownBy(() -> OneNode.of("Div").run(Tensor.vector(1), Tensor.vector(0)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected divisors other than 0");
  }

  @Test
  void remaindersHaveTheSignOfTheDivisorUnlessFmod() {
    Tensor a = Tensor.vector(-7, 7);
    Tensor b = Tensor.vector(3, -3);
    assertThat(OneNode.of("Mod").run(a, b).toLongs()).containsExactly(2, -2);
    assertThat(OneNode.of("Mod").with("fmod", 1).run(a, b).toLongs()).containsExactly(-1, 1);
    Tensor x = Tensor.of(new float[] {-5.5f}, 1);
    Tensor y = Tensor.of(new float[] {2}, 1);
    assertThat(OneNode.of("Mod").run(x, y).getFloat(0)).isEqualTo(0.5f);
    assertThat(OneNode.of("Mod").with("fmod", 1).run(x, y).getFloat(0)).isEqualTo(-1.5f);
  }

  @Test
  void powersOfIntegersAreExactAndOfTheTypeOfTheBase() {
    assertThat(OneNode.of("Pow").run(Tensor.vector(3, -1, 2, 0), Tensor.vector(39, -3, -1, 0)))
        .isEqualTo(Tensor.vector(4052555153018976267L, -1, 0, 1));
    Tensor half = Tensor.of(new float[] {0.5f}, 1);
    assertThat(OneNode.of("Pow").run(Tensor.vector(10), half)).isEqualTo(Tensor.vector(3));
  }

  @Test
  void powersOfOneAreOne() {
    Tensor x = Tensor.of(new float[] {1, 1, -1}, 3);
    Tensor y = Tensor.of(new float[] {Float.NaN, Float.NEGATIVE_INFINITY, 1 / 0f}, 3);
    assertThat(OneNode.of("Pow").run(x, y).toDoubles()).containsExactly(1, 1, 1);
  }

  @Test
  void shiftingAllBitsAwayLeavesNothing() {
    Tensor x = bytes(DType.UINT8, 255, 255, 255);
    Tensor by = bytes(DType.UINT8, 1, 8, 64);
    assertThat(OneNode.of("BitShift").with("direction", "LEFT").run(x, by).toLongs())
        .containsExactly(254, 0, 0);
    assertThat(OneNode.of("BitShift").with("direction", "RIGHT").run(x, by).toLongs())
        .containsExactly(127, 0, 0);
  }

  @Test
  void operandsOfDifferentTypesAreRefused() {
    assertThatThrownBy(() -> OneNode.of("Add").run(Tensor.vector(1), Tensor.of(new float[] {1}, 1)))
        .isInstanceOf(ModelException.class)
        .hasMessageContaining("expected inputs of one element type");
  }

  @Test
  void nanWinsMaximumAndMinimum() {
    Tensor x = Tensor.of(new float[] {1, Float.NaN}, 2);
    Tensor y = Tensor.of(new float[] {Float.NaN, 2}, 2);
    assertThat(OneNode.of("Max").run(x, y).toDoubles()).containsExactly(Double.NaN, Double.NaN);
    assertThat(OneNode.of("Min").run(x, y).toDoubles()).containsExactly(Double.NaN, Double.NaN);
  }

  @Test
  void errorFunctionAgreesWithItsTable() {
    // Abramowitz and Stegun, table 7.1, and erfc(3), erfc(4) from the text.
    assertThat(ErrorFunction.erf(0.5)).isCloseTo(0.5204998778130465, within(1e-15));
    assertThat(ErrorFunction.erf(1)).isCloseTo(0.8427007929497149, within(1e-15));
    assertThat(ErrorFunction.erf(-2)).isCloseTo(-0.9953222650189527, within(1e-15));
    assertThat(1 - ErrorFunction.erf(3)).isCloseTo(2.209049699858544e-5, within(1e-15));
    assertThat(1 - ErrorFunction.erf(4)).isCloseTo(1.541725790028002e-8, within(1e-15));
    assertThat(ErrorFunction.erf(Double.NEGATIVE_INFINITY)).isEqualTo(-1);
    assertThat(ErrorFunction.erf(Double.NaN)).isNaN();
    assertThat(ErrorFunction.erf(1e-300)).isCloseTo(1.1283791670955126e-300, within(1e-314));
  }

  @Test
  void runningSumsGoBothWays() {
    Tensor x = Tensor.vector(1, 2, 3);
    Tensor axis = Tensor.scalar(0L);
    assertThat(OneNode.of("CumSum").with("exclusive", 1).with("reverse", 1).run(x, axis))
        .isEqualTo(Tensor.vector(5, 3, 0));
    assertThat(OneNode.of("CumProd").run(x, axis)).isEqualTo(Tensor.vector(1, 2, 6));
  }

  @Test
  void whereChoosesAmongStrings() {
    Tensor condition = Tensor.of(new boolean[] {true, false}, 2, 1);
    Tensor x = Tensor.of(new String[] {"a", "b"}, 2);
    Tensor y = Tensor.of(new String[] {"c"}, 1);
    assertThat(OneNode.of("Where").run(condition, x, y))
        .isEqualTo(Tensor.of(new String[] {"a", "b", "c", "c"}, 2, 2));
  }

  // ---- old opsets ----

  @Test
  void belowOpset7AnAxisPlacesTheSecondOperand() {
    Tensor x = Tensor.zeros(DType.FLOAT, 2, 3, 2);
    Tensor b = Tensor.of(new float[] {1, 2, 3}, 3);
    Tensor y = OneNode.of("Add", 6).with("broadcast", 1).with("axis", 1).run(x, b);
    assertThat(y.toDoubles()).containsExactly(1, 1, 2, 2, 3, 3, 1, 1, 2, 2, 3, 3);
    Tensor least = OneNode.of("Less", 6).with("broadcast", 1).with("axis", 1).run(x, b);
    assertThat(least.toLongs()).containsOnly(1);
  }

  @Test
  void belowOpset11ClipHasItsBoundsAsAttributes() {
    Tensor x = Tensor.of(new float[] {-1, 0.5f, 2, Float.POSITIVE_INFINITY}, 4);
    assertThat(OneNode.of("Clip", 6).with("min", 0f).run(x).toDoubles())
        .containsExactly(0, 0.5, 2, Float.MAX_VALUE);
    assertThat(OneNode.of("Clip", 5).with("max", 1f).run(x).toDoubles())
        .containsExactly(-1, 0.5, 1, 1);
  }

  @Test
  void hintsOfOpset1AreDropped() {
    Tensor x = Tensor.of(new float[] {4}, 1);
    assertThat(OneNode.of("Sqrt", 1).with("consumed_inputs", new long[] {0}).run(x).getFloat(0))
        .isEqualTo(2);
  }
}
