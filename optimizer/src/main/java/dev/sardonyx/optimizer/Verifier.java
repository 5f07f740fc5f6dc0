package dev.sardonyx.optimizer;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Inference;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.OperatorSet;
import dev.sardonyx.graph.ReferenceEvaluator;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/**
 * Compares graphs by evaluating them on random inputs.
 *
 * <p>Two floats agree if they differ by at most 1e-4 (1e-12 for double, 2e-2 for types of 16 bits
 * and fewer) of the larger of the expected one and the root mean square of its tensor, or are both
 * NaN, or the same infinity. Everything else must be equal.
 */
final class Verifier {
  private static final long SEED = 20_260_101;

  private Verifier() {}

  /** Inputs on which a model can be evaluated. */
  record Example(
      Map<String, ValueType> inputTypes,
      Map<String, Value> inputs,
      Map<String, Value> outputs,
      String describe) {}

  /**
   * Random inputs for a model, with its outputs; null if it cannot be evaluated for any of several
   * choices of its symbolic extents.
   */
  static Example exampleFor(Graph graph) {
    for (Extents extents : choices(graph)) {
      try {
        Random random = new Random(SEED);
        Map<String, Value> inputs = new LinkedHashMap<>();
        for (ValueInfo v : graph.inputs()) {
          Tensor given = graph.initializers().get(v.name());
          ValueType type = extents.inputTypes().get(v.name());
          inputs.put(v.name(), given != null ? given : random(v.name(), type, null, random));
        }
        Map<String, Value> outputs = ReferenceEvaluator.run(graph, inputs);
        Inference.of(graph, extents.inputTypes());
        return new Example(extents.inputTypes(), inputs, outputs, extents.describe());
      } catch (ModelException thisChoiceDoesNotFit) {
        // A kernel larger than its input, extents that must divide: the next choice may fit.
      }
    }
    return null;
  }

  /**
   * Numbers for symbolic extents: distinct small ones first, so that a confusion of extents shows;
   * then pictures, whose sizes must often divide by 32; then sequences, long only in the last axis.
   */
  private static List<Extents> choices(Graph graph) {
    List<Extents> choices = new ArrayList<>();
    choices.add(Extents.of(graph, (dim, axis, rank) -> 2 + axis * 3L % 7));
    for (long size : new long[] {16, 32, 64}) {
      choices.add(Extents.of(graph, (dim, axis, rank) -> axis == 0 ? 2 : size));
    }
    for (long length : new long[] {64, 512}) {
      choices.add(Extents.of(graph, (dim, axis, rank) -> axis == rank - 1 ? length : 2));
    }
    return choices;
  }

  /** How the outputs of {@code after} differ from those of {@code before}, or null. */
  static String difference(Graph before, Graph after, Example example) {
    Map<String, Value> outputs = ReferenceEvaluator.run(after, example.inputs());
    for (ValueInfo v : before.outputs()) {
      String d = difference(example.outputs().get(v.name()), outputs.get(v.name()));
      if (d != null) {
        return "output '" + v.name() + "': " + d;
      }
    }
    return null;
  }

  /**
   * How what a patch makes differs from what it replaces, or null.
   *
   * @param types of all values, with numbers for symbolic extents
   * @throws ModelException if this cannot be evaluated
   */
  static String difference(Match match, Patch patch, Inference types, OperatorSet operators) {
    patch.constants().forEach(types::addConstant);
    patch.nodes().forEach(n -> types.add(n, Map.of()));
    List<String> old = new ArrayList<>(patch.replacements().keySet());
    List<String> now = new ArrayList<>(patch.replacements().values());
    Set<String> kept = new LinkedHashSet<>(match.root().outputs());
    kept.removeIf(
        v -> v.isEmpty() || patch.nodes().stream().noneMatch(n -> n.outputs().contains(v)));
    old.addAll(kept);
    now.addAll(kept);
    List<Node> oldNodes = new ArrayList<>(match.matched());
    for (String v : now) {
      // A value that stands in for another one was computed elsewhere, from the same values.
      Node producer = match.producer(v);
      if (producer != null && oldNodes.stream().noneMatch(n -> n.outputs().contains(v))) {
        oldNodes.add(producer);
      }
    }
    Set<String> boundary = boundary(oldNodes, old);
    boundary.addAll(boundary(patch.nodes(), now));
    for (Node n : oldNodes) {
      // What a matched node computes is no input, even if the patch reads it.
      boundary.removeAll(n.outputs());
    }
    Map<String, Value> inputs = new LinkedHashMap<>();
    Random random = new Random(SEED);
    for (String v : boundary) {
      Tensor constant = types.constant(v);
      inputs.put(
          v, constant != null ? constant : random(v, types.type(v), types.extents(v), random));
    }
    Map<String, Value> expected = evaluate(oldNodes, inputs, operators);
    Map<String, Value> all = new LinkedHashMap<>(expected);
    all.putAll(inputs);
    all.putAll(patch.constants());
    kept.forEach(all::remove);
    Map<String, Value> actual = evaluate(patch.nodes(), all, operators);
    all.putAll(actual);
    for (int i = 0; i < old.size(); i++) {
      String d = difference(expected.get(old.get(i)), all.get(now.get(i)));
      if (d != null) {
        return "'" + old.get(i) + "': " + d;
      }
    }
    return null;
  }

