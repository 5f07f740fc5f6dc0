package dev.sardonyx.benchmarks;

import java.util.List;
import java.util.Locale;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The results as a page for people: {@code RESULTS.md}. */
final class Report {
  private final StringBuilder text = new StringBuilder();
  private final Results results;

  private Report(Results results) {
    this.results = results;
  }

  static String of(Results results) {
    Report report = new Report(results);
    report.head();
    report.models();
    report.starts();
    report.kernels();
    report.roofline();
    return report.text.toString();
  }

  private void head() {
    Results.Environment e = results.environment();
    say(
        """
        # Measurements

        Written by `benchmarks/run`; do not edit. Times are in milliseconds; a ratio is ONNX Runtime's time ÷ ours: above 1 means that
        Sardonyx is faster. Both run in processes of their own, in turn, on the same number of threads, into outputs that are there, warmed up
        by the same rule; each time is the median of the rounds' medians. *aim* is what the project wants to reach; ✓ stands where it is reached, ✗ where not.

        Sardonyx %s at commit %s unless said otherwise (%s), JDK %s; ONNX Runtime %s from Maven Central, all optimizations.
        %s, %d cores, %s.
        """,
        e.sardonyx(),
        e.commit(),
        e.kernels(),
        e.jdk(),
        e.onnxRuntime(),
        e.processor(),
        e.cores(),
        e.os());
  }

  /** Figures may have been measured at different times. */
  private String at(String commit) {
    return results.environment().commit().equals(commit) ? "" : " (at %s)".formatted(commit);
  }

  private void models() {
    TreeMap<Integer, List<Results.Model>> byThreads =
        results.models().stream()
            .collect(
                Collectors.groupingBy(Results.Model::threads, TreeMap::new, Collectors.toList()));
    if (byThreads.isEmpty()) {
      return;
    }
    say(
        """

        ## Models

        ![Ratios](ratios.svg)

        *difference* is the largest difference between the two runtimes' outputs, relative to the largest output; *allocated* is what a run
        leaves on the Java heap. ResNet-50 float16 differs by what ONNX Runtime rounds to 16 bits between nodes; Sardonyx computes in float32,
        and has PyTorch's float32 outputs within 1e-3 of each (`sardonyx verify`). In int8 models a number may be next to the boundary of two
        steps; ONNX Runtime differs as much from itself with its optimizations switched off.
        """);
    byThreads.forEach(this::models);
    String missing =
        ModelCase.all().stream()
            .filter(c -> results.models().stream().noneMatch(m -> m.name().equals(c.name())))
            .map(ModelCase::title)
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      say("\nNot measured yet: %s.\n", missing);
    }
  }

  private void models(int threads, List<Results.Model> models) {
    say(
        """

        ### %d %s

        | model | Sardonyx | ONNX Runtime | ratio | aim | | difference | allocated |
        |---|---|---|---|---|---|---|---|
        """,
        threads, threads == 1 ? "thread" : "threads");
    for (Results.Model m : models) {
      if (m.failure() != null) {
        say("| %s | not measured: %s |\n", m.title(), m.failure().replace('|', '/'));
      } else {
        say(
            "| %s | %s | %s | %.2f | %s | %s | %.0e | %s |\n",
            m.title() + at(m.commit()),
            time(m.sardonyx()),
            time(m.onnxRuntime()),
            m.ratio(),
            aim(m.required()),
            mark(m.ratio(), m.required()),
            m.difference(),
            bytes(m.allocatedBytesPerRun()));
      }
    }
  }

  private void starts() {
    if (results.starts().isEmpty()) {
      return;
    }
    Results.Environment e = results.environment();
    say(
        """

        ## From nothing to the first result

        New processes each time, default heap settings. *process* is from the start of the process to its first result as seen from outside;
        loading and the first run are parts of it. *peak memory* is after ten more runs.

        | model | threads | | Sardonyx | ONNX Runtime | ratio | aim | |
        |---|---|---|---|---|---|---|---|
        """);
    for (Results.Start s : results.starts()) {
      Results.Cold ours = s.sardonyx();
      Results.Cold theirs = s.onnxRuntime();
      start(s, "process", ours.startToResult(), theirs.startToResult(), true);
      start(s, "load", ours.load(), theirs.load(), true);
      start(s, "first run", ours.firstRun(), theirs.firstRun(), false);
      start(s, "peak memory, MB", ours.peakMegabytes(), theirs.peakMegabytes(), true);
    }
    say(
        """

        What an application takes along: %s of jars, ONNX Runtime %s.
        """,
        bytes(e.jarBytes()), bytes(e.onnxRuntimeJarBytes()));
  }

  private void start(Results.Start s, String what, double ours, double theirs, boolean aimed) {
    say(
        "| %s | %d | %s | %s | %s | %.2f | %s | %s |\n",
        s.title() + at(s.commit()),
        s.threads(),
        what,
        time(ours),
        time(theirs),
        theirs / ours,
        aimed ? "1.0" : "",
        aimed ? mark(theirs / ours, 1) : "");
  }

  private void kernels() {
    Results.Ceiling c = results.ceiling();
    if (c == null) {
      return;
    }
    say(
        """

        ## Kernels%s

        JMH, one core. Fused multiply-adds on registers alone: %.1f GFLOP/s, which is the ceiling; reading from memory %.1f GB/s, from the
        last-level cache %.1f GB/s. GFLOP/s count the operations of the definition: Winograd's algorithm needs fewer, and may exceed the ceiling.
        Shapes: gemm M×K×N (portableGemm is what computes where the vector module is missing); conv channels×extent×output channels×kernel; depthwise channels×extent×kernel; the others rows×columns.

        | kernel | shape | µs | GFLOP/s | of the ceiling | results/ns |
        |---|---|---|---|---|---|
        """,
        at(c.commit()), c.fmaGflops(), c.memoryGbps(), c.cacheGbps());
    for (Results.Kernel k : results.kernels()) {
      boolean counted = k.gflops() > 0;
      say(
          "| %s | %s | %.1f | %s | %s | %s |\n",
          k.kernel(),
          k.shape().replace('x', '×'),
          k.micros(),
          counted ? format("%.1f", k.gflops()) : "",
          counted ? format("%.0f %%", 100 * k.gflops() / c.fmaGflops()) : "",
          counted ? "" : format("%.2f", k.elementsPerNano()));
    }
  }

  private void roofline() {
    if (results.roofline() != null) {
      say(
          """

          ## Where the time of %s goes%s

          ![Roofline](roofline.svg)
          """,
          results.roofline().title(), at(results.roofline().commit()));
    }
  }

  private static String aim(double required) {
    return required == 0 ? "" : format(required * 10 % 1 > 0.01 ? "%.2f" : "%.1f", required);
  }

  private static String mark(double ratio, double required) {
    // As printed: 1.195 is shown as 1.20 and is one.
    return required == 0 ? "" : Math.round(ratio * 100) >= Math.round(required * 100) ? "✓" : "✗";
  }

  private static String time(double millis) {
    return format(
        millis < 1 ? "%.4f" : millis < 10 ? "%.2f" : millis < 100 ? "%.1f" : "%.0f", millis);
  }

  private static String bytes(long bytes) {
    return bytes < 1000 << 10
        ? format("%.1f KB", bytes / 1024.0)
        : format("%.1f MB", bytes / 1048576.0);
  }

  private void say(String template, Object... values) {
    text.append(format(template, values));
  }

  private static String format(String template, Object... values) {
    return String.format(Locale.ROOT, template, values);
  }
}
