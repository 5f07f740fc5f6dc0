package dev.sardonyx.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sardonyx.SessionOptions;
import dev.sardonyx.cli.verify.CaseResult;
import dev.sardonyx.cli.verify.CaseResult.Outcome;
import dev.sardonyx.cli.verify.TestCase;
import dev.sardonyx.graph.ModelException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs test cases and compares what they give with what they should. */
@Command(
    name = "verify",
    description = "Run ONNX test cases and judge their outputs as ONNX's own runner does.",
    mixinStandardHelpOptions = true,
    footerHeading = "%n",
    footer = {
      "A case is a folder with model.onnx and test_data_set_0/input_0.pb, output_0.pb.",
      "Tolerance: |actual - expected| <= 1e-7 + 1e-3 |expected|, unless the case has a",
      "data.json that says otherwise. Cases with operators that do not exist here yet",
      "are skipped, and counted by operator.",
      "",
      "Examples:",
      "  sardonyx verify onnx/backend/test/data",
      "  sardonyx verify my-model --json report.json"
    })
final class Verify implements Callable<Integer> {
  private static final String ERASE_LINE = "\r\033[K";

  @Spec CommandSpec spec;

  @Parameters(arity = "1..*", paramLabel = "DIR", description = "Folders to look for cases in.")
  List<Path> folders;

  @Option(names = "--no-optimize", description = "Run every node as the file has it.")
  boolean asItIs;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the outcome of every case there.")
  Path json;

  @Override
  public Integer call() throws IOException {
    List<TestCase> cases = new ArrayList<>();
    for (Path folder : folders) {
      if (!Files.isDirectory(folder)) {
        throw new NoSuchFileException(folder.toString());
      }
      cases.addAll(TestCase.below(folder));
    }
    if (cases.isEmpty()) {
      throw new ModelException(
          "expected folders with model.onnx and test_data_set_0, found none below "
              + folders.stream().map(Path::toString).collect(Collectors.joining(", ")));
    }
    List<CaseResult> results = runAll(cases);
    print(results);
    if (json != null) {
      Files.writeString(json, Json.write(asJson(results)) + "\n");
    }
    return count(results, Outcome.FAILED) == 0 ? 0 : 1;
  }

  private List<CaseResult> runAll(List<TestCase> cases) {
    PrintWriter out = spec.commandLine().getOut();
    boolean terminal = onTerminal();
    // Cases are tiny: more threads would only wait for each other.
    SessionOptions options = SessionOptions.DEFAULTS.threads(1).optimize(!asItIs);
    List<CaseResult> results = new ArrayList<>();
    try (ProgressBar bar = terminal ? progressBar(cases.size()) : null) {
      for (TestCase c : cases) {
        CaseResult result = CaseResult.of(c, options);
        results.add(result);
        if (result.outcome() == Outcome.FAILED) {
          out.printf("%sFAILED %s: %s%n", terminal ? ERASE_LINE : "", c.name(), result.reason());
        }
        if (bar != null) {
          bar.step();
        }
      }
    }
    return results;
  }

  @SuppressWarnings("SystemConsoleNull") // Main sees to it that this still holds
  private static boolean onTerminal() {
    return System.console() != null;
  }

  private static ProgressBar progressBar(int cases) {
    return new ProgressBarBuilder()
        .setTaskName("verify")
        .setInitialMax(cases)
        .setStyle(ProgressBarStyle.ASCII)
        .setUpdateIntervalMillis(100)
        .setConsumer(new ConsoleProgressBarConsumer(System.err, 80))
        .clearDisplayOnFinish()
        .build();
  }

  private void print(List<CaseResult> results) {
    PrintWriter out = spec.commandLine().getOut();
    Map<String, Integer> missing = new TreeMap<>();
    results.forEach(r -> r.missing().forEach(op -> missing.merge(op, 1, Integer::sum)));
    if (!missing.isEmpty()) {
      out.println(
          missing.entrySet().stream()
              .map(e -> e.getKey() + " (" + e.getValue() + ")")
              .collect(
                  Collectors.joining(", ", "skipped for operators that do not exist yet: ", "")));
    }
    out.printf(
        "%d passed, %d failed, %d skipped%n",
        count(results, Outcome.PASSED),
        count(results, Outcome.FAILED),
        count(results, Outcome.SKIPPED));
  }

  private static long count(List<CaseResult> results, Outcome outcome) {
    return results.stream().filter(r -> r.outcome() == outcome).count();
  }

  private static ObjectNode asJson(List<CaseResult> results) {
    ObjectNode tree = Json.object();
    for (Outcome outcome : Outcome.values()) {
      tree.put(outcome.toString(), count(results, outcome));
    }
    ArrayNode cases = tree.putArray("cases");
    for (CaseResult r : results) {
      cases
          .addObject()
          .put("name", r.testCase().name())
          .put("folder", r.testCase().folder().toString())
          .put("outcome", r.outcome().toString())
          .put("reason", r.reason())
          .put("ms", r.nanos() / 1e6);
    }
    return tree;
  }
}