  private static Set<String> boundary(List<Node> nodes, List<String> results) {
    Set<String> made = new LinkedHashSet<>();
    nodes.forEach(n -> made.addAll(n.outputs()));
    Set<String> needed = new LinkedHashSet<>(results);
    nodes.forEach(n -> needed.addAll(n.uses()));
    needed.removeAll(made);
    return needed;
  }

  /** All values that nodes compute. */
  private static Map<String, Value> evaluate(
      List<Node> nodes, Map<String, Value> inputs, OperatorSet operators) {
    Graph.Builder b = new Graph.Builder(operators).nodes(nodes);
    inputs.keySet().forEach(v -> b.input(v, ValueType.UNKNOWN));
    for (Node n : nodes) {
      n.outputs().stream().filter(v -> !v.isEmpty()).forEach(v -> b.output(v, ValueType.UNKNOWN));
    }
    return ReferenceEvaluator.run(b.build(), inputs);
  }

  /** A value for a type: standard normal floats, integers 0 and 1, which most operators take. */
  private static Value random(String name, ValueType type, List<Dim> extents, Random random) {
    if (extents != null
        && extents.stream().allMatch(Dim::isKnown)
        && type instanceof TensorType t) {
      long[] content = extents.stream().mapToLong(Dim::value).toArray();
      return Tensor.of(content, t.shape().rank() == 0 ? new int[0] : new int[] {content.length})
          .convert(t.dtype());
    }
    if (!(type instanceof TensorType t) || !t.shape().isStatic()) {
      throw new ModelException("value '" + name + "' of type " + type + " cannot be made up");
    }
    Tensor x = Tensor.zeros(t.dtype(), t.shape().toArray());
    for (int i = 0; i < x.size(); i++) {
      switch (t.dtype().kind()) {
        case FLOATING -> x.setDouble(i, random.nextGaussian());
        case COMPLEX -> x.setComplex(i, random.nextGaussian(), random.nextGaussian());
        case STRING -> x.setString(i, random.nextBoolean() ? "a" : "b");
        default -> x.setLong(i, random.nextInt(2));
      }
    }
    return x;
  }

  /** How a value differs from the expected one, or null if it agrees. */
  static String difference(Value expected, Value actual) {
    if (expected instanceof SequenceValue e && actual instanceof SequenceValue a) {
      for (int i = 0; i < Math.min(e.elements().size(), a.elements().size()); i++) {
        String d = difference(e.elements().get(i), a.elements().get(i));
        if (d != null) {
          return "element " + i + ": " + d;
        }
      }
      return e.elements().size() == a.elements().size() ? null : "sequences of different lengths";
    }
    if (!(expected instanceof Tensor e) || !(actual instanceof Tensor a)) {
      return Objects.equals(expected, actual) ? null : "expected " + expected + ", got " + actual;
    }
    if (e.dtype() != a.dtype() || !Arrays.equals(e.shape(), a.shape())) {
      return "expected " + e.describe() + ", got " + a.describe();
    }
    if (!e.dtype().isFloating()) {
      return e.equals(a) ? null : "expected " + e + ", got " + a;
    }
    return differenceOfFloats(e, a);
  }

  private static String differenceOfFloats(Tensor e, Tensor a) {
    double tolerance = tolerance(e.dtype());
    double squares = 0;
    for (int i = 0; i < e.size(); i++) {
      double v = e.getDouble(i);
      squares += Double.isFinite(v) ? v * v : 0;
    }
    double typical = Math.sqrt(squares / Math.max(1, e.size()));
    for (int i = 0; i < e.size(); i++) {
      double x = e.getDouble(i);
      double y = a.getDouble(i);
      boolean same = Double.compare(x, y) == 0 || x == y;
      if (!same && !(Math.abs(x - y) <= tolerance * Math.max(Math.abs(x), typical))) {
        return "element " + i + ": expected " + x + ", got " + y;
      }
    }
    return null;
  }

  private static double tolerance(DType dtype) {
    return dtype == DType.DOUBLE ? 1e-12 : dtype == DType.FLOAT ? 1e-4 : 2e-2;
  }
}
