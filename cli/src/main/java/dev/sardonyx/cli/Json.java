package dev.sardonyx.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sardonyx.graph.ModelException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** JSON trees from and to text. */
final class Json {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private Json() {}

  static ObjectNode object() {
    return MAPPER.createObjectNode();
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
