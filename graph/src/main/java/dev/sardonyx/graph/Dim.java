package dev.sardonyx.graph;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * One extent of a shape: a number, a named symbol, or integer arithmetic over symbols.
 *
 * <p>Kept as a polynomial with integer coefficients over symbols, so that equal extents compare
 * equal however they were computed: {@code 2*(n + 1) - 2} is {@code 2*n}. What is no polynomial (a
 * quotient that does not divide evenly, an overflow of 64 bits) becomes a symbol named after its
 * own text. An extent that nothing is known of is a fresh symbol; there is no separate "unknown".
 */
public final class Dim {
  public static final Dim ZERO = of(0);
  public static final Dim ONE = of(1);

  /** The order of the products in a polynomial. */
  private static final Comparator<List<String>> BY_DEGREE = Dim::compare;

  private static final Pattern EXTENT = Pattern.compile("[A-Za-z_][\\w. -]*");
  private static final int MAX_TERMS = 32;
  private static final int MAX_DEGREE = 16;
  private static final int MAX_TEXT = 160;

  /** The number, if {@link #polynomial} is null: nearly all extents are numbers. */
  private final long number;

  /**
   * Products of symbols (sorted; empty for the constant term) and their coefficients, not 0; null
   * if there is no symbol.
   */
  private final NavigableMap<List<String>, Long> polynomial;

  private Dim(long number) {
    this.number = number;
    polynomial = null;
  }

  private Dim(NavigableMap<List<String>, Long> terms) {
    boolean known = terms.isEmpty() || terms.size() == 1 && terms.containsKey(List.of());
    number = terms.isEmpty() || !known ? 0 : terms.get(List.of());
    polynomial = known ? null : terms;
  }

  private NavigableMap<List<String>, Long> terms() {
    if (polynomial != null) {
      return polynomial;
    }
    NavigableMap<List<String>, Long> t = noTerms();
    if (number != 0) {
      t.put(List.of(), number);
    }
    return t;
  }

  private static NavigableMap<List<String>, Long> noTerms() {
    return new TreeMap<>(BY_DEGREE);
  }

  private static int compare(List<String> a, List<String> b) {
    int byDegree = Integer.compare(b.size(), a.size());
    return byDegree != 0 || a.equals(b) ? byDegree : a.toString().compareTo(b.toString());
  }

  public static Dim of(long value) {
    return new Dim(value);
  }

  public static Dim symbol(String name) {
    NavigableMap<List<String>, Long> t = noTerms();
    t.put(List.of(name), 1L);
    return new Dim(t);
  }

  /** Whether this is a plain number. */
  public boolean isKnown() {
    return polynomial == null;
  }

  /**
   * The number that this is.
   *
   * @throws IllegalStateException if it is symbolic
   */
  public long value() {
    if (!isKnown()) {
      throw new IllegalStateException("expected a known extent, got " + this);
    }
    return number;
  }

  public boolean is(long value) {
    return isKnown() && value() == value;
  }

  /** Whether this is a single name rather than a number or arithmetic. */
  public boolean isSymbol() {
    return polynomial != null
        && polynomial.size() == 1
        && polynomial.firstKey().size() == 1
        && polynomial.firstEntry().getValue() == 1L;
  }

  public Dim plus(Dim o) {
    try {
      if (isKnown() && o.isKnown()) {
        return of(Math.addExact(number, o.number));
      }
      NavigableMap<List<String>, Long> t = noTerms();
      t.putAll(terms());
      for (Map.Entry<List<String>, Long> e : o.terms().entrySet()) {
        add(t, e.getKey(), e.getValue());
      }
      return bounded(t);
    } catch (ArithmeticException e) {
      return opaque("(" + this + ") + (" + o + ")");
    }
  }

  public Dim plus(long c) {
    return plus(of(c));
  }

  public Dim minus(Dim o) {
    return plus(o.times(of(-1)));
  }

  public Dim times(Dim o) {
    if (degree() + o.degree() > MAX_DEGREE) {
      return opaque("(" + this + ")*(" + o + ")");
    }
    try {
      if (isKnown() && o.isKnown()) {
        return of(Math.multiplyExact(number, o.number));
      }
      if (is(1)) {
        return o;
      }
      if (o.is(1)) {
        return this;
      }
      NavigableMap<List<String>, Long> t = noTerms();
      Set<Map.Entry<List<String>, Long>> factors = o.terms().entrySet();
      for (Map.Entry<List<String>, Long> a : terms().entrySet()) {
        for (Map.Entry<List<String>, Long> b : factors) {
          add(t, product(a.getKey(), b.getKey()), Math.multiplyExact(a.getValue(), b.getValue()));
        }
      }
      return bounded(t);
    } catch (ArithmeticException e) {
      return opaque("(" + this + ")*(" + o + ")");
    }
  }

