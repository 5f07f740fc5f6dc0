package dev.sardonyx.op.linear;

import dev.sardonyx.graph.Attributes;
import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.EvaluationContext;
import dev.sardonyx.graph.InferenceContext;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.graph.OperatorDefinition;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Einstein summation (ai.onnx Einsum, version 12): {@code "ij,jk->ik"} is the matrix product.
 *
 * <p>Every input's dimensions are labelled by a letter; the output has, for every combination of
 * its labels, the sum over all other labels of the products of the inputs. A label twice in one
 * input is its diagonal; {@code ...} stands for leading dimensions that broadcast. Without an arrow
 * the output has the labels that occur once, in alphabetical order, after those of {@code ...}.
 *
 * <p>Inputs are contracted from left to right, labels summed as soon as no later input needs them.
 */
public record Einsum(String equation) implements Operator {
  public static final OperatorDefinition DEFINITION =
      OperatorDefinition.of("Einsum", Einsum::parse).since(12);

  private static Einsum parse(Attributes a) {
    String equation = a.getString("equation", null);
    if (equation == null) {
      throw Attributes.missing("equation");
    }
    return new Einsum(equation.replace(" ", ""));
  }

  /**
   * The labels of every input and of the output; those of {@code ...} are digits from the right.
   */
  public record Terms(List<String> inputs, String output) {}

  /**
   * The equation for inputs of some ranks.
   *
   * @throws ModelException if it is for other numbers of inputs or dimensions
   */
  public Terms terms(int... ranks) {
    int arrow = equation.indexOf("->");
    String left = arrow < 0 ? equation : equation.substring(0, arrow);
    String[] parts = left.split(",", -1);
    if (parts.length != ranks.length) {
      throw new ModelException(
          "attribute equation: expected " + ranks.length + " inputs, got " + equation);
    }
    List<String> inputs = new ArrayList<>();
    int widest = 0;
    for (int i = 0; i < ranks.length; i++) {
      int ellipsis = parts[i].contains("...") ? ranks[i] - (parts[i].length() - 3) : 0;
      String expanded = ellipsis < 0 ? parts[i] : expand(parts[i], ellipsis);
      if (expanded.length() != ranks[i]) {
        throw new ModelException(
            "attribute equation: expected labels for rank "
                + ranks[i]
                + " of input "
                + i
                + ", got '"
                + parts[i]
                + "' in "
                + equation);
      }
      widest = Math.max(widest, ellipsis);
      inputs.add(expanded);
    }
    String right = arrow < 0 ? "..." + lettersThatOccurOnce(left) : equation.substring(arrow + 2);
    return new Terms(inputs, expand(right, widest));
  }

  /** The ellipsis as digits, counted so that the last dimension is 0 in every term. */
  private static String expand(String term, int ellipsis) {
    if (ellipsis > 10) {
      throw new ModelException("expected at most 10 dimensions in an ellipsis, got " + ellipsis);
    }
    return term.replace("...", "9876543210".substring(10 - ellipsis));
  }

  private static String lettersThatOccurOnce(String left) {
    Map<Character, Integer> counts = new TreeMap<>();
    left.chars().filter(Character::isLetter).forEach(c -> counts.merge((char) c, 1, Integer::sum));
    StringBuilder once = new StringBuilder();
    counts.forEach((label, count) -> once.append(count == 1 ? label.toString() : ""));
    return once.toString();
  }

  @Override
  public List<ValueType> infer(InferenceContext c) {
    int[] ranks = new int[c.inputCount()];
    for (int i = 0; i < ranks.length; i++) {
      if (!c.shape(i).hasRank()) {
        return List.of(ValueType.tensor(c.dtype(0), Shape.UNKNOWN));
      }
      ranks[i] = c.shape(i).rank();
    }
    Terms terms = terms(ranks);
    Map<Character, Dim> extents = new LinkedHashMap<>();
    for (int i = 0; i < ranks.length; i++) {
      for (int d = 0; d < ranks[i]; d++) {
        Dim dim = c.shape(i).dim(d);
        extents.merge(
            terms.inputs.get(i).charAt(d),
            dim,
            (a, b) -> a.is(1) || b.isKnown() && !b.is(1) ? b : a);
      }
    }
    return List.of(
        ValueType.tensor(
            c.dtype(0),
            new Shape(terms.output.chars().mapToObj(label -> extents.get((char) label)).toList())));
  }

  @Override
  public List<Value> evaluate(EvaluationContext c) {
    int[][] shapes = new int[c.inputCount()][];
    for (int i = 0; i < shapes.length; i++) {
      shapes[i] = c.tensor(i).shape();
    }
    Terms terms = terms(Arrays.stream(shapes).mapToInt(s -> s.length).toArray());
    DType type = c.tensor(0).dtype();
    Tensor result = null;
    for (Contraction step : contractions(terms, shapes)) {
      Tensor left = result == null ? c.tensor(0) : result;
      Tensor right = step.right < 0 ? null : c.tensor(step.right);
      result = type.isInteger() ? step.ofIntegers(left, right) : step.ofFloats(left, right);
    }
    return List.of(result.convert(type));
  }

