package dev.sardonyx.cli.verify;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.graph.ValueInfo;
import dev.sardonyx.graph.io.ValueFile;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A model and what it must compute, as a folder in the form of ONNX's backend tests: {@code
 * model.onnx}, and folders {@code test_data_set_N} with {@code input_I.pb} and {@code output_I.pb}
 * for the graph's inputs and outputs by position.
 *
 * @param rtol the relative tolerance: 1e-3 unless a file {@code data.json} says otherwise
 * @param atol the absolute tolerance: 1e-7 likewise
 */
public record TestCase(Path folder, double rtol, double atol) {
  /** Inputs and the outputs they must give. */
  public record DataSet(Path folder) {
    /** The values to feed, by the name of the graph's input. */
    public Map<String, Value> inputs(Graph graph) {
      Map<String, Value> inputs = new LinkedHashMap<>();
      List<Value> values = read("input_", graph.inputs());
      for (int i = 0; i < values.size(); i++) {
        inputs.put(graph.inputs().get(i).name(), values.get(i));
      }
      return inputs;
    }

    /** The values to expect, in the order of the graph's outputs. */
    public List<Value> outputs(Graph graph) {
      return read("output_", graph.outputs());
    }

    private List<Value> read(String prefix, List<ValueInfo> declared) {
      List<Value> values = new ArrayList<>();
      while (true) {
        Path file = folder.resolve(prefix + values.size() + ".pb");
        if (!Files.exists(file)) {
          return values;
        }
        if (values.size() == declared.size()) {
          throw new ModelException(
              file + ": expected no more files than the graph declares, " + declared.size());
        }
        values.add(ValueFile.read(file, declared.get(values.size()).type()));
      }
    }
  }

  /** All cases in a folder and the folders below it, by name. */
  public static List<TestCase> below(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(f -> f.endsWith("model.onnx") && Files.isDirectory(sibling(f)))
          .sorted()
          .map(f -> of(f.getParent()))
          .toList();
    }
  }

  private static Path sibling(Path model) {
    return model.resolveSibling("test_data_set_0");
  }

  private static TestCase of(Path folder) {
    Path json = folder.resolve("data.json");
    double rtol = 1e-3;
    double atol = 1e-7;
    if (Files.exists(json)) {
      try {
        JsonNode data = new ObjectMapper().readTree(json.toFile());
        rtol = data.path("rtol").asDouble(rtol);
        atol = data.path("atol").asDouble(atol);
      } catch (IOException e) {
        throw new ModelException(json + ": expected JSON with rtol and atol: " + e.getMessage(), e);
      }
    }
    return new TestCase(folder, rtol, atol);
  }

  public String name() {
    return folder.getFileName().toString();
  }

  public Path model() {
    return folder.resolve("model.onnx");
  }

  public List<DataSet> dataSets() {
    List<DataSet> sets = new ArrayList<>();
    while (true) {
      Path set = folder.resolve("test_data_set_" + sets.size());
      if (!Files.isDirectory(set)) {
        return sets;
      }
      sets.add(new DataSet(set));
    }
  }
}
