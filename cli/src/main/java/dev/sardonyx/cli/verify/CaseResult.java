package dev.sardonyx.cli.verify;

import dev.sardonyx.Session;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.cli.verify.TestCase.DataSet;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.UnknownOperator;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.tensor.Value;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a test case ended.
 *
 * @param reason why it failed or was skipped, as a sentence; null if it passed
 * @param missing operators it needs that do not exist here
 */
public record CaseResult(
    TestCase testCase, Outcome outcome, String reason, Set<String> missing, long nanos) {
  /** What became of a case. */
  public enum Outcome {
    PASSED,
    FAILED,
    SKIPPED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public CaseResult {
    missing = Set.copyOf(missing);
  }

  /** Runs all data sets of a case; whatever goes wrong is its result, and no exception. */
  public static CaseResult of(TestCase testCase, SessionOptions options) {
    long start = System.nanoTime();
    Set<String> missing = new TreeSet<>();
    String reason;
    Outcome outcome;
    try {
      Graph graph = OnnxReader.read(testCase.model());
      collectMissing(graph, missing);
      reason =
          missing.isEmpty()
              ? difference(testCase, graph, options)
              : "there is no operator " + String.join(", ", missing);
      outcome =
          reason == null ? Outcome.PASSED : missing.isEmpty() ? Outcome.FAILED : Outcome.SKIPPED;
    } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
      reason = e.getMessage() == null ? e.toString() : e.getMessage();
      outcome = Outcome.FAILED;
    }
    return new CaseResult(testCase, outcome, reason, missing, System.nanoTime() - start);
  }

  private static String difference(TestCase testCase, Graph graph, SessionOptions options) {
    Judge judge = new Judge(testCase.rtol(), testCase.atol());
    try (Session session = Session.open(graph, options)) {
      for (DataSet set : testCase.dataSets()) {
        List<Value> actual = List.copyOf(session.run(set.inputs(graph)).values());
        String reason = judge.compareAll(set.outputs(graph), actual);
        if (reason != null) {
          return set.folder().getFileName() + ": " + reason;
        }
      }
    }
    return null;
  }

  private static void collectMissing(Graph graph, Set<String> missing) {
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof UnknownOperator) {
        missing.add(node.qualifiedOpType());
      }
      node.subgraphs().forEach(g -> collectMissing(g, missing));
    }
  }
}
