package dev.sardonyx.cli;

import dev.sardonyx.graph.Dim;
import dev.sardonyx.graph.Shape;
import dev.sardonyx.graph.ValueType;
import dev.sardonyx.graph.ValueType.TensorType;
import java.util.List;
import java.util.stream.Collectors;

/** Types of values as people read them: {@code float[batch, 3, ?, ?]}. */
final class TypeText {
  /** What a person still takes in; inferred extents can be long formulas. */
  private static final int LONGEST_EXTENT = 30;

  private TypeText() {}

  static String of(ValueType type) {
    return type instanceof TensorType t ? t.dtype() + of(t.shape().dims()) : type.toString();
  }

  private static String of(List<Dim> dims) {
    return dims == null
        ? Shape.UNKNOWN.toString()
        : dims.stream().map(TypeText::of).collect(Collectors.joining(", ", "[", "]"));
  }

  private static String of(Dim dim) {
    String text = dim.toString();
    return isAnonymous(dim) || text.length() > LONGEST_EXTENT ? Figures.UNKNOWN : text;
  }

  /** Whether an extent has neither a number nor a name: the reader begins its mark with "?". */
  static boolean isAnonymous(Dim dim) {
    return !dim.isKnown() && dim.toString().contains("?");
  }
}
