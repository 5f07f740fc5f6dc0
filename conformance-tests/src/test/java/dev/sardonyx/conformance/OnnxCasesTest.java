package dev.sardonyx.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * ONNX's own backend cases, three ways: by reference evaluation, in a session that runs the model
 * as it is, and in a session that optimizes it. A case with an operator that does not exist here is
 * skipped and counted by the operator's name; all others must pass. {@code -Dcases=REGEX} runs only
 * the cases whose name matches.
 */
class OnnxCasesTest {
  private static final Map<String, OnnxCase.Way> WAYS = new LinkedHashMap<>();

  static {
    WAYS.put("reference", CheckedReference::run);
    WAYS.put("unoptimized", (graph, inputs) -> runSession(graph, inputs, false));
    WAYS.put("optimized", (graph, inputs) -> runSession(graph, inputs, true));
  }

  private static final ConformanceReport REPORT = new ConformanceReport();

  private static List<Value> runSession(Graph graph, Map<String, Value> inputs, boolean optimize) {
    SessionOptions options = SessionOptions.DEFAULTS.threads(1).optimize(optimize);
    try (Session session = Session.open(graph, options)) {
      return List.copyOf(session.run(inputs).values());
    }
  }

  @TestFactory
  Stream<DynamicNode> everyCaseOfAKnownOperatorPasses() throws IOException {
    Path root = OnnxCases.root();
    if (root == null) {
      abort("ONNX's cases are not here: expected ../shared/conformance or libonnx-testdata");
    }
    String filter = System.getProperty("cases", ".*");
    List<DynamicNode> groups = new ArrayList<>();
    for (String folder : OnnxCases.FOLDERS) {
      List<OnnxCase> cases =
          OnnxCases.in(root, folder).stream().filter(c -> c.name().matches(filter)).toList();
      for (String way : WAYS.keySet()) {
        groups.add(
            DynamicContainer.dynamicContainer(
                folder + ", " + way,
                cases.stream().map(c -> dynamicTest(c.name(), () -> judge(root, folder, c, way)))));
      }
    }
    return groups.stream();
  }

  private static void judge(Path root, String folder, OnnxCase c, String way) {
    String reason = OnnxCases.leftOut(root, c.name());
    if (reason != null && !c.name().equals(System.getProperty("cases"))) {
      REPORT.leftOut(folder, way, c.name(), reason);
      abort(reason);
    }
    OnnxCase.Result result = c.run(WAYS.get(way));
    REPORT.add(folder, way, c.name(), result);
    if (!result.missing().isEmpty()) {
      abort("missing operators: " + result.missing());
    }
    assertThat(result.failure()).isNull();
  }

  @AfterAll
  static void report() throws IOException {
    System.out.print(REPORT.table());
    REPORT.write(Path.of("target/conformance.json"));
  }
}
