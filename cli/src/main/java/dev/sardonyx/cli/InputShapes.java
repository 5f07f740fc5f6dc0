package dev.sardonyx.cli;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What a model's inputs measure: the shapes it declares, with numbers in place of symbols. A symbol
 * has one number in all inputs, wherever that was learned from.
 */
final class InputShapes {
  private final List<ValueInfo> inputs;
  private final Map<String, Integer> numbers = new LinkedHashMap<>();
  private final Map<String, int[]> given = new LinkedHashMap<>();

  InputShapes(List<ValueInfo> inputs) {
    this.inputs = inputs;
  }

  /** Sets a symbol, as {@code --dim} does. */
  void setDim(String symbol, int value) {
    Set<String> symbols = symbols();
    if (!symbols.contains(symbol)) {
      throw new ModelException(
          "dimension '%s': the model's inputs have no such name; %s"
              .formatted(
                  symbol,
                  symbols.isEmpty()
                      ? "their shapes are fixed"
                      : "they have " + String.join(", ", symbols)));
    }
    bind(symbol, value);
  }

  /** Sets the shape of an input, as {@code --shape} or a tensor given for it does. */
  void setShape(String input, int... shape) {
    ValueInfo info = Names.find(inputs, input);
    Shape declared = info.type() instanceof TensorType t ? t.shape() : Shape.UNKNOWN;
    if (declared.hasRank()) {
      if (declared.rank() != shape.length) {
        throw unfit(info, shape);
      }
      for (int i = 0; i < shape.length; i++) {
        Dim dim = declared.dim(i);
        if (dim.isKnown() && !dim.is(shape[i])) {
          throw unfit(info, shape);
        }
        if (dim.isSymbol()) {
          bind(dim.toString(), shape[i]);
        }
      }
    }
    given.put(input, shape);
  }

  private static ModelException unfit(ValueInfo info, int[] shape) {
    return new ModelException(
        "input '%s': expected %s, got shape %s"
            .formatted(info.name(), TypeText.of(info.type()), Arrays.toString(shape)));
  }

  private void bind(String symbol, int value) {
    Integer before = numbers.putIfAbsent(symbol, value);
    if (before != null && before != value) {
      throw new ModelException(
          "dimension '%s': expected one extent in all inputs, got %d and %d"
              .formatted(symbol, before, value));
    }
  }

  private Set<String> symbols() {
    Set<String> symbols = new LinkedHashSet<>();
    for (ValueInfo input : inputs) {
      if (input.type() instanceof TensorType t && t.shape().hasRank()) {
        t.shape().dims().stream()
            .filter(d -> d.isSymbol() && !TypeText.isAnonymous(d))
            .forEach(d -> symbols.add(d.toString()));
      }
    }
    return symbols;
  }

  /** An input's type with the numbers known so far. */
  ValueType type(ValueInfo input) {
    if (!(input.type() instanceof TensorType t)) {
      return input.type();
    }
    int[] shape = given.get(input.name());
    if (shape != null) {
      return ValueType.tensor(t.dtype(), shape);
    }
    if (!t.shape().hasRank()) {
      return t;
    }
    List<Dim> dims = new ArrayList<>();
    for (Dim d : t.shape().dims()) {
      Integer number = d.isKnown() ? null : numbers.get(d.toString());
      dims.add(number == null ? d : Dim.of(number));
    }
    return ValueType.tensor(t.dtype(), new Shape(dims));
  }

  /**
   * The type of every input, as far as it is known.
   *
   * @return by name, in the model's order
   */
  Map<String, ValueType> types() {
    Map<String, ValueType> types = new LinkedHashMap<>();
    inputs.forEach(v -> types.put(v.name(), type(v)));
    return types;
  }

  /** Makes every first dimension that is still open 1: nearly always, that is the batch. */
  void defaultBatch() {
    for (ValueInfo input : inputs) {
      if (type(input) instanceof TensorType t
          && t.shape().hasRank()
          && t.shape().rank() > 0
          && t.shape().dim(0).isSymbol()) {
        bind(t.shape().dim(0).toString(), 1);
      }
    }
  }

  /**
   * The extents of an input.
   *
   * @throws ModelException if some are open; says what to add to the command
   */
  int[] extents(ValueInfo input) {
    if (!(type(input) instanceof TensorType t)) {
      throw new ModelException(
          "input '%s': random values are made for tensors only, and this is a %s: give it with --input"
              .formatted(input.name(), TypeText.of(input.type())));
    }
    if (t.shape().isStatic()) {
      return t.shape().toArray();
    }
    throw new ModelException(
        "input '%s': expected a number for every dimension of %s; add %s"
            .formatted(input.name(), TypeText.of(input.type()), advice(input, t.shape())));
  }

  private static String advice(ValueInfo input, Shape shape) {
    if (!shape.hasRank()) {
      return "--shape " + input.name() + "=N,N,...";
    }
    boolean named = shape.dims().stream().noneMatch(d -> TypeText.isAnonymous(d));
    if (named) {
      return shape.dims().stream()
          .filter(d -> !d.isKnown())
          .map(d -> "--dim " + d + "=N")
          .distinct()
          .collect(Collectors.joining(" "));
    }
    return shape.dims().stream()
        .map(d -> d.isKnown() ? d.toString() : "N")
        .collect(Collectors.joining(",", "--shape " + input.name() + "=", ""));
  }
}
