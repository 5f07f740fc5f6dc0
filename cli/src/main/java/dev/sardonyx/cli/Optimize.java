package dev.sardonyx.cli;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.graph.io.OnnxWriter;
import dev.sardonyx.optimizer.Level;
import dev.sardonyx.optimizer.Optimization;
import dev.sardonyx.optimizer.Optimizer;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model that means the same and costs less. */
@Command(
    name = "optimize",
    description = "Write a model that means the same and costs less, as standard ONNX.",
    mixinStandardHelpOptions = true,
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  sardonyx optimize model.onnx smaller.onnx",
      "  sardonyx optimize model.onnx smaller.onnx --verify --report json > report.json"
    })
final class Optimize implements Callable<Integer> {
  /** How the report is printed. */
  enum ReportFormat {
    TEXT,
    JSON
  }

  @Spec CommandSpec spec;

  @Parameters(index = "0", paramLabel = "IN", description = "The ONNX file to read.")
  Path in;

  @Parameters(index = "1", paramLabel = "OUT", description = "The ONNX file to write.")
  Path out;

  @Option(
      names = "--report",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description = "What was done and what not, and why: text (default) or json.")
  ReportFormat report;

  @Option(
      names = "--verify",
      description = "Evaluate every rewrite and the whole model before and after; takes time.")
  boolean verify;

  @Override
  public Integer call() throws IOException {
    Graph graph = OnnxReader.read(in);
    Optimizer optimizer = Optimizer.of(Level.FULL);
    Optimization result = (verify ? optimizer.verifying() : optimizer).optimize(graph);
    OnnxWriter.write(result.graph(), out);
    PrintWriter console = spec.commandLine().getOut();
    console.println(
        report == ReportFormat.JSON
            ? Json.write(Json.of(result.report()))
            : result.report().toString().stripTrailing());
    return 0;
  }
}
