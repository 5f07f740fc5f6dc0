package dev.sardonyx.benchmarks;

import dev.sardonyx.benchmarks.RuntimeProcess.Engine;
import dev.sardonyx.runtime.simd.Kernels;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** On what is measured. */
final class Here {
  private Here() {}

  static Results.Environment environment() throws IOException {
    return new Results.Environment(
        version(Engine.SARDONYX.jars().get(0)),
        commit(),
        version(Engine.ONNX_RUNTIME.jars().get(0)),
        System.getProperty("java.version"),
        Kernels.best().name(),
        processor(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.arch"),
        size(Engine.SARDONYX),
        size(Engine.ONNX_RUNTIME));
  }

  /** The version of a jar called NAME-VERSION.jar. */
  private static String version(Path jar) {
    return jar.getFileName().toString().replaceAll("^\\D+-|\\.jar$", "");
  }

  private static long size(Engine engine) throws IOException {
    long size = 0;
    for (Path jar : engine.jars()) {
      size += Files.size(jar);
    }
    return size;
  }

  /** The commit, and whether the sources are as it has them. */
  static String commit() throws IOException {
    String changes = git("status", "--porcelain", "--", ".", ":!benchmarks/*.*");
    return git("rev-parse", "--short", "HEAD") + (changes.isEmpty() ? "" : " with changes");
  }

  private static String git(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    Process git = new ProcessBuilder(command).directory(ModelFiles.HOME.toFile()).start();
    return new String(git.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
  }

  /** Name, family and model: virtual machines call processors of several generations the same. */
  private static String processor() throws IOException {
    Path cpuinfo = Path.of("/proc/cpuinfo");
    if (!Files.isReadable(cpuinfo)) {
      return System.getProperty("os.arch");
    }
    Map<String, String> first = new HashMap<>();
    for (String line : Files.readAllLines(cpuinfo)) {
      String[] parts = line.split("\\s*:\\s*", 2);
      if (parts.length == 2) {
        first.putIfAbsent(parts[0], parts[1].strip());
      }
    }
    if (!first.containsKey("model name")) {
      return System.getProperty("os.arch");
    }
    return String.format(
        "%s (family %s, model %s)",
        first.get("model name"), first.get("cpu family"), first.get("model"));
  }
}
