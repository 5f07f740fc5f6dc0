package dev.sardonyx.conformance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** Counts what came of the cases, per folder and way. */
final class ConformanceReport {
  /** Figures of one folder run one way. */
  private static final class Group {
    int passed;
    int lackAnOperator;
    final Map<String, Integer> missingOperators = new TreeMap<>();
    final Map<String, String> failed = new TreeMap<>();
    final Map<String, String> leftOut = new TreeMap<>();

    Map<String, Object> toJson() {
      Map<String, Object> json = new LinkedHashMap<>();
      json.put("passed", passed);
      json.put("lack_an_operator", lackAnOperator);
      json.put("missing_operators", missingOperators);
      json.put("failed", failed);
      json.put("left_out", leftOut);
      return json;
    }
  }

  private final Map<String, Map<String, Group>> folders = new LinkedHashMap<>();

  private Group group(String folder, String way) {
    return folders
        .computeIfAbsent(folder, f -> new LinkedHashMap<>())
        .computeIfAbsent(way, w -> new Group());
  }

  void leftOut(String folder, String way, String name, String reason) {
    group(folder, way).leftOut.put(name, reason);
  }

  void add(String folder, String way, String name, OnnxCase.Result result) {
    Group g = group(folder, way);
    if (!result.missing().isEmpty()) {
      g.lackAnOperator++;
      result.missing().forEach(op -> g.missingOperators.merge(op, 1, Integer::sum));
    } else if (result.failure() != null) {
      g.failed.put(name, result.failure());
    } else {
      g.passed++;
    }
  }

  /** For people: a line per folder and way, then the missing operators with their cases. */
  String table() {
    StringBuilder s = new StringBuilder();
    String row = "%-18s %-12s %7s %7s %17s %9s%n";
    s.append(
        String.format(
            row, "ONNX's cases", "way", "passed", "failed", "lack an operator", "left out"));
    Map<String, Integer> missing = new TreeMap<>();
    folders.forEach(
        (folder, ways) ->
            ways.forEach(
                (way, g) -> {
                  s.append(
                      String.format(
                          row,
                          folder,
                          way,
                          g.passed,
                          g.failed.size(),
                          g.lackAnOperator,
                          g.leftOut.size()));
                  g.missingOperators.forEach((op, n) -> missing.merge(op, n, Math::max));
                }));
    return s.append("Missing operators, with the most cases of a folder: ")
        .append(missing)
        .append('\n')
        .toString();
  }

  void write(Path file) throws IOException {
    Map<String, Object> json = new LinkedHashMap<>();
    folders.forEach(
        (folder, ways) -> {
          Map<String, Object> byWay = new LinkedHashMap<>();
          ways.forEach((way, group) -> byWay.put(way, group.toJson()));
          json.put(folder, byWay);
        });
    Files.createDirectories(file.toAbsolutePath().getParent());
    new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), json);
  }
}
