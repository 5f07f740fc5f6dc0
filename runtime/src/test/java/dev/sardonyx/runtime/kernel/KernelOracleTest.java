package dev.sardonyx.runtime.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Every fast kernel against the reference evaluation, over random shapes and attributes. */
class KernelOracleTest {
  private static final int TRIES = 60;

  /** A node under test: what is fed, what is constant. */
  private static final class Case {
    private final Map<String, Tensor> inputs = new LinkedHashMap<>();
    private final Map<String, Tensor> constants = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();
    private final Random random;

    Case(Random random) {
      this.random = random;
    }

    Case input(int... shape) {
      return input(random(random, shape));
    }

    Case input(Tensor t) {
      String name = "x" + names.size();
      names.add(name);
      inputs.put(name, t);
      return this;
    }

    Case constant(Tensor t) {
      String name = "x" + names.size();
      names.add(name);
      constants.put(name, t);
      return this;
    }

    Case constant(int... shape) {
      return constant(random(random, shape));
    }

    /** Input or constant, as chance has it. */
    Case either(int... shape) {
      return random.nextBoolean() ? input(shape) : constant(shape);
    }

    void check(String opType, Attributes attributes) {
      check(opType, attributes, 1);
    }

    void check(String opType, Attributes attributes, int outputs) {
      Graph.Builder b = new Graph.Builder(StandardOperators.set());
      inputs.forEach((n, t) -> b.input(n, ValueType.tensor(t.dtype(), t.shape())));
      constants.forEach(b::initializer);
      List<String> ys = new ArrayList<>();
      for (int i = 0; i < outputs; i++) {
        ys.add("y" + i);
        b.output("y" + i, ValueType.UNKNOWN);
      }
      checkGraph(b.node(opType, names, ys, attributes).build(), inputs);
    }
  }

  private static void checkGraph(Graph graph, Map<String, Tensor> inputs) {
    Map<String, Value> expected = ReferenceEvaluator.run(graph, inputs);
    String opType = graph.nodes().get(0).opType();
    boolean sums = opType.equals("ReduceSum") || opType.equals("ReduceMean");
    Map<String, Value> magnitudes =
        sums ? ReferenceEvaluator.run(graph, magnitudes(inputs)) : expected;
    for (int threads = 1; threads <= 2; threads++) {
      SessionOptions options = SessionOptions.DEFAULTS.threads(threads).optimize(false);
      try (Session session = Session.open(graph, options)) {
        Map<String, Value> actual = session.run(inputs);
        expected.forEach(
            (y, value) -> {
              if (sums) {
                Tensor sum = (Tensor) value;
                int n = inputs.get("x0").size() / Math.max(1, sum.size());
                assertSum(opType, n, (Tensor) actual.get(y), sum, (Tensor) magnitudes.get(y));
              } else {
                assertClose(opType, (Tensor) actual.get(y), (Tensor) value);
              }
            });
      }
    }
  }

  private static Map<String, Tensor> magnitudes(Map<String, Tensor> inputs) {
    Map<String, Tensor> magnitudes = new LinkedHashMap<>();
    inputs.forEach(
        (name, x) -> {
          Tensor magnitude = Tensor.zeros(x.dtype(), x.shape());
          for (int i = 0; i < x.size(); i++) {
            magnitude.setDouble(i, Math.abs(x.getDouble(i)));
          }
          magnitudes.put(name, magnitude);
        });
    return magnitudes;
  }

  /**
   * Of what is summed little may be left, and its error is still that of the large partial sums: it
   * is bounded by a share of the sum of all magnitudes. A sum of n and its mean are rounded at most
   * n + 3 times, the reference included; many roundings do not all err alike, but like their root.
   *
   * @param n how many numbers were summed for each
   */
  private static void assertSum(
      String opType, int n, Tensor actual, Tensor expected, Tensor magnitudes) {
    assertThat(actual.shape()).as(opType).isEqualTo(expected.shape());
    assertThat(actual.dtype()).as(opType).isEqualTo(DType.FLOAT);
    double roundings = Math.min(n + 3, 12 + 2 * Math.sqrt(n));
    for (int i = 0; i < actual.size(); i++) {
      double e = expected.getDouble(i);
      assertThat(actual.getDouble(i))
          .as("%s of %d numbers, element %d", opType, n, i)
          .isCloseTo(e, within(roundings * 0x1p-24 * magnitudes.getDouble(i)));
    }
  }

  private static void assertClose(String opType, Tensor actual, Tensor expected) {
    assertThat(actual.shape()).as(opType).isEqualTo(expected.shape());
    assertThat(actual.dtype()).as(opType).isEqualTo(expected.dtype());
    for (int i = 0; i < actual.size(); i++) {
      double e = expected.getDouble(i);
      double a = actual.getDouble(i);
      double tolerance =
          switch (actual.dtype()) {
            case FLOAT -> 2e-5;
            case DOUBLE -> 1e-13;
            default -> 0;
          };
      boolean close = Double.compare(a, e) == 0 || Math.abs(a - e) <= tolerance * (1 + Math.abs(e));
      assertThat(close).as("%s element %d: %s for %s", opType, i, a, e).isTrue();
    }
  }

