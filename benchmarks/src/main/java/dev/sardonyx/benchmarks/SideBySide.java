package dev.sardonyx.benchmarks;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Times a model in this project and in ONNX Runtime: separate processes in turn, several rounds,
 * the median of the rounds' medians. Ratios above 1 mean that this project is faster.
 *
 * <p>Arguments: model file, threads, seconds for each measurement, then a shape for each input
 * ({@code NAME=1,16}).
 */
public final class SideBySide {
  private static final int ROUNDS = 5;

  private SideBySide() {}

  public static void main(String[] args) throws IOException, InterruptedException {
    String[] runtimes = {"sardonyx", "onnxruntime"};
    double[][][] figures = new double[2][3][ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      for (int r = 0; r < 2; r++) {
        double[] f = measure(runtimes[r], args);
        for (int k = 0; k < 3; k++) {
          figures[r][k][round] = f[k];
        }
      }
    }
    String[] names = {"load_ms", "first_run_ms", "median_ms"};
    System.out.printf("%-14s %12s %12s %8s%n", "", runtimes[0], runtimes[1], "ratio");
    for (int k = 0; k < 3; k++) {
      double ours = median(figures[0][k]);
      double theirs = median(figures[1][k]);
      System.out.printf(
          Locale.ROOT, "%-14s %12.3f %12.3f %8.2f%n", names[k], ours, theirs, theirs / ours);
    }
  }

  private static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double[] measure(String runtime, String... args)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElse("java"));
    command.addAll(List.of("--add-modules", "jdk.incubator.vector"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(OneRuntime.class.getName());
    command.add(runtime);
    command.addAll(List.of(args));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException("expected a measurement of " + runtime + ", but its process failed");
    }
    return Arrays.stream(out.trim().split(" ", -1)).mapToDouble(Double::parseDouble).toArray();
  }
}