  /** One step per further input, or a single one without a right side. */
  private static List<Contraction> contractions(Terms terms, int[]... shapes) {
    Map<Character, Integer> extents = new LinkedHashMap<>();
    for (int i = 0; i < shapes.length; i++) {
      for (int d = 0; d < shapes[i].length; d++) {
        extents.merge(terms.inputs.get(i).charAt(d), shapes[i][d], Einsum::common);
      }
    }
    List<Contraction> steps = new ArrayList<>();
    String left = terms.inputs.get(0);
    int[] leftShape = shapes[0];
    for (int i = 1; i < Math.max(shapes.length, 2); i++) {
      boolean last = i >= shapes.length - 1;
      String right = i < shapes.length ? terms.inputs.get(i) : "";
      String kept = last ? terms.output : kept(left + right, terms, i + 1);
      Contraction step =
          new Contraction(
              i < shapes.length ? i : -1,
              new Labelled(left, leftShape),
              new Labelled(right, i < shapes.length ? shapes[i] : new int[0]),
              kept,
              extents);
      steps.add(step);
      left = kept;
      leftShape = step.shape();
    }
    return steps;
  }

  private static int common(int a, int b) {
    if (a != b && a != 1 && b != 1) {
      throw new ModelException(
          "expected equal extents (or 1) for a label of the equation, got " + a + " and " + b);
    }
    return Math.max(a, b) == 1 ? 1 : a == 1 ? b : a;
  }

  private static String kept(String labels, Terms terms, int nextInput) {
    StringBuilder kept = new StringBuilder();
    String later = String.join("", terms.inputs.subList(nextInput, terms.inputs.size()));
    labels
        .chars()
        .distinct()
        .filter(label -> (terms.output + later).indexOf(label) >= 0)
        .forEach(label -> kept.append((char) label));
    return kept.toString();
  }

  private record Labelled(String labels, int[] shape) {
    /** The distance of neighbours along a label; 0 where it is absent or repeated. */
    int stride(char label) {
      int[] strides = Tensor.strides(shape);
      int sum = 0;
      for (int d = 0; d < shape.length; d++) {
        sum += labels.charAt(d) == label && shape[d] != 1 ? strides[d] : 0;
      }
      return sum;
    }
  }

  /** The sum of products of two operands that leaves the labels {@code kept}. */
  private static final class Contraction {
    private final int right;
    private final String kept;
    private final int[] extents;
    private final int[] leftStrides;
    private final int[] rightStrides;
    private final int[] outStrides;

    Contraction(int right, Labelled a, Labelled b, String kept, Map<Character, Integer> extents) {
      this.right = right;
      this.kept = kept;
      List<Character> labels = new ArrayList<>();
      (kept + a.labels + b.labels).chars().distinct().forEach(label -> labels.add((char) label));
      if (!extents.keySet().containsAll(labels)) {
        throw new ModelException(
            "attribute equation: expected output labels that an input has, got " + kept);
      }
      this.extents = labels.stream().mapToInt(extents::get).toArray();
      leftStrides = labels.stream().mapToInt(a::stride).toArray();
      rightStrides = labels.stream().mapToInt(b::stride).toArray();
      Labelled out = new Labelled(kept, shape());
      outStrides = labels.stream().mapToInt(out::stride).toArray();
    }

    int[] shape() {
      return Arrays.copyOf(extents, kept.length());
    }

    long products() {
      return Arrays.stream(extents).asLongStream().reduce(1, (a, b) -> a * b);
    }

    Tensor ofFloats(Tensor a, Tensor b) {
      double[] x = a.toDoubles();
      double[] y = b == null ? new double[] {1} : b.toDoubles();
      double[] sums = new double[Tensor.sizeOf(shape())];
      run((o, i, j) -> sums[o] += x[i] * y[j]);
      return Tensor.of(sums, shape());
    }

    Tensor ofIntegers(Tensor a, Tensor b) {
      long[] x = a.toLongs();
      long[] y = b == null ? new long[] {1} : b.toLongs();
      long[] sums = new long[Tensor.sizeOf(shape())];
      run((o, i, j) -> sums[o] += x[i] * y[j]);
      return Tensor.of(sums, shape());
    }

    private interface Product {
      void add(int out, int left, int right);
    }

    private void run(Product product) {
      int[] index = new int[extents.length];
      int out = 0;
      int left = 0;
      int at = 0;
      for (long n = products(); n > 0; n--) {
        product.add(out, left, at);
        for (int d = extents.length - 1; d >= 0; d--) {
          out += outStrides[d];
          left += leftStrides[d];
          at += rightStrides[d];
          if (++index[d] < extents[d]) {
            break;
          }
          out -= outStrides[d] * extents[d];
          left -= leftStrides[d] * extents[d];
          at -= rightStrides[d] * extents[d];
          index[d] = 0;
        }
      }
    }
  }

  @Override
  public long macs(List<int[]> inputs, List<int[]> outputs) {
    int[][] shapes = inputs.toArray(int[][]::new);
    Terms terms = terms(Arrays.stream(shapes).mapToInt(s -> s.length).toArray());
    if (shapes.length == 1) {
      return 0;
    }
    return contractions(terms, shapes).stream().mapToLong(Contraction::products).sum();
  }
}
