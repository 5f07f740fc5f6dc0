package dev.sardonyx.conformance;

import dev.sardonyx.cli.verify.Judge;
import dev.sardonyx.cli.verify.TestCase;
import dev.sardonyx.cli.verify.TestCase.DataSet;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.UnknownOperator;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.tensor.Value;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What came of one of ONNX's cases.
 *
 * @param missing operators that do not exist here, by name; the case was not run if there are any
 * @param failure why it failed, or null
 */
record CaseRun(Set<String> missing, String failure) {
  /** A way to compute a model's outputs, in their order. */
  @FunctionalInterface
  interface Way {
    List<Value> run(Graph graph, Map<String, Value> inputs);
  }

  boolean passed() {
    return missing.isEmpty() && failure == null;
  }

  static CaseRun of(TestCase testCase, Way way) {
    Set<String> missing = new TreeSet<>();
    try {
      Graph graph = OnnxReader.read(testCase.model());
      findMissing(graph, missing);
      if (!missing.isEmpty()) {
        return new CaseRun(missing, null);
      }
      Judge judge = new Judge(testCase.rtol(), testCase.atol());
      for (DataSet data : testCase.dataSets()) {
        List<Value> actual = way.run(graph, data.inputs(graph));
        String failure = judge.compareAll(data.outputs(graph), actual);
        if (failure != null) {
          return new CaseRun(missing, failure);
        }
      }
      return new CaseRun(missing, null);
    } catch (ModelException e) {
      return new CaseRun(missing, e.getMessage());
    }
  }

  private static void findMissing(Graph graph, Set<String> missing) {
    for (Node node : graph.nodes()) {
      if (node.operator() instanceof UnknownOperator u) {
        missing.add(u.qualifiedName());
      }
      node.subgraphs().forEach(g -> findMissing(g, missing));
    }
  }
}
