package dev.sardonyx.graph;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a model file says of itself besides its graph (ONNX {@code ModelProto}).
 *
 * @param opsets version per domain; "" is ai.onnx
 * @param metadata the file's metadata_props
 */
public record ModelInfo(
    long irVersion,
    Map<String, Integer> opsets,
    String producerName,
    String producerVersion,
    String domain,
    long modelVersion,
    String docString,
    Map<String, String> metadata) {
  /** Nothing said: what subgraphs and graphs made by hand have. */
  public static final ModelInfo NONE = new ModelInfo(0, Map.of(), "", "", "", 0, "", Map.of());

  public ModelInfo {
    opsets = Collections.unmodifiableMap(new LinkedHashMap<>(opsets));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  public ModelInfo withOpset(String opsetDomain, int version) {
    Map<String, Integer> m = new LinkedHashMap<>(opsets);
    m.put(opsetDomain, version);
    return new ModelInfo(
        irVersion, m, producerName, producerVersion, domain, modelVersion, docString, metadata);
  }
}
