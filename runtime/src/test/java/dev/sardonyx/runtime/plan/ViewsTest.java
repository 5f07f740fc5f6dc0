package dev.sardonyx.runtime.plan;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sardonyx.Accuracy;
import dev.sardonyx.graph.Attribute;
import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.op.StandardOperators;
import dev.sardonyx.runtime.Workers;
import dev.sardonyx.runtime.lowering.Lowering;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Slices and the like that are contiguous in memory are not copied. */
class ViewsTest {
  private final Graph.Builder graph = new Graph.Builder(StandardOperators.set());
  private final Map<String, Tensor> inputs = new LinkedHashMap<>();
  private final Map<String, int[]> shapes = new HashMap<>();
  private Random random = new Random(5);
  private int names;

  @Test
  void aSliceThatIsContiguousIsNoStep() {
    String r = node("Relu", input(1, 8, 4));
    checkOutputs(List.of("Relu", "Neg"), node("Neg", slice(r, 1, 2, 5, 1)));
  }

  @Test
  void aSliceOfTheFirstDimensionIsNoStep() {
    String r = node("Relu", input(5, 2, 4));
    checkOutputs(List.of("Relu", "Neg"), node("Neg", slice(r, 0, -2, 9, 1)));
  }

  @Test
  void aSliceOfBothOfTwoRowsIsCopied() {
    String r = node("Relu", input(2, 8, 4));
    checkOutputs(List.of("Relu", "Slice", "Neg"), node("Neg", slice(r, 1, 2, 5, 1)));
  }

  @Test
  void aSliceOfASliceOfOneRowIsNoStep() {
    String r = node("Relu", input(2, 8, 4));
    String row = slice(r, 0, 1, 2, 1);
    checkOutputs(List.of("Relu", "Neg"), node("Neg", slice(row, 1, 2, 5, 1)));
  }

  @Test
  void aSliceWithStepsIsCopiedUnlessItTakesOne() {
    String r = node("Relu", input(8, 4));
    String two = node("Neg", slice(r, 0, 1, 5, 2));
    String backwards = node("Neg", slice(r, 0, 5, 3, -1));
    String one = node("Neg", slice(r, 0, 5, 4, -1));
    checkOutputs(List.of("Relu", "Slice", "Neg", "Slice", "Neg", "Neg"), two, backwards, one);
  }

  @Test
  void partsOfASplitAreNoSteps() {
    List<String> parts = split(node("Relu", input(1, 9, 4)), 1, 2, 3, 4);
    String sum = node("Concat", axis(1), node("Neg", parts.get(2)), parts.get(0));
    checkOutputs(List.of("Relu", "Neg", "Concat"), sum);
  }

  @Test
  void partsOfASplitOfTwoRowsAreCopied() {
    List<String> parts = split(node("Relu", input(2, 9, 4)), 1, 2, 3, 4);
    checkOutputs(List.of("Relu", "Split", "Neg"), node("Neg", parts.get(1)));
  }

  @Test
  void aSplitOfWhichAnOutputIsOmittedIsEvaluated() {
    String r = node("Relu", input(1, 9, 4));
    graph.initializer("lengths", Tensor.vector(2, 3, 4));
    graph.node("Split", List.of(r, "lengths"), List.of("a", "", "c"), axis(1));
    checkOutputs(List.of("Relu", "Split", "Neg"), node("Neg", "c"));
  }

  @Test
  void aTransposeThatMovesNoElementIsNoStep() {
    String r = node("Relu", input(1, 6, 1, 4));
    String moved = transpose(transpose(r, 0, 2), 1, 2);
    checkOutputs(
        List.of("Relu", "Neg", "Transpose", "Neg"),
        node("Neg", moved),
        node("Neg", transpose(moved, 1, 3)));
  }

  @Test
  void oneGatheredRowIsNoStep() {
    String r = node("Relu", input(1, 6, 4));
    checkOutputs(
        List.of("Relu", "Neg", "Neg", "Gather", "Neg"),
        node("Neg", gather(r, 1, 2)),
        node("Neg", gather(r, 1, -1)),
        node("Neg", gather(r, 2, 3)));
  }

