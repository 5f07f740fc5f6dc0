package dev.sardonyx.cli;

import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.ValueInfo;
import java.util.List;
import java.util.stream.Collectors;

/** Looking values up by the name that a user typed. */
final class Names {
  private Names() {}

  /** The input of that name. */
  static ValueInfo find(List<ValueInfo> inputs, String name) {
    return inputs.stream()
        .filter(v -> v.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new ModelException(
                    "the model has no input '%s'; its inputs are %s"
                        .formatted(name, list(inputs))));
  }

  /** All names, for messages. */
  static String list(List<ValueInfo> values) {
    return values.stream().map(v -> "'" + v.name() + "'").collect(Collectors.joining(", "));
  }
}
