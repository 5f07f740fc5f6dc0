package dev.sardonyx.benchmarks;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import me.tongfei.progressbar.ConsoleProgressBarConsumer;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.openjdk.jmh.runner.RunnerException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Measures, and writes the results. */
@Command(
    name = "benchmarks/run",
    description = {
      "Measure Sardonyx against ONNX Runtime, and its kernels against the processor.",
      "Writes RESULTS.md, results.json, ratios.svg and roofline.svg."
    },
    footerHeading = "%n",
    footer = {
      "Examples:",
      "  benchmarks/run                           all, about 35 minutes",
      "  benchmarks/run minilm resnet50           these anew, the others stay",
      "  benchmarks/run --threads 1 --model some.onnx --input x=1,3,224,224",
      "                                           a model of yours; only printed",
      "JAVA_HOME chooses the JDK."
    })
public final class Benchmarks implements Callable<Integer> {
  private static final List<String> PARTS = List.of("kernels", "start", "roofline");
  private static final List<String> STARTED =
      List.of("minilm-1x16", "resnet50", "mobilenet-v3-small");
  private static final List<Integer> ALL_THREADS = List.of(1, 2);
  private static final String PLOTTED = "resnet50";
  private static final String ERASE_LINE = "\r\033[K";

  @Spec CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  @Parameters(
      paramLabel = "NAME",
      description =
          "Models, by the beginning of their names, and parts: kernels, start, roofline (default: all).")
  List<String> names = List.of();

  @Option(names = "--threads", split = ",", paramLabel = "N", description = "Default: 1,2.")
  List<Integer> threads = ALL_THREADS;

  @Option(
      names = "--rounds",
      defaultValue = "7",
      description = "How often each is measured (default: ${DEFAULT-VALUE}).")
  int rounds;

