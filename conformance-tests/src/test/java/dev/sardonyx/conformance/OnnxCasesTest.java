package dev.sardonyx.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.sardonyx.cli.verify.TestCase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.TestFactory;

/**
 * ONNX's own backend cases, every way that a model can be run here. A case with an operator that
 * does not exist here is skipped and counted by the operator's name; all others must pass. {@code
 * -Dcases=REGEX} runs only the cases whose name matches.
 */
class OnnxCasesTest {
  private static final Map<String, CaseRun.Way> WAYS = Map.of("reference", CheckedReference::run);

  private static final String FILTER = System.getProperty("cases", "");

  private static final Map<String, Integer> PASSED = new TreeMap<>();
  private static final Map<String, Integer> FAILED = new TreeMap<>();
  private static final Map<String, Integer> MISSING = new TreeMap<>();

  @TestFactory
  Stream<DynamicNode> everyCaseOfAKnownOperatorPasses() throws IOException {
    Path root = OnnxCases.root();
    if (root == null) {
      abort("ONNX's cases are not here: expected ../shared/conformance or libonnx-testdata");
    }
    List<DynamicNode> nodes = new ArrayList<>();
    for (String folder : OnnxCases.FOLDERS) {
      List<TestCase> cases = OnnxCases.in(root, folder);
      WAYS.forEach(
          (name, way) ->
              nodes.add(
                  DynamicContainer.dynamicContainer(
                      folder + ", " + name,
                      cases.stream()
                          .filter(c -> FILTER.isEmpty() || c.name().matches(FILTER))
                          .map(
                              c ->
                                  dynamicTest(
                                      c.name(), () -> run(c, folder + ", " + name, way))))));
    }
    return nodes.stream();
  }

  private static void run(TestCase testCase, String group, CaseRun.Way way) {
    String reason = OnnxCases.LEFT_OUT.get(testCase.name());
    if (reason != null) {
      abort(reason);
    }
    CaseRun run = CaseRun.of(testCase, way);
    if (!run.missing().isEmpty()) {
      run.missing().forEach(op -> MISSING.merge(op, 1, Integer::sum));
      abort("missing operators: " + run.missing());
    }
    (run.passed() ? PASSED : FAILED).merge(group, 1, Integer::sum);
    assertThat(run.failure()).isNull();
  }

  @AfterAll
  static void summarize() throws IOException {
    StringBuilder s = new StringBuilder("ONNX's cases: passed " + PASSED + ", failed " + FAILED);
    s.append(", cases that lack an operator, by operator: ").append(MISSING).append('\n');
    System.out.print(s);
    Path target = Files.createDirectories(Path.of("target"));
    Files.writeString(target.resolve("conformance.txt"), s);
  }
}