  private static List<String> product(List<String> a, List<String> b) {
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? b : a;
    }
    List<String> symbols = new ArrayList<>(a);
    symbols.addAll(b);
    Collections.sort(symbols);
    return List.copyOf(symbols);
  }

  /** The most symbols in one product; the products are in descending order of it. */
  private int degree() {
    return polynomial == null ? 0 : polynomial.firstKey().size();
  }

  public Dim times(long c) {
    return times(of(c));
  }

  /** A polynomial that has grown beyond use (hostile models can make it) becomes one symbol. */
  private static Dim bounded(NavigableMap<List<String>, Long> t) {
    Dim d = new Dim(t);
    return t.size() > MAX_TERMS ? opaque(d.toString()) : d;
  }

  /** A symbol that stands for an expression; long ones are named by their digest. */
  private static Dim opaque(String text) {
    return symbol(
        text.length() <= MAX_TEXT
            ? text
            : "expr-" + UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void add(NavigableMap<List<String>, Long> t, List<String> key, long value) {
    long sum = Math.addExact(t.getOrDefault(key, 0L), value);
    if (sum == 0) {
      t.remove(key);
    } else {
      t.put(key, sum);
    }
  }

  /** Whether this is 0 or more whatever extents its symbols stand for. */
  public boolean isNonNegative() {
    return terms().entrySet().stream()
        .allMatch(e -> e.getValue() > 0 && e.getKey().stream().allMatch(Dim::isExtent));
  }

  /** Whether a symbol is the name of an extent rather than an expression or an unknown content. */
  private static boolean isExtent(String symbol) {
    return EXTENT.matcher(symbol).matches() && !symbol.startsWith("expr-");
  }

  /** The quotient if this is a multiple of {@code o} as a polynomial, else null. */
  public Dim dividedExactly(Dim o) {
    if (o.is(0)) {
      return null;
    }
    if (equals(o)) {
      return ONE;
    }
    if (isKnown() && o.isKnown()) {
      return number % o.number == 0 ? of(number / o.number) : null;
    }
    Map.Entry<List<String>, Long> lead = o.terms().firstEntry();
    Dim rest = this;
    Dim quotient = ZERO;
    while (!rest.is(0)) {
      Map.Entry<List<String>, Long> e = rest.terms().firstEntry();
      List<String> product = new ArrayList<>(e.getKey());
      boolean divides = e.getValue() % lead.getValue() == 0;
      for (String symbol : lead.getKey()) {
        divides &= product.remove(symbol);
      }
      if (!divides) {
        return null;
      }
      NavigableMap<List<String>, Long> t = noTerms();
      t.put(List.copyOf(product), e.getValue() / lead.getValue());
      Dim step = new Dim(t);
      quotient = quotient.plus(step);
      Dim next = rest.minus(step.times(o));
      if (next.terms().size() > terms().size() + o.terms().size()) {
        return null;
      }
      rest = next;
    }
    return quotient;
  }

  /** The quotient rounded down; a symbol of its own when it cannot be computed. */
  public Dim floorDividedBy(Dim o) {
    if (isKnown() && o.isKnown() && o.value() != 0) {
      return of(Math.floorDiv(value(), o.value()));
    }
    Dim exact = dividedExactly(o);
    return exact != null ? exact : opaque("floor((" + this + ")/(" + o + "))");
  }

  public Dim ceilDividedBy(Dim o) {
    if (isKnown() && o.isKnown() && o.value() != 0) {
      return of(-Math.floorDiv(-value(), o.value()));
    }
    Dim exact = dividedExactly(o);
    return exact != null ? exact : opaque("ceil((" + this + ")/(" + o + "))");
  }

  public Dim max(Dim o) {
    if (isKnown() && o.isKnown()) {
      return of(Math.max(value(), o.value()));
    }
    return chosen("max", "min", o);
  }

  public Dim min(Dim o) {
    if (isKnown() && o.isKnown()) {
      return of(Math.min(value(), o.value()));
    }
    return chosen("min", "max", o);
  }

  /** The larger or smaller one: max(a, b) is max(b, a), and max(min(a, b), b) is b. */
  private Dim chosen(String function, String inverse, Dim o) {
    if (equals(o) || o.isChoiceOf(inverse, this)) {
      return this;
    }
    if (isChoiceOf(inverse, o)) {
      return o;
    }
    String a = toString();
    String b = o.toString();
    boolean inOrder = a.compareTo(b) <= 0;
    return opaque(function + "(" + (inOrder ? a : b) + ", " + (inOrder ? b : a) + ")");
  }

  private boolean isChoiceOf(String function, Dim o) {
    String text = toString();
    return isSymbol()
        && text.startsWith(function + "(")
        && (text.startsWith(function + "(" + o + ", ") || text.endsWith(", " + o + ")"));
  }

  /** The number, if this is one. */
  public OptionalLong asLong() {
    return isKnown() ? OptionalLong.of(value()) : OptionalLong.empty();
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Dim d && number == d.number && Objects.equals(polynomial, d.polynomial);
  }

  @Override
  public int hashCode() {
    return polynomial == null ? Long.hashCode(number) : polynomial.hashCode();
  }

  @Override
  public String toString() {
    if (isKnown()) {
      return Long.toString(number);
    }
    StringBuilder s = new StringBuilder();
    polynomial.forEach(
        (symbols, c) -> {
          long shown = c;
          if (s.length() > 0) {
            s.append(c < 0 ? " - " : " + ");
            shown = Math.abs(c);
          }
          String product = String.join("*", symbols);
          if (symbols.isEmpty()) {
            s.append(shown);
          } else if (shown == 1) {
            s.append(product);
          } else if (shown == -1) {
            s.append('-').append(product);
          } else {
            s.append(shown).append('*').append(product);
          }
        });
    return s.toString();
  }
}