  @Test
  void nothingIsWrittenOverWhileTheSourceOrAPartIsRead() {
    String r = node("Relu", input(1, 6, 4));
    List<String> parts = split(r, 1, 3, 3);
    String a = node("Neg", parts.get(0));
    String source = node("Neg", r);
    String b = node("Neg", parts.get(1));
    String whole = slice(r, 1, 0, 6, 1);
    String c = node("Neg", whole);
    String d = node("Add", whole, node("Add", source, c));
    checkOutputs(
        List.of("Relu", "Neg", "Neg", "Neg", "Neg", "Add", "Add", "Sub", "Add"),
        d,
        node("Add", node("Sub", a, b), b));
  }

  @Test
  void aPartOfAValueThatWasWrittenOverAnotherIsThatOfTheLater() {
    String r = node("Neg", node("Relu", input(1, 6, 4)));
    String part = slice(r, 1, 3, 6, 1);
    checkOutputs(List.of("Relu", "Neg", "Neg", "Add"), node("Add", node("Neg", part), part));
  }

  @Test
  void outputsOwnTheirMemory() {
    String x = input(1, 6, 4);
    String r = node("Relu", x);
    String part = slice(r, 1, 3, 6, 1);
    String ofInput = slice(x, 1, 1, 4, 1);
    String n = node("Neg", node("Relu", x));
    checkOutputs(
        List.of("Relu", "Slice", "Relu", "Neg"), part, r, ofInput, n, slice(n, 1, 0, 2, 1));
  }

  @Test
  void anOutputThatIsAPartLivesUntilTheEnd() {
    String part = slice(node("Relu", input(1, 6, 4)), 1, 3, 6, 1);
    String last = node("Relu", input(1, 6, 4));
    for (int i = 0; i < 3; i++) {
      last = node("Add", last, node("Neg", last));
    }
    checkOutputs(List.of("Relu", "Relu", "Neg", "Add", "Neg", "Add", "Neg", "Add"), part, last);
  }

  @Test
  void partsOfConstantsAreConstants() {
    Tensor t = random(1, 6, 4);
    graph.initializer("c", t);
    shapes.put("c", t.shape());
    String x = input(1, 2, 4);
    checkOutputs(List.of("Add"), node("Add", x, slice("c", 1, 3, 5, 1)), slice("c", 1, 3, 5, 1));
  }

  @Test
  void partsMayBeEmpty() {
    String r = node("Relu", input(3, 6));
    String none = node("Neg", slice(r, 0, 3, 9, 1));
    List<String> parts = split(r, 0, 3, 0);
    String ofNone = slice(node("Relu", input(0, 6)), 1, 4, 6, 1);
    checkOutputs(List.of("Relu", "Neg", "Relu", "Neg"), none, node("Neg", parts.get(1)), ofNone);
  }

  @Test
  void elementsOfLessThanAByteAreCopied() {
    Tensor t = Tensor.zeros(DType.UINT4, 1, 7);
    for (int i = 0; i < 7; i++) {
      t.setLong(i, 15 - 2 * i);
    }
    String x = input(t);
    String part = slice(x, 1, 3, 6, 1);
    String wide = node("Cast", Attributes.NONE.with("to", Attribute.of(1L)), part);
    checkOutputs(List.of("Slice", "Cast"), wide);
  }

  /** In place or not, whatever lives how long, as output or between others: the same numbers. */
  @Property(tries = 400)
  void randomGraphsOfViewsAgreeWithTheReference(@ForAll long seed) {
    ViewsTest t = new ViewsTest();
    t.random = new Random(seed);
    t.checkRandomGraph();
  }

