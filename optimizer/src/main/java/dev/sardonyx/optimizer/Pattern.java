package dev.sardonyx.optimizer;

import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.Operator;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a value of a graph shall be, seen from its use back: {@code node("Add", node("MatMul",
 * any("x"), constant("w")), constant("b")).commutative()} is a sum of a constant and a product.
 *
 * <p>A name that is used twice stands for the same value.
 */
public sealed interface Pattern {

  /** Any value. */
  static Pattern any(String name) {
    return new AnyValue(name);
  }

  /** Any value that is not asked for later. */
  static Pattern any() {
    return new AnyValue("");
  }

  /** A value whose content is known. */
  static Pattern constant(String name) {
    return constant(name, t -> true);
  }

  /** A value whose content is known and fulfils a condition. */
  static Pattern constant(String name, Predicate<Tensor> condition) {
    return new ConstantValue(name, condition);
  }

  /** A constant of one element that is {@code value}, as exactly as its type can say it. */
  static Pattern scalar(double value) {
    return constant("", t -> isScalar(t, value));
  }

  /** The output of an operator of ai.onnx; inputs as given, no fewer and no more. */
  static NodePattern node(String opType, Pattern... inputs) {
    return node(List.of(opType), inputs);
  }

  /** The output of one of several operators. */
  static NodePattern node(List<String> opTypes, Pattern... inputs) {
    return new NodePattern(
        opTypes, n -> true, List.of(inputs), inputs.length == 0, false, false, "");
  }

  /** The output of an operator given by its class, with a condition on its attributes. */
  static <O extends Operator> NodePattern node(
      Class<O> type, Predicate<? super O> condition, Pattern... inputs) {
    return node(List.of(), inputs)
        .where(n -> type.isInstance(n.operator()) && condition.test(type.cast(n.operator())));
  }

  /** Any node. */
  static NodePattern anyNode() {
    return node(List.of());
  }

  /** An input that may be omitted. */
  static Pattern maybe(Pattern input) {
    return new Maybe(input);
  }

  /** The first of several alternatives that fits. */
  static Pattern oneOf(Pattern... alternatives) {
    return new OneOf(List.of(alternatives));
  }

  /** Whether a tensor has one element and this is {@code value} up to the rounding of its type. */
  static boolean isScalar(Tensor t, double value) {
    if (t.size() != 1 || !t.dtype().isFloating() && !t.dtype().isInteger()) {
      return false;
    }
    return isNear(t.dtype(), t.getDouble(0), value);
  }

  /** Whether two numbers are the same up to the rounding of an element type. */
  static boolean isNear(DType dtype, double a, double b) {
    double digits = !dtype.isFloating() ? 0 : dtype.bits() >= 32 ? 1e-5 : 1e-2;
    return a == b || Math.abs(a - b) <= digits * Math.abs(b);
  }

  /** See {@link #any(String)}. */
  record AnyValue(String name) implements Pattern {}

  /** See {@link #constant(String, Predicate)}. */
  record ConstantValue(String name, Predicate<Tensor> condition) implements Pattern {}

  /** See {@link #maybe}. */
  record Maybe(Pattern input) implements Pattern {}

  /** See {@link #oneOf}. */
  record OneOf(List<Pattern> alternatives) implements Pattern {
    public OneOf {
      alternatives = List.copyOf(alternatives);
    }
  }

  /**
   * A node; see {@link #node(List, Pattern...)}.
   *
   * @param opTypes names of ai.onnx, or with a domain as in {@code com.microsoft::FusedConv}; empty
   *     for any
   * @param moreInputs whether inputs beyond the listed ones are allowed
   * @param anyOrder whether the two inputs may come in either order
   * @param mayBeShared whether nodes outside the match may use the value too
   */
  record NodePattern(
      List<String> opTypes,
      Predicate<Node> condition,
      List<Pattern> inputs,
      boolean moreInputs,
      boolean anyOrder,
      boolean mayBeShared,
      String name)
      implements Pattern {
    public NodePattern {
      opTypes = List.copyOf(opTypes);
      inputs = List.copyOf(inputs);
    }

    /** Whether nodes of an operator, with its domain, can fit. */
    public boolean mayBe(String opType) {
      return opTypes.isEmpty() || opTypes.contains(opType);
    }

    /** The name by which {@link Match#node} gives the node and {@link Match#value} its output. */
    public NodePattern as(String newName) {
      return new NodePattern(
          opTypes, condition, inputs, moreInputs, anyOrder, mayBeShared, newName);
    }

    /** The two inputs may come in either order. */
    public NodePattern commutative() {
      return new NodePattern(opTypes, condition, inputs, moreInputs, true, mayBeShared, name);
    }

    /** More inputs than the listed ones are allowed. */
    public NodePattern withMoreInputs() {
      return new NodePattern(opTypes, condition, inputs, true, anyOrder, mayBeShared, name);
    }

    /** Nodes outside the match may use the value too: the node then stays beside the patch. */
    public NodePattern shared() {
      return new NodePattern(opTypes, condition, inputs, moreInputs, anyOrder, true, name);
    }

    /** A further condition on the node itself. */
    public NodePattern where(Predicate<Node> more) {
      return new NodePattern(
          opTypes, condition.and(more), inputs, moreInputs, anyOrder, mayBeShared, name);
    }
  }
}
