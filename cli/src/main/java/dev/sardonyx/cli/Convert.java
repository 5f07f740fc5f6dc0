package dev.sardonyx.cli;

import dev.sardonyx.graph.Graph;
import dev.sardonyx.graph.io.OnnxReader;
import dev.sardonyx.graph.io.OnnxWriter;
import dev.sardonyx.optimizer.transform.FullyConvolutional;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a model that does something else: the transforms that change what a model promises. */
@Command(
    name = "convert",
    description = "Write a model that takes or gives something else than before.",
    mixinStandardHelpOptions = true,
    footerHeading = "%n",
    footer = {"Example:", "  sardonyx convert classifier.onnx map.onnx --fully-convolutional"})
final class Convert implements Callable<Integer> {
  @Spec CommandSpec spec;

  @Parameters(index = "0", paramLabel = "IN", description = "The ONNX file to read.")
  Path in;

  @Parameters(index = "1", paramLabel = "OUT", description = "The ONNX file to write.")
  Path out;

  @Option(
      names = "--fully-convolutional",
      required = true,
      description =
          "Dense layers become convolutions, so that pictures may have any size and every position"
              + " gives its own scores.")
  boolean fullyConvolutional;

  @Override
  public Integer call() throws IOException {
    Graph graph = FullyConvolutional.of(OnnxReader.read(in));
    OnnxWriter.write(graph, out);
    PrintWriter console = spec.commandLine().getOut();
    ConsoleTable values = new ConsoleTable().words("").words("").words("");
    graph.inputs().forEach(v -> values.row("input", v.name(), TypeText.of(v.type())));
    graph.outputs().forEach(v -> values.row("output", v.name(), TypeText.of(v.type())));
    values.print(console);
    console.println("wrote " + out);
    return 0;
  }
}