  private void checkRandomGraph() {
    List<String> values = new ArrayList<>();
    values.add(input(1 + random.nextInt(2), 2 + random.nextInt(6), 1 + random.nextInt(5)));
    int nodes = 3 + random.nextInt(18);
    for (int i = 0; i < nodes; i++) {
      String x = values.get(Math.max(0, values.size() - 1 - random.nextInt(5)));
      int[] shape = shapes.get(x);
      int axis = random.nextInt(shape.length);
      int extent = shape[axis];
      switch (random.nextInt(10)) {
        case 0, 1 -> {
          int from = random.nextInt(extent + 1);
          values.add(slice(x, axis, from, from + 1 + random.nextInt(extent + 1), 1));
        }
        case 2 -> values.add(slice(x, axis, random.nextInt(extent + 1), -extent - 1, -1));
        case 3 -> {
          int first = random.nextInt(extent + 1);
          int second = random.nextInt(extent - first + 1);
          values.addAll(split(x, axis, first, second, extent - first - second));
        }
        case 4 -> {
          String other = values.get(random.nextInt(values.size()));
          values.add(
              Arrays.equals(shapes.get(other), shape)
                  ? node("Add", x, other)
                  : node("Concat", axis(axis), x, x));
        }
        case 5 -> {
          String to = "shape" + names++;
          graph.initializer(to, Tensor.vector(shape[0], -1));
          if (shape[0] > 0 && Tensor.sizeOf(shape) > 0) {
            String flat = node("Reshape", x, to);
            shapes.put(flat, new int[] {shape[0], Tensor.sizeOf(shape) / shape[0]});
            values.add(flat);
          }
        }
        case 6 -> values.add(transpose(x, axis, random.nextInt(shape.length)));
        case 7 -> {
          if (extent > 0) {
            values.add(gather(x, axis, random.nextInt(2 * extent) - extent));
          }
        }
        case 8 -> values.add(node("Relu", x));
        default -> values.add(node("Neg", x));
      }
    }
    int outputs = 1 + random.nextInt(4);
    List<String> wanted = new ArrayList<>();
    while (wanted.size() < outputs) {
      String output = values.get(values.size() - 1 - random.nextInt(Math.min(8, values.size())));
      if (!wanted.contains(output) && !inputs.containsKey(output)) {
        wanted.add(output);
      } else {
        outputs--;
      }
    }
    if (!wanted.isEmpty()) {
      checkOutputs(null, wanted.toArray(new String[0]));
    }
  }

  // ---- graphs ----

  private String input(int... shape) {
    return input(random(shape));
  }

  private String input(Tensor t) {
    String name = "x" + names++;
    inputs.put(name, t);
    shapes.put(name, t.shape());
    graph.input(name, ValueType.tensor(t.dtype(), t.shape()));
    return name;
  }

  private Tensor random(int... shape) {
    Tensor t = Tensor.zeros(DType.FLOAT, shape);
    for (int i = 0; i < t.size(); i++) {
      t.setDouble(i, random.nextInt(19) - 9);
    }
    return t;
  }

  private static Attributes axis(int axis) {
    return Attributes.NONE.with("axis", Attribute.of((long) axis));
  }

  private String node(String opType, String... in) {
    return node(opType, Attributes.NONE, in);
  }

  private String node(String opType, Attributes attributes, String... in) {
    String name = "v" + names++;
    graph.node(opType, List.of(in), List.of(name), attributes);
    int[] shape = shapes.get(in[0]);
    if (opType.equals("Concat") && in[0].equals(in[1])) {
      shape = shape.clone();
      shape[attributes.getInt("axis", 0)] *= 2;
    }
    shapes.put(name, shape);
    return name;
  }

  /** Two axes changing places. */
  private String transpose(String x, int a, int b) {
    int[] shape = shapes.get(x).clone();
    long[] perm = new long[shape.length];
    Arrays.setAll(perm, d -> d == a ? b : d == b ? a : d);
    String y = node("Transpose", Attributes.NONE.with("perm", Attribute.of(perm)), x);
    shape[a] = shapes.get(x)[b];
    shape[b] = shapes.get(x)[a];
    shapes.put(y, shape);
    return y;
  }

  private String gather(String x, int axis, int index) {
    String name = "i" + names++;
    graph.initializer(name, Tensor.vector(index));
    String y = node("Gather", axis(axis), x, name);
    int[] shape = shapes.get(x).clone();
    shape[axis] = 1;
    shapes.put(y, shape);
    return y;
  }

