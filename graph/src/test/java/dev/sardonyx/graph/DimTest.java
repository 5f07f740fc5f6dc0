package dev.sardonyx.graph;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.function.LongBinaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class DimTest {
  private static final Map<String, Long> POINT = Map.of("n", 97L, "h", 31L, "w", 5L);

  /** A polynomial and its value at {@link #POINT}. */
  record Valued(Dim dim, long value) {}

  @Provide
  Arbitrary<Valued> valued() {
    Arbitrary<Valued> leaf =
        Arbitraries.oneOf(
            Arbitraries.longs().between(-9, 9).map(v -> new Valued(Dim.of(v), v)),
            Arbitraries.of("n", "h", "w").map(s -> new Valued(Dim.symbol(s), POINT.get(s))));
    return Arbitraries.recursive(
        () -> leaf,
        inner ->
            Combinators.combine(inner, inner, Arbitraries.integers().between(0, 2))
                .as(
                    (a, b, op) ->
                        switch (op) {
                          case 0 -> new Valued(a.dim.plus(b.dim), a.value + b.value);
                          case 1 -> new Valued(a.dim.minus(b.dim), a.value - b.value);
                          default -> new Valued(a.dim.times(b.dim), a.value * b.value);
                        }),
        0,
        3);
  }

  @Property
  void theTextOfAPolynomialHasItsValue(@ForAll("valued") Valued v) {
    assertThat(evaluate(v.dim.toString())).isEqualTo(v.value);
  }

  @Property
  void aProductDividesByItsFactors(@ForAll("valued") Valued a, @ForAll("valued") Valued b) {
    if (b.dim.is(0) || a.dim.times(b.dim).toString().contains("expr-")) {
      return;
    }
    assertThat(a.dim.times(b.dim).dividedExactly(b.dim)).isEqualTo(a.dim);
  }

  @Property
  void sumsAndProductsDoNotDependOnOrder(
      @ForAll("valued") Valued a, @ForAll("valued") Valued b, @ForAll("valued") Valued c) {
    assertThat(a.dim.plus(b.dim).plus(c.dim)).isEqualTo(c.dim.plus(a.dim.plus(b.dim)));
    assertThat(a.dim.times(b.dim)).isEqualTo(b.dim.times(a.dim));
    assertThat(a.dim.plus(b.dim).minus(b.dim)).isEqualTo(a.dim);
  }

  @Property
  void numbersDivideAsFloorAndCeil(@ForAll int a, @ForAll("divisors") int b) {
    assertThat(Dim.of(a).floorDividedBy(Dim.of(b)))
        .isEqualTo(Dim.of((long) Math.floor((double) a / b)));
    assertThat(Dim.of(a).ceilDividedBy(Dim.of(b)))
        .isEqualTo(Dim.of((long) Math.ceil((double) a / b)));
  }

  @Provide
  Arbitrary<Integer> divisors() {
    return Arbitraries.integers().between(-1000, 1000).filter(b -> b != 0);
  }

  @Test
  void equalExtentsAreEqualHoweverTheyWereComputed() {
    Dim n = Dim.symbol("n");
    assertThat(n.plus(1).times(2).minus(Dim.of(2))).isEqualTo(n.times(2)).hasToString("2*n");
    assertThat(n.times(2).floorDividedBy(Dim.of(2))).isEqualTo(n);
    assertThat(n.floorDividedBy(Dim.of(2))).isEqualTo(n.floorDividedBy(Dim.of(2)));
    assertThat(n.floorDividedBy(Dim.of(2))).isNotEqualTo(n.ceilDividedBy(Dim.of(2)));
  }

  @Test
  void anOverflowIsASymbolAndNoWrongNumber() {
    Dim big = Dim.of(Long.MAX_VALUE);
    assertThat(big.plus(1).isKnown()).isFalse();
    assertThat(big.times(big).isKnown()).isFalse();
    assertThat(Dim.of(Long.MIN_VALUE).minus(Dim.ONE).isKnown()).isFalse();
  }

  @Test
  void hostileProductsStaySmall() {
    Dim square = Dim.symbol("n").plus(Dim.symbol("h")).plus(1);
    for (int i = 0; i < 100; i++) {
      square = square.times(square).plus(Dim.symbol("w" + i));
    }
    assertThat(square.toString()).hasSizeLessThan(20_000);
  }

  /** The value of a sum of products such as {@code 2*n*h - w + 3}. */
  private static long evaluate(String text) {
    long sum = 0;
    long sign = 1;
    for (String word : text.split(" ")) {
      if (word.equals("+") || word.equals("-")) {
        sign = word.equals("-") ? -1 : 1;
        continue;
      }
      long product = sign;
      LongBinaryOperator times = (a, b) -> a * b;
      for (String factor :
          word.startsWith("-") ? ("-1*" + word.substring(1)).split("\\*") : word.split("\\*")) {
        product =
            times.applyAsLong(
                product, POINT.containsKey(factor) ? POINT.get(factor) : Long.parseLong(factor));
      }
      sum += product;
    }
    return sum;
  }
}
