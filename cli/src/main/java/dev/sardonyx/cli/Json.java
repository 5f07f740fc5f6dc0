package dev.sardonyx.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sardonyx.graph.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON trees from and to text. */
final class Json {
  private static final ObjectMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /** A record as a tree; {@code fooBar} becomes {@code foo_bar}. */
  static JsonNode of(Record value) {
    return MAPPER.valueToTree(value);
  }

  static JsonNode read(Path file) throws IOException {
    try {
      return MAPPER.readTree(Files.readAllBytes(file));
    } catch (JsonProcessingException e) {
      throw new ModelException(file + ": expected JSON: " + e.getOriginalMessage(), e);
    }
  }

  /** The tree as indented text without a line end. */
  static String write(JsonNode tree) {
    return tree.toPrettyString();
  }
}
