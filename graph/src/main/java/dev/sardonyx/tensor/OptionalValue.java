package dev.sardonyx.tensor;

import java.util.Objects;

/**
 * A value that may be absent (ONNX {@code optional(T)}).
 *
 * @param value the value held, or null for none
 */
public record OptionalValue(Value value) implements Value {
  /** The optional that holds nothing. */
  public static final OptionalValue EMPTY = new OptionalValue(null);

  public static OptionalValue of(Value value) {
    return new OptionalValue(Objects.requireNonNull(value));
  }

  public boolean isPresent() {
    return value != null;
  }
}
