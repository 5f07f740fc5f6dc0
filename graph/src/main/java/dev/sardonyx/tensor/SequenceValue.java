package dev.sardonyx.tensor;

import java.util.List;

/** An ordered list of values of one type (ONNX {@code sequence(T)}). */
public record SequenceValue(List<Value> elements) implements Value {
  public SequenceValue {
    elements = List.copyOf(elements);
  }

  public static SequenceValue of(Value... elements) {
    return new SequenceValue(List.of(elements));
  }

  public int size() {
    return elements.size();
  }

  public Value get(int i) {
    return elements.get(i);
  }
}
