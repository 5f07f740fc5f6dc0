package dev.sardonyx.conformance;

import dev.sardonyx.cli.verify.Judge;
import dev.sardonyx.cli.verify.TestCase;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.Node;
import dev.sardonyx.graph.UnknownOperator;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.ValueType.TensorType;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.graph.io.ValueFile;
import dev.sardonyx.tensor.DType;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * One of ONNX's cases: a model, and what it must compute.
 *
 * @param judge compares with the tolerance of this case
 * @param data inputs and outputs for the model's graph
 */
record OnnxCase(String name, Path model, Judge judge, Function<Graph, List<Data>> data) {
  record Data(Map<String, Value> inputs, List<Value> outputs) {}

  /** A way to compute a model's outputs, in their order. */
  @FunctionalInterface
  interface Way {
    List<Value> run(Graph graph, Map<String, Value> inputs);
  }

  /**
   * What came of a case.
   *
   * @param missing operators that do not exist here, by name; the case was not run if there are any
   * @param failure why it failed, or null
   */
  record Result(Set<String> missing, String failure) {}

  static OnnxCase of(TestCase c) {
    return new OnnxCase(
        c.name(),
        c.model(),
        new Judge(c.rtol(), c.atol()),
        graph ->
            c.dataSets().stream().map(d -> new Data(d.inputs(graph), d.outputs(graph))).toList());
  }

  /** A network of which only the output is stored; its one input is arange(n) / n. */
  static OnnxCase light(Path model) {
    String name = model.getFileName().toString().replace(".onnx", "");
    // The tolerance that ONNX's runner has for this one.
    double rtol = name.equals("light_densenet121") ? 2e-3 : 1e-3;
    Path output = model.resolveSibling(name + "_output_0.pb");
    return new OnnxCase(
        name,
        model,
        new Judge(rtol, 1e-7),
        graph -> {
          ValueInfo input = onlyInput(graph);
          Tensor ramp = Tensor.zeros(DType.FLOAT, ((TensorType) input.type()).shape().toArray());
          for (int i = 0; i < ramp.size(); i++) {
            ramp.setDouble(i, (float) i / ramp.size());
          }
          Value expected = ValueFile.read(output, graph.outputs().get(0).type());
          return List.of(new Data(Map.of(input.name(), ramp), List.of(expected)));
        });
  }

  private static ValueInfo onlyInput(Graph graph) {
    return graph.inputs().stream()
        .filter(v -> !graph.initializers().containsKey(v.name()))
        .findFirst()
        .orElseThrow();
  }

  Result run(Way way) {
    Set<String> missing = new TreeSet<>();
    try {
      Graph graph = OnnxReader.read(model);
      findMissing(graph, missing);
      if (!missing.isEmpty()) {
        return new Result(missing, null);
      }
      for (Data d : data.apply(graph)) {
        String failure = judge.compareAll(d.outputs(), way.run(graph, d.inputs()));
        if (failure != null) {
          return new Result(missing, failure);
        }
      }
      return new Result(missing, null);
    } catch (ModelException e) {
      return new Result(missing, e.getMessage());
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