  private String slice(String x, int axis, int start, int end, int step) {
    String prefix = "s" + names++;
    graph.initializer(prefix + "from", Tensor.vector(start));
    graph.initializer(prefix + "to", Tensor.vector(end));
    graph.initializer(prefix + "axis", Tensor.vector(axis));
    graph.initializer(prefix + "step", Tensor.vector(step));
    String y = node("Slice", x, prefix + "from", prefix + "to", prefix + "axis", prefix + "step");
    int[] shape = shapes.get(x).clone();
    int n = shape[axis];
    int from = Math.min(start < 0 ? start + n : start, step > 0 ? n : n - 1);
    int to = end < 0 ? Math.max(end + n, step > 0 ? 0 : -1) : Math.min(end, n);
    shape[axis] = Math.max(0, (to - from + step - Integer.signum(step)) / step);
    shapes.put(y, shape);
    return y;
  }

  private List<String> split(String x, int axis, long... lengths) {
    String name = "l" + names++;
    graph.initializer(name, Tensor.vector(lengths));
    List<String> parts = new ArrayList<>();
    for (long length : lengths) {
      int[] shape = shapes.get(x).clone();
      shape[axis] = (int) length;
      parts.add("p" + names++);
      shapes.put(parts.get(parts.size() - 1), shape);
    }
    graph.node("Split", List.of(x, name), parts, axis(axis));
    return parts;
  }

  // ---- checking ----

  /**
   * Compares outputs with the reference's: new ones, ones written to tensors that are given, those
   * of further runs, and those of the lowered graph.
   *
   * @param steps what is computed, null for whatever is
   */
  private void checkOutputs(List<String> steps, String... outputs) {
    for (String output : outputs) {
      graph.output(output, ValueType.UNKNOWN);
    }
    Graph built = graph.build();
    if (steps != null) {
      assertThat(plan(built).steps).extracting(s -> s.node().opType()).isEqualTo(steps);
    }
    for (Graph g : List.of(built, Lowering.lower(built))) {
      try (Workers workers = new Workers(1)) {
        Program program = new Program(g, Kernels.portable(), workers, Accuracy.NORMAL);
        for (int run = 0; run < 3; run++) {
          inputs.replaceAll((name, t) -> t.dtype() == DType.FLOAT ? random(t.shape()) : t);
          checkRun(built, program, run);
        }
      }
    }
  }

  private void checkRun(Graph built, Program program, int run) {
    Map<String, Value> expected = ReferenceEvaluator.run(built, inputs);
    Map<String, Value> before = new HashMap<>();
    inputs.forEach((name, t) -> before.put(name, t.copy()));
    int n = built.outputs().size();
    Tensor[] into = new Tensor[n];
    for (int i = 0; i < n; i++) {
      Tensor t = (Tensor) expected.get(built.outputs().get(i).name());
      // All are new in run 0, all are given in run 2.
      into[i] = run == 2 || run == 1 && i % 2 == 0 ? Tensor.zeros(t.dtype(), t.shape()) : null;
    }
    Value[] in = inputs.values().toArray(new Value[0]);
    Value[] got = program.run(in, all(n), run == 0 ? null : into);
    for (int i = 0; i < n; i++) {
      Tensor t = (Tensor) got[i];
      assertThat(t).isEqualTo(expected.get(built.outputs().get(i).name()));
      assertThat(t.dtype() == DType.FLOAT ? t.floatArray().length : t.size()).isEqualTo(t.size());
      if (into[i] != null && run > 0) {
        assertThat(t).isSameAs(into[i]);
      }
      assertThat(inputs.values()).noneMatch(t::sharesArrayWith);
    }
    assertThat(inputs).isEqualTo(before);
  }

  private Plan plan(Graph g) {
    try (Workers workers = new Workers(1)) {
      Program program = new Program(g, Kernels.portable(), workers, Accuracy.NORMAL);
      Value[] in = inputs.values().toArray(new Value[0]);
      return new Planner(program, in, all(g.outputs().size())).plan();
    }
  }

  private static boolean[] all(int n) {
    boolean[] wanted = new boolean[n];
    Arrays.fill(wanted, true);
    return wanted;
  }
}
