package dev.sardonyx.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sardonyx.Session;
import dev.sardonyx.cli.InputOptions.Fed;
import dev.sardonyx.graph.ModelException;
import dev.sardonyx.runtime.simd.Kernels;
import dev.sardonyx.tensor.OptionalValue;
import dev.sardonyx.tensor.SequenceValue;
import dev.sardonyx.tensor.SparseTensor;
import dev.sardonyx.tensor.Tensor;
import dev.sardonyx.tensor.Value;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a model once and shows or saves its outputs. */
@Command(
    name = "run",
    description = "Run a model once and show its outputs.",
    mixinStandardHelpOptions = true,
    footerHeading = "%n",
    footer = {
      "Inputs that are not given are random, the same every time: floats from -1 to 1,",
      "integers 0 or 1.",
      "",
      "Examples:",
      "  sardonyx run model.onnx",
      "  sardonyx run bert.onnx --dim sequence=16",
      "  sardonyx run net.onnx --input x=x.npy --input mask=mask.npy --output results",
      "  sardonyx run classifier.onnx --image photo.jpg --top 5 \\",
      "      --mean 0.485,0.456,0.406 --std 0.229,0.224,0.225"
    })
final class Run implements Callable<Integer> {
  private static final int MAX_TOP_ROWS = 10;

  @Spec CommandSpec spec;
  @Mixin ModelOptions model;
  @Mixin InputOptions inputs;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Write every output to a file there.")
  Path output;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      defaultValue = "npy",
      description = "What --output writes: npy (default), pb or json.")
  OutputFiles.Format format;

  @Option(
      names = "--top",
      paramLabel = "K",
      description = "Show the K highest scores of the last axis.")
  int top;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description = "Names of the classes for --top, one a line.")
  Path labels;

  @Option(names = "--json", description = "Print all outputs as JSON.")
  boolean json;

  @Override
  public Integer call() throws IOException {
    List<String> names = labels == null ? List.of() : Files.readAllLines(labels);
    long start = System.nanoTime();
    try (Session session = model.open()) {
      long loaded = System.nanoTime();
      Map<String, Fed> fed = inputs.feed(session.inputs(), session.graph().initializers().keySet());
      Map<String, Value> values = new LinkedHashMap<>();
      fed.forEach((name, f) -> values.put(name, f.value()));
      long ready = System.nanoTime();
      Map<String, Value> outputs = session.run(values);
      long done = System.nanoTime();

      PrintWriter out = spec.commandLine().getOut();
      Map<String, Path> files =
          output == null ? Map.of() : OutputFiles.write(output, outputs, format);
      if (json) {
        ObjectNode tree = Json.object();
        tree.put("model", model.model.toString());
        tree.put("kernels", Kernels.best().name());
        tree.put("load_ms", (loaded - start) / 1e6);
        tree.put("run_ms", (done - ready) / 1e6);
        tree.set("outputs", outputsAsJson(outputs, names));
        out.println(Json.write(tree));
      } else {
        printInputs(out, fed);
        out.println();
        printOutputs(out, outputs);
        printTop(out, outputs, names);
        out.println();
        out.printf(
            "loaded in %s, ran in %s%n",
            Figures.millis(loaded - start), Figures.millis(done - ready));
        files.values().forEach(f -> out.println("wrote " + f));
      }
    }
    return 0;
  }

  private static void printInputs(PrintWriter out, Map<String, Fed> fed) {
    ConsoleTable table = new ConsoleTable().words("input").words("type").words("from");
    fed.forEach((name, f) -> table.row(name, describe(f.value()), f.source()));
    table.print(out);
  }

  private static void printOutputs(PrintWriter out, Map<String, Value> outputs) {
    ConsoleTable table =
        new ConsoleTable()
            .words("output")
            .words("type")
            .figures("min")
            .figures("max")
            .figures("mean")
            .words("first values");
    outputs.forEach((name, value) -> addRows(table, name, value));
    table.print(out);
  }

  private static void addRows(ConsoleTable table, String name, Value value) {
    if (value instanceof Tensor t) {
      TensorSummary s = TensorSummary.of(t);
      table.row(
          name,
          t.describe(),
          s == null ? "" : Figures.number(s.min()),
          s == null ? "" : Figures.number(s.max()),
          s == null ? "" : Figures.number(s.mean()),
          TensorSummary.firstValues(t));
    } else if (value instanceof SparseTensor s) {
      addRows(table, name, s.toDense());
    } else if (value instanceof OptionalValue o && o.isPresent()) {
      addRows(table, name, o.value());
    } else {
      table.row(name, describe(value), "", "", "", "");
      if (value instanceof SequenceValue s) {
        for (int i = 0; i < s.size(); i++) {
          addRows(table, name + "[" + i + "]", s.get(i));
        }
      }
    }
  }

  private static String describe(Value value) {
    if (value instanceof Tensor t) {
      return t.describe();
    } else if (value instanceof SequenceValue s) {
      return "sequence of " + s.size();
    } else if (value instanceof OptionalValue o) {
      return o.isPresent() ? describe(o.value()) : "nothing";
    } else if (value instanceof SparseTensor s) {
      return "sparse " + s.toDense().describe();
    }
    return "map";
  }

  private void printTop(PrintWriter out, Map<String, Value> outputs, List<String> names) {
    outputs.forEach(
        (name, value) -> {
          if (top > 0 && value instanceof Tensor t && TopScores.fits(t)) {
            TopScores scores = new TopScores(t, top);
            for (int row = 0; row < Math.min(scores.rows(), MAX_TOP_ROWS); row++) {
              out.printf(
                  "%ntop %d of '%s'%s%n", top, name, scores.rows() > 1 ? ", row " + row : "");
              ConsoleTable table = new ConsoleTable().figures("class").figures("score").words("");
              for (TopScores.Entry e : scores.of(row)) {
                String label = label(names, e.index());
                table.row(String.valueOf(e.index()), Figures.number(e.score()), label);
              }
              table.print(out);
            }
            if (scores.rows() > MAX_TOP_ROWS) {
              out.printf("(and %d more rows)%n", scores.rows() - MAX_TOP_ROWS);
            }
          }
        });
  }

  private String label(List<String> names, int index) {
    if (labels != null && index >= names.size()) {
      throw new ModelException(
          "%s: expected a line for class %d, got %d lines".formatted(labels, index, names.size()));
    }
    return labels == null ? "" : names.get(index);
  }

  private ObjectNode outputsAsJson(Map<String, Value> outputs, List<String> names) {
    ObjectNode tree = Json.object();
    outputs.forEach(
        (name, value) -> {
          tree.set(name, JsonTensors.write(value));
          if (value instanceof Tensor t && tree.get(name) instanceof ObjectNode node) {
            TensorSummary s = TensorSummary.of(t);
            if (s != null) {
              node.put("min", s.min()).put("max", s.max()).put("mean", s.mean());
            }
            if (top > 0 && TopScores.fits(t)) {
              addTop(node.putArray("top"), new TopScores(t, top), names);
            }
          }
        });
    return tree;
  }

  private void addTop(ArrayNode rows, TopScores scores, List<String> names) {
    for (int row = 0; row < scores.rows(); row++) {
      ArrayNode entries = rows.addArray();
      for (TopScores.Entry e : scores.of(row)) {
        ObjectNode entry = entries.addObject().put("class", e.index()).put("score", e.score());
        if (labels != null) {
          entry.put("label", label(names, e.index()));
        }
      }
    }
  }
}
