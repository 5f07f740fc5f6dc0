package dev.sardonyx.optimizer;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A number for every symbolic extent of a model's inputs.
 *
 * @param numbers by symbol
 * @param inputTypes of the inputs with these numbers
 */
record Extents(Map<Dim, Long> numbers, Map<String, ValueType> inputTypes) {

  /** Symbols that come first in a shape (batches) are 1, all others {@code extent}. */
  static Extents of(Graph graph, long extent) {
    return of(graph, (dim, axis, rank) -> axis == 0 ? 1 : extent);
  }

  /** Says the number for a symbolic extent that is first met at an axis of a shape. */
  interface Choice {
    long extent(Dim dim, int axis, int rank);
  }

  static Extents of(Graph graph, Choice choice) {
    Map<Dim, Long> numbers = new LinkedHashMap<>();
    Map<String, ValueType> types = new LinkedHashMap<>();
    for (ValueInfo input : graph.inputs()) {
      types.put(input.name(), bind(input.type(), numbers, choice));
    }
    return new Extents(numbers, types);
  }

  private static ValueType bind(ValueType type, Map<Dim, Long> numbers, Choice choice) {
    if (!(type instanceof TensorType t) || !t.shape().hasRank()) {
      return type;
    }
    List<Dim> dims = new ArrayList<>();
    for (int i = 0; i < t.shape().rank(); i++) {
      Dim d = t.shape().dim(i);
      int axis = i;
      dims.add(
          d.isKnown()
              ? d
              : Dim.of(numbers.computeIfAbsent(d, k -> choice.extent(k, axis, t.shape().rank()))));
    }
    return ValueType.tensor(t.dtype(), new Shape(dims));
  }

  String describe() {
    return numbers.entrySet().stream()
        .map(e -> e.getKey() + "=" + e.getValue())
        .collect(Collectors.joining(", "));
  }
}