  @Option(
      names = "--seconds",
      defaultValue = "0.25",
      description = "How long each round lasts (default: ${DEFAULT-VALUE}).")
  double seconds;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "Where the results are (default: the folder benchmarks).")
  Path output = ModelFiles.HOME.resolve("benchmarks");

  @Option(names = "--model", paramLabel = "FILE", description = "Measure this model only.")
  Path model;

  @Option(
      names = "--input",
      paramLabel = "NAME=SHAPE[@LOW..HIGH]",
      description = "An input of --model, as in input_ids=1,16@1000..29000.")
  List<String> inputs = List.of();

  private final ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  public static void main(String[] args) {
    CommandLine command = new CommandLine(new Benchmarks());
    command.setExecutionExceptionHandler(
        (problem, c, parsed) -> {
          c.getErr().println("benchmarks: " + problem.getMessage());
          return 1;
        });
    System.exit(command.execute(args));
  }

  @Override
  public Integer call() throws IOException, RunnerException {
    if (model != null) {
      List<Input> given = inputs.stream().map(Input::parse).toList();
      String name = model.getFileName().toString();
      ModelCase c = new ModelCase(name, name, () -> model, given, 0);
      boolean all = true;
      for (int n : threads) {
        all &= measured(c, n, null).failure() == null;
      }
      return all ? 0 : 1;
    }
    checkNames();
    measure(before(Here.environment()));
    return 0;
  }

  private void checkNames() {
    List<String> known =
        Stream.concat(ModelCase.all().stream().map(ModelCase::name), PARTS.stream()).toList();
    for (String name : names) {
      if (known.stream().noneMatch(k -> k.startsWith(name))) {
        throw new ParameterException(
            spec.commandLine(), "there is no " + name + "; there are " + String.join(", ", known));
      }
    }
  }

  private boolean chosen(String name) {
    return names.isEmpty() || names.stream().anyMatch(name::startsWith);
  }

  /** What is there already: what is measured takes the place of it step by step. */
  private Results before(Results.Environment here) throws IOException {
    Path file = output.resolve("results.json");
    Results before =
        Files.exists(file) ? json.readValue(file.toFile(), Results.class) : Results.none(here);
    if (before.environment().sameMachine(here)) {
      return before.at(here);
    }
    if (names.isEmpty() && threads.equals(ALL_THREADS)) {
      return Results.none(here);
    }
    throw new ParameterException(
        spec.commandLine(),
        file
            + " is of another machine or another Java ("
            + before.environment().processor()
            + ", JDK "
            + before.environment().jdk()
            + "): measure all, or give --output DIR");
  }

  /** Writes after every step, so that nothing is lost when it is interrupted. */
  private void measure(Results before) throws IOException, RunnerException {
    List<ModelCase> all = ModelCase.all();
    Results results = before;
    if (chosen("kernels")) {
      List<Results.Kernel> kernels = KernelRun.kernels();
      kernels.forEach(k -> System.out.println(line(k)));
      results = results.withKernels(KernelRun.ceiling(), kernels);
      write(results);
    }
    List<ModelCase> cases = all.stream().filter(c -> chosen(c.name())).toList();
    List<String> order = all.stream().map(ModelCase::name).toList();
    boolean terminal = onTerminal();
    try (ProgressBar bar = terminal ? progressBar(cases.size() * threads.size()) : null) {
      for (ModelCase c : cases) {
        for (int n : threads) {
          results = results.withModel(measured(c, n, bar), order);
          write(results);
        }
      }
    }
    if (chosen("start")) {
      for (String name : STARTED) {
        results = results.withStart(measuredStart(find(all, name), results), STARTED);
        write(results);
      }
    }
    if (chosen("roofline")) {
      write(results.withRoofline(sideBySide().roofline(find(all, PLOTTED))));
    }
  }

  private Results.Start measuredStart(ModelCase c, Results results) throws IOException {
    Results.Start s = sideBySide().start(c, results.environment().cores());
    System.out.printf(
        "%-24s process %6.0f ms  ONNX Runtime %6.0f ms  peak %5.0f MB  ONNX Runtime %5.0f MB%n",
        s.name(),
        s.sardonyx().startToResult(),
        s.onnxRuntime().startToResult(),
        s.sardonyx().peakMegabytes(),
        s.onnxRuntime().peakMegabytes());
    return s;
  }

  private static ModelCase find(List<ModelCase> cases, String name) {
    return cases.stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  private SideBySide sideBySide() throws IOException {
    return new SideBySide(Here.commit(), rounds, seconds);
  }

  private Results.Model measured(ModelCase c, int n, ProgressBar bar) throws IOException {
    Results.Model m = sideBySide().measure(c, n);
    System.out.println((bar == null ? "" : ERASE_LINE) + line(m));
    if (bar != null) {
      bar.step();
    }
    return m;
  }

  private static String line(Results.Kernel k) {
    return "%-24s %-14s %10.1f µs  ".formatted(k.kernel(), k.shape(), k.micros())
        + (k.gflops() > 0
            ? "%6.1f GFLOP/s".formatted(k.gflops())
            : "%6.2f results/ns".formatted(k.elementsPerNano()));
  }

  private static String line(Results.Model m) {
    String name =
        "%-24s %d %s".formatted(m.name(), m.threads(), m.threads() == 1 ? "thread " : "threads");
    return m.failure() != null
        ? name + "  " + m.failure()
        : "%s  %10.4f ms  ONNX Runtime %10.4f ms  ratio %5.2f  difference %.0e"
            .formatted(name, m.sardonyx(), m.onnxRuntime(), m.ratio(), m.difference());
  }

  @SuppressWarnings("SystemConsoleNull") // benchmarks/run sees to it that this still holds
  private static boolean onTerminal() {
    return System.console() != null;
  }

  private static ProgressBar progressBar(int steps) {
    return new ProgressBarBuilder()
        .setTaskName("benchmarks")
        .setInitialMax(steps)
        .setStyle(ProgressBarStyle.ASCII)
        .setConsumer(new ConsoleProgressBarConsumer(System.err, 80))
        .clearDisplayOnFinish()
        .build();
  }

  /** All files are made before the first takes its place. */
  private void write(Results results) throws IOException {
    Files.createDirectories(output);
    List<String> files = new ArrayList<>();
    try {
      files.add(part("results.json", json.writeValueAsString(results) + "\n"));
      files.add(part("RESULTS.md", Report.of(results)));
      if (!results.models().isEmpty()) {
        files.add(part("ratios.svg", Plots.ratios(results.models())));
      }
      if (results.roofline() != null && results.ceiling() != null) {
        files.add(part("roofline.svg", Plots.roofline(results.roofline(), results.ceiling())));
      }
      for (String file : files) {
        Files.move(
            output.resolve(file + ".part"),
            output.resolve(file),
            StandardCopyOption.REPLACE_EXISTING);
      }
    } finally {
      for (String file : files) {
        Files.deleteIfExists(output.resolve(file + ".part"));
      }
    }
  }

  private String part(String file, String text) throws IOException {
    Files.writeString(output.resolve(file + ".part"), text);
    return file;
  }
}