  private static Tensor random(Random random, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextGaussian());
    }
    return t;
  }

  private static int between(Random random, int from, int to) {
    return from + random.nextInt(to - from + 1);
  }

  private static int[] shape(Random random, int rank, int largest) {
    int[] s = new int[rank];
    for (int d = 0; d < rank; d++) {
      s[d] = between(random, 1, largest);
    }
    return s;
  }

  @Property(tries = TRIES)
  void unaryFunctions(@ForAll Random random) {
    int[] shape = shape(random, between(random, 0, 4), 9);
    String[] anyNumber = {
      "Abs",
      "Ceil",
      "Celu",
      "Cos",
      "Elu",
      "Sin",
      "Erf",
      "Exp",
      "Floor",
      "Gelu",
      "HardSigmoid",
      "HardSwish",
      "LeakyRelu",
      "Mish",
      "Neg",
      "Relu",
      "Round",
      "Selu",
      "Sigmoid",
      "Sign",
      "Softplus",
      "Softsign",
      "Swish",
      "Tanh",
      "ThresholdedRelu"
    };
    for (String op : anyNumber) {
      new Case(random).input(shape).check(op, Attributes.NONE);
    }
    Attributes tanh = Attributes.NONE.with("approximate", Attribute.of("tanh"));
    new Case(random).input(shape).check("Gelu", tanh);
    Attributes alpha = Attributes.NONE.with("alpha", Attribute.of(0.7f));
    for (String op :
        List.of("Celu", "Elu", "LeakyRelu", "Selu", "Swish", "ThresholdedRelu", "HardSigmoid")) {
      new Case(random).input(shape).check(op, alpha);
    }
    Attributes below = Attributes.NONE.with("alpha", Attribute.of(-0.7f));
    for (String op : List.of("Celu", "Elu", "Selu", "Swish", "ThresholdedRelu")) {
      new Case(random).input(shape).check(op, below);
    }
    Tensor positive = random(random, shape);
    for (int i = 0; i < positive.size(); i++) {
      positive.setDouble(i, Math.abs(positive.getDouble(i)) + 0.01);
    }
    for (String op : new String[] {"Log", "Reciprocal", "Sqrt"}) {
      new Case(random).input(positive).check(op, Attributes.NONE);
    }
    new Case(random)
        .input(shape)
        .constant(Tensor.scalar(-0.5f))
        .constant(Tensor.scalar(0.75f))
        .check("Clip", Attributes.NONE);
  }

  @Property(tries = TRIES)
  void binaryFunctionsThatBroadcast(@ForAll Random random) {
    int[] out = shape(random, between(random, 0, 4), 7);
    for (String op : new String[] {"Add", "Sub", "Mul", "Div", "Max", "Min"}) {
      new Case(random)
          .input(number(random, true, someRepeated(random, out)))
          .input(number(random, true, someRepeated(random, out)))
          .check(op, Attributes.NONE);
    }
    for (String op : new String[] {"Add", "Sub", "Mul", "Max", "Min"}) {
      new Case(random)
          .either(someRepeated(random, out))
          .input(someRepeated(random, out))
          .check(op, Attributes.NONE);
    }
    Tensor divisor = random(random, someRepeated(random, out));
    for (int i = 0; i < divisor.size(); i++) {
      divisor.setDouble(i, Math.abs(divisor.getDouble(i)) + 0.1);
    }
    new Case(random).input(out).input(divisor).check("Div", Attributes.NONE);
    new Case(random).input(divisor).constant(Tensor.scalar(2f)).check("Pow", Attributes.NONE);
  }

  @Property(tries = TRIES)
  void comparisonsAndChoicesThatBroadcast(@ForAll Random random) {
    int[] out = shape(random, between(random, 0, 4), 7);
    compareAndChoose(random, out);
    // Enough for several threads.
    compareAndChoose(random, between(random, 1, 3), between(random, 2000, 3000), 20);
  }

  private static void compareAndChoose(Random random, int... out) {
    for (DType dtype : new DType[] {DType.FLOAT, DType.INT64, DType.INT32}) {
      for (String op : new String[] {"Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"}) {
        new Case(random)
            .input(few(random, dtype, someRepeated(random, out)))
            .input(few(random, dtype, someRepeated(random, out)))
            .check(op, Attributes.NONE);
      }
      new Case(random)
          .input(few(random, DType.BOOL, someRepeated(random, out)))
          .input(few(random, dtype, someRepeated(random, out)))
          .input(few(random, dtype, someRepeated(random, out)))
          .check("Where", Attributes.NONE);
    }
    for (String op : new String[] {"And", "Or", "Xor"}) {
      new Case(random)
          .input(few(random, DType.BOOL, someRepeated(random, out)))
          .input(few(random, DType.BOOL, someRepeated(random, out)))
          .check(op, Attributes.NONE);
    }
    new Case(random).input(few(random, DType.BOOL, out)).check("Not", Attributes.NONE);
  }

  /** Numbers of which many are equal; not all floats are numbers. */
  private static Tensor few(Random random, DType dtype, int... shape) {
    double[] floats = {-1, -0.0, 0, 1, Double.NaN, Double.NEGATIVE_INFINITY};
    Tensor t = Tensor.zeros(dtype, shape);
    for (int i = 0; i < t.size(); i++) {
      if (dtype == DType.FLOAT) {
        t.setDouble(i, floats[random.nextInt(floats.length)]);
      } else {
        t.setLong(i, random.nextInt(3) - 1);
      }
    }
    return t;
  }

  @Property(tries = TRIES)
  void orderAndSumsAlongAnAxis(@ForAll Random random) {
    alongAnAxis(random, shape(random, between(random, 1, 4), 9));
    // Enough for several threads.
    alongAnAxis(random, between(random, 100, 200), 4, between(random, 100, 200));
  }

  private static void alongAnAxis(Random random, int... shape) {
    int axis = random.nextInt(shape.length);
    int last = shape.length - 1;
    Attributes onAxis = Attributes.NONE.with("axis", Attribute.of((long) axis));
    for (String op : new String[] {"ArgMax", "ArgMin"}) {
      Attributes attributes =
          onAxis
              .with("keepdims", Attribute.of((long) random.nextInt(2)))
              .with("select_last_index", Attribute.of((long) random.nextInt(2)));
      new Case(random).input(few(random, DType.FLOAT, shape)).check(op, attributes);
    }
    Attributes direction =
        Attributes.NONE
            .with("exclusive", Attribute.of((long) random.nextInt(2)))
            .with("reverse", Attribute.of((long) random.nextInt(2)));
    // Both sum in double, in the same order.
    for (Tensor x : List.of(random(random, shape), few(random, DType.INT64, shape))) {
      new Case(random)
          .input(x)
          .constant(Tensor.scalar((long) axis - (random.nextBoolean() ? shape.length : 0)))
          .check("CumSum", direction);
    }
    Attributes end =
        Attributes.NONE
            .with("axis", Attribute.of(random.nextBoolean() ? -1L : last))
            .with("largest", Attribute.of((long) random.nextInt(2)));
    new Case(random)
        .input(few(random, DType.FLOAT, shape))
        .constant(Tensor.vector(random.nextInt(shape[last] + 1)))
        .check("TopK", end, 2);
    Tensor different = random(random, shape);
    new Case(random)
        .input(different)
        .constant(Tensor.vector(random.nextInt(shape[last] + 1)))
        .check("TopK", end, 2);
    int[] taken = shape.clone();
    for (int d = 0; d < taken.length; d++) {
      taken[d] = between(random, 1, d == axis ? 2 * shape[d] : shape[d]);
    }
    Tensor indices = Tensor.zeros(random.nextBoolean() ? DType.INT64 : DType.INT32, taken);
    for (int i = 0; i < indices.size(); i++) {
      indices.setLong(i, between(random, -shape[axis], shape[axis] - 1));
    }
    DType dtype = List.of(DType.FLOAT, DType.INT64, DType.BOOL).get(random.nextInt(3));
    new Case(random)
        .input(few(random, dtype, shape))
        .input(indices)
        .check("GatherElements", onAxis);
  }

  /** A chain of choices may be written over what it is made of. */
  @Property(tries = TRIES)
  void choicesInPlace(@ForAll Random random) {
    int[] shape = shape(random, between(random, 1, 3), 7);
    Graph.Builder b = new Graph.Builder(StandardOperators.set());
    Map<String, Tensor> inputs =
        Map.of(
            "c", few(random, DType.BOOL, someRepeated(random, shape)),
            "x", random(random, shape),
            "y", random(random, someRepeated(random, shape)));
    inputs.forEach((name, t) -> b.input(name, ValueType.tensor(t.dtype(), t.shape())));
    b.node("Neg", List.of("x"), List.of("p"), Attributes.NONE);
    b.node("Neg", List.of("y"), List.of("q"), Attributes.NONE);
    b.node("Less", List.of("p", "q"), List.of("l"), Attributes.NONE);
    b.node("Not", List.of("c"), List.of("n"), Attributes.NONE);
    b.node("Or", List.of("l", "n"), List.of("o"), Attributes.NONE);
    b.node("Where", List.of("o", "p", "q"), List.of("r"), Attributes.NONE);
    b.node("Where", List.of("c", "r", "x"), List.of("s"), Attributes.NONE);
    b.node("Abs", List.of("s"), List.of("t"), Attributes.NONE);
    checkGraph(b.output("t", ValueType.UNKNOWN).build(), inputs);
  }

  /** A shape that broadcasts to {@code out}: some extents are 1, some leading ones left out. */
  private static int[] someRepeated(Random random, int... out) {
    int[] s = Arrays.copyOfRange(out, random.nextInt(out.length + 1), out.length);
    for (int d = 0; d < s.length; d++) {
      s[d] = random.nextInt(3) == 0 ? 1 : s[d];
    }
    return s;
  }

  @Property(tries = TRIES)
  void matrixProducts(@ForAll Random random) {
    int m = between(random, 1, 20);
    int k = between(random, 1, 50);
    int n = between(random, 1, 70);
    int batch = between(random, 1, 3);
    new Case(random).input(m, k).either(k, n).check("MatMul", Attributes.NONE);
    new Case(random).input(batch, 2, m, k).either(k, n).check("MatMul", Attributes.NONE);
    new Case(random).input(batch, 1, m, k).input(1, 2, k, n).check("MatMul", Attributes.NONE);
    new Case(random).input(k).either(k, n).check("MatMul", Attributes.NONE);
    // Many rows of one matrix are split over threads.
    new Case(random).input(m + 60, k + 60).input(k + 60, n).check("MatMul", Attributes.NONE);
    new Case(random).input(m, k).either(k).check("MatMul", Attributes.NONE);
    Attributes transposed = Attributes.NONE.with("transB", Attribute.of(1L));
    new Case(random).input(m, k).either(n, k).either(n).check("Gemm", transposed);
    new Case(random).input(m, k).constant(k, n).either(m, 1).check("Gemm", Attributes.NONE);
    new Case(random).input(m, k).constant(k, n).constant(1).check("Gemm", Attributes.NONE);
  }

  @Property(tries = TRIES)
  void productsWithScaledTransposedAndDynamicOperandsOfBothPrecisions(@ForAll Random random) {
    int m = between(random, 1, 20);
    int k = between(random, 1, 50);
    int n = between(random, 1, 70);
    boolean doubles = random.nextBoolean();
    boolean transA = random.nextBoolean();
    boolean transB = random.nextBoolean();
    Attributes attributes =
        Attributes.NONE
            .with("transA", Attribute.of(transA ? 1L : 0L))
            .with("transB", Attribute.of(transB ? 1L : 0L))
            .with("alpha", Attribute.of(random.nextBoolean() ? 1f : -0.7f))
            .with("beta", Attribute.of(random.nextBoolean() ? 1f : 2.5f));
    Case gemm = new Case(random);
    gemm.input(number(random, doubles, transA ? k : m, transA ? m : k));
    Tensor b = number(random, doubles, transB ? n : k, transB ? k : n);
    if (random.nextBoolean()) {
      gemm.input(b);
    } else {
      gemm.constant(b);
    }
    int[][] addends = {{m, n}, {m, 1}, {n}, {}};
    if (random.nextBoolean()) {
      gemm.input(number(random, doubles, addends[random.nextInt(4)]));
    }
    gemm.check("Gemm", attributes);
    Tensor left = number(random, doubles, 2, m, k);
    new Case(random)
        .input(left)
        .input(number(random, doubles, 1, k, n))
        .check("MatMul", Attributes.NONE);
    new Case(random)
        .input(left)
        .constant(number(random, doubles, k, n))
        .check("MatMul", Attributes.NONE);
    new Case(random)
        .input(left)
        .constant(number(random, doubles, k))
        .check("MatMul", Attributes.NONE);
  }

  private static Tensor number(Random random, boolean isDouble, int... shape) {
    Tensor t = random(random, shape);
    return isDouble ? t.convert(DType.DOUBLE) : t;
  }

  @Property(tries = TRIES)
  void rowsOfSoftmaxNormalizationAndReduction(@ForAll Random random) {
    int[] shape = shape(random, between(random, 1, 3), 40);
    int n = shape[shape.length - 1];
    new Case(random).input(shape).check("Softmax", Attributes.NONE);
    new Case(random).input(shape).check("LogSoftmax", Attributes.NONE);
    new Case(random)
        .input(shape)
        .constant(n)
        .either(n)
        .check("LayerNormalization", Attributes.NONE);
    new Case(random).input(shape).either(n).check("RMSNormalization", Attributes.NONE);
    // A number for each row, and as many rows as columns.
    for (String op : List.of("LayerNormalization", "RMSNormalization")) {
      new Case(random).input(n, n).either(n, 1).check(op, Attributes.NONE);
    }
    for (String op : new String[] {"ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin"}) {
      Attributes keep = Attributes.NONE.with("keepdims", Attribute.of((long) random.nextInt(2)));
      new Case(random).input(shape).constant(Tensor.vector(-1)).check(op, keep);
      new Case(random).input(shape).constant(Tensor.vector(0)).check(op, keep);
    }
  }

  @Property(tries = TRIES)
  void localAndLpNormalization(@ForAll Random random) {
    int[] shape = shape(random, between(random, 2, 5), 9);
    int[] wide = {1, between(random, 1, 20), between(random, 1, 400)};
    for (int[] s : List.of(shape, wide)) {
      Attributes attributes =
          Attributes.NONE
              .with("size", Attribute.of((long) between(random, 1, 6)))
              .with("alpha", Attribute.of(random.nextFloat()))
              .with("beta", Attribute.of(0.5f + random.nextFloat()))
              .with("bias", Attribute.of(0.5f + random.nextFloat()));
      new Case(random).input(s).check("LRN", attributes);
      for (long axis = 0; axis < s.length; axis++) {
        Attributes along = Attributes.NONE.with("axis", Attribute.of(axis));
        new Case(random).input(s).check("LpNormalization", along);
      }
    }
    Tensor zero = random(random, 3, 40);
    for (int i = 40; i < 80; i++) {
      zero.setDouble(i, 0);
    }
    new Case(random).input(zero).check("LpNormalization", Attributes.NONE);
  }

  @Test
  void sumsOfWhichNothingIsLeft() {
    for (int seed = 0; seed < 50; seed++) {
      Random random = new Random(seed);
      Tensor x = random(random, 20_000);
      x.setDouble(0, x.getDouble(0) - Arrays.stream(x.toDoubles()).sum());
      for (String op : List.of("ReduceSum", "ReduceMean")) {
        new Case(random).input(x).check(op, Attributes.NONE);
      }
    }
  }

  @Property(tries = TRIES)
  void softmaxAndReductionAlongAnyDimension(@ForAll Random random) {
    int rank = between(random, 1, 4);
    int[] shape = shape(random, rank, 12);
    softmaxAndReductions(random, shape, random.nextInt(rank));
    for (String op : List.of("ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2")) {
      new Case(random).input(shape).check(op, Attributes.NONE);
    }
    int[] wide = {between(random, 1, 12), between(random, 2000, 4200)};
    softmaxAndReductions(random, wide, 0);
  }

  private static void softmaxAndReductions(Random random, int[] shape, int axis) {
    Attributes onAxis = Attributes.NONE.with("axis", Attribute.of((long) axis));
    new Case(random).input(shape).check("Softmax", onAxis);
    new Case(random).input(shape).check("LogSoftmax", onAxis);
    long[] axes = axis + 2 < shape.length ? new long[] {axis, axis + 1} : new long[] {axis};
    for (String op :
        List.of(
            "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceSumSquare", "ReduceL2")) {
      Attributes keep = Attributes.NONE.with("keepdims", Attribute.of((long) random.nextInt(2)));
      new Case(random).input(shape).constant(Tensor.vector(axes)).check(op, keep);
    }
  }

  @Property(tries = TRIES)
  void changesOfLayoutOfOneImageOrSeveral(@ForAll Random random) {
    int[] shape = {between(random, 1, 4), between(random, 1, 40), between(random, 1, 150)};
    Attributes swapped = Attributes.NONE.with("perm", Attribute.of(0, 2, 1));
    new Case(random).input(shape).check("Transpose", swapped);
    new Case(random).input(number(random, true, shape)).check("Transpose", swapped);
  }

  @Property(tries = TRIES)
  void movesOfElements(@ForAll Random random) {
    int rank = between(random, 1, 5);
    int[] shape = shape(random, rank, 6);
    List<Integer> order = new ArrayList<>();
    for (int d = 0; d < rank; d++) {
      order.add(d);
    }
    Collections.shuffle(order, random);
    long[] perm = order.stream().mapToLong(Integer::longValue).toArray();
    new Case(random)
        .input(number(random, random.nextBoolean(), shape))
        .check("Transpose", Attributes.NONE.with("perm", Attribute.of(perm)));
    int axis = random.nextInt(rank);
    Attributes onAxis = Attributes.NONE.with("axis", Attribute.of((long) axis));
    Tensor indices = Tensor.zeros(DType.INT64, shape(random, random.nextInt(3), 4));
    for (int i = 0; i < indices.size(); i++) {
      indices.setLong(i, between(random, -shape[axis], shape[axis] - 1));
    }
    new Case(random).input(shape).input(indices).check("Gather", onAxis);
    int[] other = shape.clone();
    other[axis] = between(random, 1, 4);
    new Case(random).input(shape).either(other).input(shape).check("Concat", onAxis);
    int first = random.nextInt(shape[axis] + 1);
    new Case(random)
        .input(shape)
        .constant(Tensor.vector(first, shape[axis] - first))
        .check("Split", onAxis, 2);
    long step = random.nextBoolean() ? between(random, 1, 3) : -between(random, 1, 3);
    new Case(random)
        .input(shape)
        .constant(Tensor.vector(between(random, -7, 7)))
        .constant(Tensor.vector(between(random, -7, 7)))
        .constant(Tensor.vector(axis))
        .constant(Tensor.vector(step))
        .check("Slice", Attributes.NONE);
  }

  @Property(tries = TRIES)
  void concatOfShortAndLongRuns(@ForAll Random random) {
    int rows = between(random, 1, random.nextBoolean() ? 9 : 3000);
    Case c = new Case(random);
    for (int count = between(random, 1, 4); count > 0; count--) {
      c.input(rows, between(random, 0, random.nextBoolean() ? 8 : 70));
    }
    c.check("Concat", Attributes.NONE.with("axis", Attribute.of(1L)));
  }

  @Property(tries = TRIES)
  void blocksOfSpaceAndDepth(@ForAll Random random) {
    int b = between(random, 1, 4);
    int n = between(random, 1, 3);
    int c = between(random, 1, 5);
    int h = between(random, 1, 9);
    int w = between(random, 1, 40);
    Attributes block = Attributes.NONE.with("blocksize", Attribute.of((long) b));
    for (String mode : new String[] {"DCR", "CRD"}) {
      new Case(random)
          .input(n, c * b * b, h, w)
          .check("DepthToSpace", block.with("mode", Attribute.of(mode)));
    }
    new Case(random).input(n, c, h * b, w * b).check("SpaceToDepth", block);
  }

  @Property(tries = TRIES)
  void convolutionsAndPools(@ForAll Random random) {
    int spatial = between(random, 1, 3);
    int group = random.nextInt(3) == 0 ? between(random, 2, 4) : 1;
    int channels = group * between(random, 1, 5);
    int outputs = group * between(random, 1, 9);
    boolean depthwise = random.nextInt(4) == 0;
    if (depthwise) {
      group = channels;
      outputs = channels;
    }
    int[] x = new int[spatial + 2];
    int[] w = new int[spatial + 2];
    long[] kernel = new long[spatial];
    long[] strides = new long[spatial];
    long[] dilations = new long[spatial];
    long[] pads = new long[2 * spatial];
    x[0] = between(random, 1, 3);
    x[1] = channels;
    w[0] = outputs;
    w[1] = channels / group;
    for (int d = 0; d < spatial; d++) {
      kernel[d] = between(random, 1, 4);
      strides[d] = between(random, 1, 3);
      dilations[d] = between(random, 1, 2);
      pads[d] = random.nextInt((int) kernel[d]);
      pads[spatial + d] = random.nextInt((int) kernel[d]);
      w[2 + d] = (int) kernel[d];
      x[2 + d] = between(random, (int) ((kernel[d] - 1) * dilations[d] + 1), spatial < 3 ? 16 : 9);
    }
    Attributes window =
        Attributes.NONE
            .with("kernel_shape", Attribute.of(kernel))
            .with("strides", Attribute.of(strides))
            .with("dilations", Attribute.of(dilations))
            .with("pads", Attribute.of(pads));
    Attributes conv = window.with("group", Attribute.of((long) group));
    new Case(random).input(x).constant(w).check("Conv", conv);
    new Case(random).input(x).constant(w).either(outputs).check("Conv", conv);
    new Case(random).input(x).input(w).check("Conv", conv);
    new Case(random).input(x).input(w).either(outputs).check("Conv", conv);
    Attributes ceil = window.with("ceil_mode", Attribute.of((long) random.nextInt(2)));
    new Case(random).input(x).check("MaxPool", ceil);
    new Case(random)
        .input(x)
        .check(
            "AveragePool", ceil.with("count_include_pad", Attribute.of((long) random.nextInt(2))));
    for (String op : List.of("GlobalAveragePool", "GlobalMaxPool", "GlobalLpPool")) {
      new Case(random).input(x).check(op, Attributes.NONE);
    }
  }

  @Property(tries = TRIES)
  void transposedConvolutions(@ForAll Random random) {
    int spatial = between(random, 1, 3);
    int group = random.nextInt(3) == 0 ? between(random, 2, 3) : 1;
    int perGroup = between(random, 1, 9);
    int[] x = new int[spatial + 2];
    int[] w = new int[spatial + 2];
    x[0] = between(random, 1, 3);
    x[1] = group * between(random, 1, 9);
    w[0] = x[1];
    w[1] = perGroup;
    long[] strides = new long[spatial];
    long[] dilations = new long[spatial];
    long[] pads = new long[2 * spatial];
    long[] outputPadding = new long[spatial];
    boolean sideBySide = random.nextInt(3) == 0;
    for (int d = 0; d < spatial; d++) {
      x[2 + d] = between(random, 3, spatial < 3 ? 9 : 5);
      strides[d] = between(random, 1, 3);
      dilations[d] = sideBySide ? 1 : between(random, 1, 2);
      w[2 + d] = sideBySide ? (int) strides[d] : between(random, 1, 4);
      if (!sideBySide) {
        pads[d] = random.nextInt(w[2 + d]);
        pads[spatial + d] = random.nextInt(w[2 + d]);
        outputPadding[d] = random.nextInt((int) Math.max(strides[d], dilations[d]));
      }
    }
    Attributes attributes =
        Attributes.NONE
            .with("group", Attribute.of((long) group))
            .with("strides", Attribute.of(strides))
            .with("dilations", Attribute.of(dilations))
            .with("pads", Attribute.of(pads))
            .with("output_padding", Attribute.of(outputPadding));
    new Case(random).input(x).constant(w).check("ConvTranspose", attributes);
    new Case(random)
        .input(x)
        .constant(w)
        .constant(group * perGroup)
        .check("ConvTranspose", attributes);
    new Case(random).input(x).input(w).check("ConvTranspose", attributes);
  }

  @Property(tries = TRIES)
  void elementsSelectedAxisByAxis(@ForAll Random random) {
    int rank = between(random, 1, 4);
    int[] shape = shape(random, rank, 5);
    DType dtype = List.of(DType.FLOAT, DType.INT64, DType.BOOL).get(random.nextInt(3));
    Tensor x = bytes(random, dtype, shape);
    int[] larger = shape(random, rank + random.nextInt(2), 3);
    for (int d = 1; d <= rank; d++) {
      boolean one = shape[rank - d] == 1 && random.nextBoolean();
      larger[larger.length - d] = one ? between(random, 1, 4) : shape[rank - d];
    }
    long[] extents = Arrays.stream(larger).asLongStream().toArray();
    new Case(random).input(x).constant(Tensor.vector(extents)).check("Expand", Attributes.NONE);
    long[] times = new long[rank];
    long[] pads = new long[2 * rank];
    float[] scales = new float[rank];
    for (int d = 0; d < rank; d++) {
      times[d] = between(random, 0, 3);
      pads[d] = between(random, -1, 3);
      pads[rank + d] = between(random, 0, 3);
      scales[d] = random.nextInt(3) == 0 ? 1 : 0.4f + 2 * random.nextFloat();
    }
    new Case(random).input(x).constant(Tensor.vector(times)).check("Tile", Attributes.NONE);
    for (String mode : new String[] {"constant", "reflect", "edge", "wrap"}) {
      Attributes pad = Attributes.NONE.with("mode", Attribute.of(mode));
      new Case(random).input(x).constant(Tensor.vector(pads)).check("Pad", pad);
      new Case(random)
          .input(x)
          .constant(Tensor.vector(pads))
          .constant(bytes(random, dtype))
          .check("Pad", pad);
    }
    for (String at : new String[] {"half_pixel", "asymmetric", "align_corners"}) {
      for (String rounding : new String[] {"floor", "ceil", "round_prefer_ceil"}) {
        Attributes resize =
            Attributes.NONE
                .with("coordinate_transformation_mode", Attribute.of(at))
                .with("nearest_mode", Attribute.of(rounding));
        new Case(random)
            .input(x)
            .constant(Tensor.zeros(DType.FLOAT, 0))
            .constant(Tensor.of(scales, rank))
            .check("Resize", resize);
      }
      for (String mode : new String[] {"linear", "cubic"}) {
        Attributes resize =
            Attributes.NONE
                .with("coordinate_transformation_mode", Attribute.of(at))
                .with("mode", Attribute.of(mode))
                .with("antialias", Attribute.of((long) random.nextInt(2)))
                .with("exclude_outside", Attribute.of((long) random.nextInt(2)));
        new Case(random)
            .input(rank == 0 ? new int[0] : shape(random, rank, 9))
            .constant(Tensor.zeros(DType.FLOAT, 0))
            .constant(Tensor.of(scales, rank))
            .check("Resize", resize);
      }
    }
  }

  @Property(tries = TRIES)
  void imagesThatStayChannelsLast(@ForAll Random random) {
    int c = between(random, 1, 5);
    int m = between(random, 1, 5);
    int[] x = {between(random, 1, 2), c, between(random, 2, 6), between(random, 2, 6)};
    boolean nhwc = random.nextBoolean();
    int[] given = nhwc ? new int[] {x[0], x[2], x[3], x[1]} : x;
    Graph.Builder b = new Graph.Builder(StandardOperators.set());
    b.input("x", ValueType.tensor(DType.FLOAT, given));
    b.initializer("w", random(random, m, c, 1, 1));
    b.initializer("scales", Tensor.of(new float[] {1, 1, 2, 1.5f}, 4));
    b.initializer("pads", Tensor.vector(0, random.nextInt(2), 1, 0, 0, random.nextInt(3), 0, 2));
    b.initializer("more", random(random, x[0], 2, 2 * x[2], (int) (1.5f * x[3])));
    int k = between(random, 1, 3);
    int padded = m + 2;
    String image = "x";
    if (nhwc) {
      b.node("Transpose", List.of("x"), List.of("first"), perm(0, 3, 1, 2));
      image = "first";
    }
    b.node("Conv", List.of(image, "w"), List.of("c"), Attributes.NONE);
    b.node("Resize", List.of("c", "", "scales"), List.of("r"), Attributes.NONE);
    b.node(
        "Concat",
        List.of("r", "more"),
        List.of("j"),
        Attributes.NONE.with("axis", Attribute.of(1L)));
    b.initializer("w2", random(random, padded, k, 2, 2));
    b.initializer("bias", random(random, 1, k, 1, 1));
    Attributes twice = Attributes.NONE.with("strides", Attribute.of(new long[] {2, 2}));
    b.node("ConvTranspose", List.of("j", "w2"), List.of("t"), twice);
    b.node("Add", List.of("t", "bias"), List.of("a"), Attributes.NONE);
    b.node("Relu", List.of("a"), List.of("f"), Attributes.NONE);
    b.node("Pad", List.of("f", "pads"), List.of("p"), Attributes.NONE);
    b.node("Transpose", List.of("p"), List.of("y"), perm(0, 2, 3, 1));
    b.output("y", ValueType.UNKNOWN);
    b.output("f", ValueType.UNKNOWN);
    checkGraph(b.build(), Map.of("x", random(random, given)));
  }

  @Property(tries = TRIES)
  void batchNormalization(@ForAll Random random) {
    int[] shape = shape(random, between(random, 2, 5), 6);
    Tensor variance = random(random, shape[1]);
    for (int i = 0; i < variance.size(); i++) {
      variance.setDouble(i, 0.1 + Math.abs(variance.getDouble(i)));
    }
    new Case(random)
        .input(shape)
        .either(shape[1])
        .constant(shape[1])
        .constant(shape[1])
        .constant(variance)
        .check("BatchNormalization", Attributes.NONE);
  }

  private static Attributes perm(long... order) {
    return Attributes.NONE.with("perm", Attribute.of(order));
  }

  @Property(tries = TRIES)
  void integerProducts(@ForAll Random random) {
    int m = between(random, 1, 20);
    int k = between(random, 1, 600);
    int n = between(random, 1, 40);
    DType left = random.nextBoolean() ? DType.UINT8 : DType.INT8;
    DType right = random.nextBoolean() ? DType.UINT8 : DType.INT8;
    Tensor weights = bytes(random, right, k, n);
    new Case(random)
        .input(bytes(random, left, 2, m, k))
        .constant(weights)
        .input(bytes(random, left))
        .constant(random.nextBoolean() ? bytes(random, right) : bytes(random, right, n))
        .check("MatMulInteger", Attributes.NONE);
    new Case(random)
        .input(bytes(random, left, m, k))
        .constant(weights)
        .check("MatMulInteger", Attributes.NONE);
  }

  @Property(tries = TRIES)
  void slopesAndGroups(@ForAll Random random) {
    int groups = between(random, 1, 4);
    int channels = groups * between(random, 1, 4);
    int[] shape = {between(random, 1, 3), channels, between(random, 1, 9), between(random, 1, 9)};
    new Case(random).input(shape).either(channels, 1, 1).check("PRelu", Attributes.NONE);
    new Case(random).input(shape).constant(1).check("PRelu", Attributes.NONE);
    new Case(random).input(shape).input(shape).check("PRelu", Attributes.NONE);
    new Case(random)
        .input(shape)
        .either(channels)
        .either(channels)
        .check("InstanceNormalization", Attributes.NONE.with("epsilon", Attribute.of(0.01f)));
    new Case(random)
        .input(shape)
        .either(channels)
        .either(channels)
        .check(
            "GroupNormalization", Attributes.NONE.with("num_groups", Attribute.of((long) groups)));
  }

  @Property(tries = TRIES)
  void quantizedProducts(@ForAll Random random) {
    int k = between(random, 1, 600);
    int n = between(random, 1, 40);
    DType left = random.nextBoolean() ? DType.UINT8 : DType.INT8;
    DType right = random.nextBoolean() ? DType.UINT8 : DType.INT8;
    DType result = random.nextBoolean() ? DType.UINT8 : DType.INT8;
    int[] perColumn = random.nextBoolean() ? new int[0] : new int[] {n};
    new Case(random)
        .input(bytes(random, left, 2, between(random, 1, 20), k))
        .constant(scales(random, 0.1))
        .constant(bytes(random, left))
        .constant(bytes(random, right, k, n))
        .constant(scales(random, 0.1, perColumn))
        .constant(bytes(random, right, perColumn))
        .constant(scales(random, 3))
        .constant(bytes(random, result))
        .check("QLinearMatMul", Attributes.NONE);
  }

  @Property(tries = TRIES)
  void convolutionsOfIntegers(@ForAll Random random) {
    DType left = random.nextBoolean() ? DType.UINT8 : DType.INT8;
    DType right = random.nextBoolean() ? DType.UINT8 : DType.INT8;
    DType result = random.nextBoolean() ? DType.UINT8 : DType.INT8;
    int dims = between(random, 1, 2);
    int group = between(random, 1, 3);
    int channels = between(random, 1, random.nextInt(8) == 0 ? 90 : 5);
    int outputs = group * between(random, 1, 20);
    boolean depthwise = random.nextInt(3) == 0;
    if (depthwise) {
      channels = 1;
      outputs = group;
    }
    int[] shape = new int[2 + dims];
    int[] kernel = new int[2 + dims];
    long[] pads = new long[2 * dims];
    long[] strides = new long[dims];
    shape[0] = between(random, 1, 2);
    shape[1] = group * channels;
    kernel[0] = outputs;
    kernel[1] = channels;
    for (int d = 0; d < dims; d++) {
      shape[2 + d] = between(random, 4, 17);
      kernel[2 + d] = between(random, 1, 3);
      strides[d] = between(random, 1, 2);
      pads[d] = random.nextInt(3);
      pads[dims + d] = random.nextInt(3);
    }
    Attributes attributes =
        Attributes.NONE
            .with("group", Attribute.of((long) group))
            .with("pads", Attribute.of(pads))
            .with("strides", Attribute.of(strides));
    int[] perOutput = random.nextBoolean() ? new int[0] : new int[] {outputs};
    Tensor x = bytes(random, left, shape);
    Tensor w = bytes(random, right, kernel);
    new Case(random).input(x).constant(w).check("ConvInteger", attributes);
    new Case(random)
        .input(x)
        .constant(w)
        .input(bytes(random, left))
        .constant(bytes(random, right, perOutput))
        .check("ConvInteger", attributes);
    Tensor bias = Tensor.zeros(DType.INT32, outputs);
    for (int i = 0; i < outputs; i++) {
      bias.setLong(i, random.nextInt(2000) - 1000);
    }
    new Case(random)
        .input(x)
        .constant(scales(random, 0.1))
        .constant(bytes(random, left))
        .constant(w)
        .constant(scales(random, 0.1, perOutput))
        .constant(bytes(random, right, perOutput))
        .constant(scales(random, 3))
        .constant(bytes(random, result))
        .constant(bias)
        .check("QLinearConv", attributes);
  }

  private static Tensor scales(Random random, double most, int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, most * (0.1 + random.nextDouble()));
    }
    return t;
  }

  @Property(tries = TRIES)
  void quantizingAndCasting(@ForAll Random random) {
    int[] shape = shape(random, between(random, 1, 3), 9);
    new Case(random).input(shape).check("DynamicQuantizeLinear", Attributes.NONE, 3);
    Attributes toFloat = Attributes.NONE.with("to", Attribute.of((long) DType.FLOAT.code()));
    for (DType from : List.of(DType.INT32, DType.INT64, DType.UINT8, DType.BOOL)) {
      new Case(random).input(bytes(random, from, shape)).check("Cast", toFloat);
    }
    Attributes toLong = Attributes.NONE.with("to", Attribute.of((long) DType.INT64.code()));
    new Case(random).input(bytes(random, DType.BOOL, shape)).check("Cast", toLong);
  }

  @Test
  void infiniteWeightsDoNotMeetTheZerosAroundAnImage() {
    Random random = new Random(1);
    Tensor w = random(random, 16, 1, 3, 3);
    w.setDouble(0, Double.POSITIVE_INFINITY);
    Attributes depthwise =
        Attributes.NONE.with("group", Attribute.of(16L)).with("pads", Attribute.of(1, 1, 1, 1));
    new Case(random).input(1, 16, 9, 9).constant(w).check("Conv", depthwise);
  }

  @Property(tries = TRIES)
  void linearQuantization(@ForAll Random random) {
    int[] shape = shape(random, between(random, 1, 4), 9);
    int axis = random.nextInt(shape.length);
    int[] scales = random.nextBoolean() ? new int[0] : new int[] {shape[axis]};
    Attributes along = Attributes.NONE.with("axis", Attribute.of((long) axis - shape.length));
    Tensor scale = Tensor.zeros(DType.FLOAT, scales);
    for (int i = 0; i < scale.size(); i++) {
      scale.setDouble(i, Math.pow(10, -3 + 3 * random.nextDouble()));
    }
    Tensor floats = random(random, shape);
    floats.setDouble(0, List.of(Double.NaN, 1e30, -1e30, 0.5).get(random.nextInt(4)));
    DType type = random.nextBoolean() ? DType.UINT8 : DType.INT8;
    Case quantize = new Case(random).input(floats).input(scale);
    Case dequantize = new Case(random).input(bytes(random, type, shape)).input(scale);
    if (random.nextBoolean()) {
      quantize.constant(bytes(random, type, scales));
      dequantize.constant(bytes(random, type, scales));
    }
    quantize.check("QuantizeLinear", along);
    dequantize.check("DequantizeLinear", along);
  }

  private static Tensor bytes(Random random, DType dtype, int... shape) {
    Tensor t = Tensor.zeros(dtype, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setLong(i, random.nextInt(256));
    }
    return t;
  }
}
