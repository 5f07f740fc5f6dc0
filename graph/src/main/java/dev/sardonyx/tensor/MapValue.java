package dev.sardonyx.tensor;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A map from integers or strings to values (ONNX {@code map(K, V)}).
 *
 * @param entries keys are {@link Long} or {@link String}; the order is kept
 */
public record MapValue(DType keyType, Map<Object, Value> entries) implements Value {
  public MapValue {
    if (!keyType.isInteger() && keyType != DType.STRING) {
      throw new IllegalArgumentException(
          "expected map keys of an integer type or string, got " + keyType);
    }
    entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
  }
}
