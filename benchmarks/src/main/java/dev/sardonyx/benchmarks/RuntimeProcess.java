package dev.sardonyx.benchmarks;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The outer side of a process in which one runtime runs one model; {@link Child} is the inner. */
final class RuntimeProcess implements AutoCloseable {
  /** The two that are compared. */
  enum Engine {
    SARDONYX(
        SardonyxChild.class,
        Pattern.compile("sardonyx-(proto|graph|optimizer|runtime)|protobuf-java|slf4j-api"),
        List.of("--add-modules", "jdk.incubator.vector")),
    ONNX_RUNTIME(OnnxRuntimeChild.class, Pattern.compile("onnxruntime"), List.of());

    private final Class<? extends Child> main;
    private final Pattern jars;
    private final List<String> flags;

    Engine(Class<? extends Child> main, Pattern jars, List<String> flags) {
      this.main = main;
      this.jars = jars;
      this.flags = flags;
    }

    /** The jars that an application needs to use this runtime. */
    List<Path> jars() {
      return classPath().filter(p -> jars.matcher(p.getFileName().toString()).find()).toList();
    }

    private static Stream<Path> classPath() {
      String entries = System.getProperty("java.class.path");
      return Arrays.stream(entries.split(File.pathSeparator)).map(Path::of);
    }

    private List<String> command() {
      List<Path> path = new ArrayList<>(jars());
      classPath().filter(p -> p.endsWith("benchmarks/target/classes")).forEach(path::add);
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(flags);
      command.add("-cp");
      command.add(
          path.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator)));
      command.add(main.getName());
      return command;
    }
  }

  private final Path errors;
  private final Process process;
  private final BufferedReader out;
  private final PrintWriter in;

  /** From the start of the process to its first result, as seen from outside. */
  final double startToResultMillis;

  final double loadMillis;
  final double firstRunMillis;

  /** Starts the process; returns when the first result is there. */
  RuntimeProcess(Engine engine, Path model, Path inputs, int threads) throws IOException {
    errors = Files.createTempFile("sardonyx-benchmark", ".log");
    List<String> command = engine.command();
    command.addAll(List.of(model.toString(), inputs.toString(), String.valueOf(threads)));
    long start = System.nanoTime();
    process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    out = process.inputReader();
    in = new PrintWriter(process.outputWriter(), true);
    String[] times = line().split(" ");
    startToResultMillis = (System.nanoTime() - start) / 1e6;
    loadMillis = Double.parseDouble(times[0]);
    firstRunMillis = Double.parseDouble(times[1]);
  }

  String ask(String command) throws IOException {
    in.println(command);
    return line();
  }

  double figure(String command) throws IOException {
    return Double.parseDouble(ask(command));
  }

  private String line() throws IOException {
    String line = out.readLine();
    if (line == null) {
      String said =
          Files.readAllLines(errors).stream()
              .filter(l -> l.contains("Exception") || l.contains("Error"))
              .findFirst()
              .orElse("its process ended");
      close();
      throw new IOException(said);
    }
    return line;
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Files.deleteIfExists(errors);
  }
}
